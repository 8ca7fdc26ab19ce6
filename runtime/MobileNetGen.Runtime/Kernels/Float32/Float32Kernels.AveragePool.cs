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
        => AveragePool(input, output, height, width, blocks, 0, height, activation);

    /// <summary>
    /// The same by bands of rows, in order from row 0 on: the output holds sums until the last band has made means of them. Values are added in the same order, so that every bit is that of the
    /// whole map at once.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16], which belongs to the kernel from the first band to the last.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row of the band; 0 begins the sums.</param>
    /// <param name="rowCount">How many rows; where they end with the input's, the sums are divided.</param>
    /// <param name="activation">What is applied to the means.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePool<TActivation>(FeatureMap<float> input, float* output, int height, int width, int blocks, int firstRow, int rowCount, TActivation activation)
        where TActivation : struct, IFloat32Activation
        => Float32Machine.Run(new Means<TActivation>(input, output, height, width, blocks, firstRow, rowCount, activation));

    private readonly struct Means<TActivation>(FeatureMap<float> input, float* output, int height, int width, int blocks, int firstRow, int rowCount, TActivation activation)
        : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            TVector first = TSimd.Create(activation.First), second = TSimd.Create(activation.Second), count = TSimd.Create(height * width);
            int lanes = sizeof(TVector) / sizeof(float), channels = blocks * Lanes, channel = 0;

            // Each sum is one chain of additions, as the order of these is given: four chains at a time hide their latency.
            for (; channel + 4 * lanes <= channels; channel += 4 * lanes)
            {
                TVector a = Begin<TSimd, TVector>(channel), b = Begin<TSimd, TVector>(channel + lanes), c = Begin<TSimd, TVector>(channel + 2 * lanes), d = Begin<TSimd, TVector>(channel + 3 * lanes);
                for (int y = firstRow; y < firstRow + rowCount; y++)
                {
                    float* row = input.Row(y);
                    float* pa = Pixels(row, channel), pb = Pixels(row, channel + lanes), pc = Pixels(row, channel + 2 * lanes), pd = Pixels(row, channel + 3 * lanes);
                    for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
                    {
                        a = TSimd.Add(a, *(TVector*)(pa + x));
                        b = TSimd.Add(b, *(TVector*)(pb + x));
                        c = TSimd.Add(c, *(TVector*)(pc + x));
                        d = TSimd.Add(d, *(TVector*)(pd + x));
                    }
                }
                End<TSimd, TVector>(a, count, first, second, channel);
                End<TSimd, TVector>(b, count, first, second, channel + lanes);
                End<TSimd, TVector>(c, count, first, second, channel + 2 * lanes);
                End<TSimd, TVector>(d, count, first, second, channel + 3 * lanes);
            }
            for (; channel < channels; channel += lanes)
            {
                TVector sum = Begin<TSimd, TVector>(channel);
                for (int y = firstRow; y < firstRow + rowCount; y++)
                {
                    float* pixel = Pixels(input.Row(y), channel);
                    for (int x = 0; x < width; x++, pixel += Lanes)
                        sum = TSimd.Add(sum, *(TVector*)pixel);
                }
                End<TSimd, TVector>(sum, count, first, second, channel);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float* Pixels(float* row, int channel) => row + (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Begin<TSimd, TVector>(int channel) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
            => firstRow == 0 ? TSimd.Create(0) : *(TVector*)(output + channel);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void End<TSimd, TVector>(TVector sum, TVector count, TVector first, TVector second, int channel) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
        {
            if (firstRow + rowCount < height)
                *(TVector*)(output + channel) = sum;
            else
                TSimd.Store<TActivation>(TSimd.Divide(sum, count), first, second, output + channel);
        }
    }
}
