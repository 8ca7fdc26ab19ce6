using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>The mean of every channel over the whole map.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static void AveragePool(FeatureMap<float> input, float* output, int height, int width, int blocks, float min, float max)
    {
        if (Avx512F.IsSupported)
            AveragePool<Float32Vector512, Vector512<float>>(input, output, height, width, blocks, min, max);
        else if (Avx2.IsSupported && Fma.IsSupported)
            AveragePool<Float32Vector256, Vector256<float>>(input, output, height, width, blocks, min, max);
        else
            AveragePool<Float32Vector128, Vector128<float>>(input, output, height, width, blocks, min, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePool<TSimd, TVector>(FeatureMap<float> input, float* output, int height, int width, int blocks, float min, float max) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        TVector low = TSimd.Create(min), high = TSimd.Create(max), count = TSimd.Create(height * width);
        for (int channel = 0; channel < blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
        {
            TVector sum = TSimd.Create(0);
            for (int y = 0; y < height; y++)
            {
                float* pixel = input.Row(y) + (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                for (int x = 0; x < width; x++, pixel += Lanes)
                    sum = TSimd.Add(sum, *(TVector*)pixel);
            }
            TSimd.StoreClamped(TSimd.Divide(sum, count), low, high, output + channel);
        }
    }
}
