using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Adds two maps of one shape: clamp(left + right).</summary>
    /// <param name="left">One map.</param>
    /// <param name="right">The other.</param>
    /// <param name="output">The sum; it may be the memory of either.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static void Add(FeatureMap<float> left, FeatureMap<float> right, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount, float min, float max)
    {
        if (Avx512F.IsSupported)
            Add<Float32Vector512, Vector512<float>>(left, right, output, width, blocks, firstRow, rowCount, min, max);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Add<Float32Vector256, Vector256<float>>(left, right, output, width, blocks, firstRow, rowCount, min, max);
        else
            Add<Float32Vector128, Vector128<float>>(left, right, output, width, blocks, firstRow, rowCount, min, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TSimd, TVector>(FeatureMap<float> left, FeatureMap<float> right, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount, float min, float max)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        TVector low = TSimd.Create(min), high = TSimd.Create(max);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            float* a = left.Row(y), b = right.Row(y), sum = output.Row(y);
            for (int block = 0; block < blocks; block++, a += left.BlockStride, b += right.BlockStride, sum += output.BlockStride)
            {
                for (int i = 0; i < width * Lanes; i += sizeof(TVector) / sizeof(float))
                    TSimd.StoreClamped(TSimd.Add(*(TVector*)(a + i), *(TVector*)(b + i)), low, high, sum + i);
            }
        }
    }
}
