using System.Runtime.CompilerServices;
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
            AveragePool<Float32Vector512>(input, output, height, width, blocks, min, max);
        else if (Avx2.IsSupported && Fma.IsSupported)
            AveragePool<Float32Vector256>(input, output, height, width, blocks, min, max);
        else
            AveragePool<Float32Vector128>(input, output, height, width, blocks, min, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePool<TVector>(FeatureMap<float> input, float* output, int height, int width, int blocks, float min, float max) where TVector : struct, IFloat32Vector<TVector>
    {
        TVector low = TVector.Create(min), high = TVector.Create(max), count = TVector.Create(height * width);
        for (int channel = 0; channel < blocks * Lanes; channel += TVector.Count)
        {
            TVector sum = TVector.Create(0);
            for (int y = 0; y < height; y++)
            {
                float* pixel = input.Row(y) + (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                for (int x = 0; x < width; x++, pixel += Lanes)
                    sum += TVector.Load(pixel);
            }
            TVector.Clamp(sum / count, low, high).Store(output + channel);
        }
    }
}
