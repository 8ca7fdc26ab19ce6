using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>The largest value of every channel over the whole map.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPool(FeatureMap<float> input, float* output, int height, int width, int blocks) => Float32Machine.Run(new Maxima(input, output, height, width, blocks));

    private readonly struct Maxima(FeatureMap<float> input, float* output, int height, int width, int blocks) : IFloat32Kernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            for (int channel = 0; channel < blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
            {
                nint block = (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                TVector greatest = *(TVector*)(input.Row(0) + block);
                for (int y = 0; y < height; y++)
                {
                    float* pixel = input.Row(y) + block;
                    for (int x = 0; x < width; x++, pixel += Lanes)
                        greatest = TSimd.Max(greatest, *(TVector*)pixel);
                }
                *(TVector*)(output + channel) = greatest;
            }
        }
    }
}
