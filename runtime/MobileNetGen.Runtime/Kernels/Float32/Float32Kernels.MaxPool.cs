using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>The largest value of every channel over the whole map.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    public static void MaxPool(FeatureMap<float> input, float* output, int height, int width, int blocks)
    {
        if (Avx512F.IsSupported)
            MaxPool<Float32Vector512, Vector512<float>>(input, output, height, width, blocks);
        else if (Avx2.IsSupported && Fma.IsSupported)
            MaxPool<Float32Vector256, Vector256<float>>(input, output, height, width, blocks);
        else
            MaxPool<Float32Vector128, Vector128<float>>(input, output, height, width, blocks);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPool<TSimd, TVector>(FeatureMap<float> input, float* output, int height, int width, int blocks) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        for (int channel = 0; channel < blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
        {
            nint first = (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
            TVector greatest = *(TVector*)(input.Row(0) + first);
            for (int y = 0; y < height; y++)
            {
                float* pixel = input.Row(y) + first;
                for (int x = 0; x < width; x++, pixel += Lanes)
                    greatest = TSimd.Max(greatest, *(TVector*)pixel);
            }
            *(TVector*)(output + channel) = greatest;
        }
    }
}
