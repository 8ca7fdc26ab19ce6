using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>The mean of every channel over the whole map.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="activation">What is applied to the means.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePool<TActivation>(FeatureMap<float> input, float* output, int height, int width, int blocks, TActivation activation) where TActivation : struct, IFloat32Activation
        => Float32Machine.Run(new Means<TActivation>(input, output, height, width, blocks, activation));

    private readonly struct Means<TActivation>(FeatureMap<float> input, float* output, int height, int width, int blocks, TActivation activation)
        : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            TVector first = TSimd.Create(activation.First), second = TSimd.Create(activation.Second), count = TSimd.Create(height * width);
            for (int channel = 0; channel < blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
            {
                TVector sum = TSimd.Create(0);
                for (int y = 0; y < height; y++)
                {
                    float* pixel = input.Row(y) + (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                    for (int x = 0; x < width; x++, pixel += Lanes)
                        sum = TSimd.Add(sum, *(TVector*)pixel);
                }
                TSimd.Store<TActivation>(TSimd.Divide(sum, count), first, second, output + channel);
            }
        }
    }
}
