using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>TensorFlow Lite's AVERAGE_POOL_2D over the whole map, uint8: (Σ q + n/2) / n with n = height·width.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
    {
        int count = height * width;
        for (int channel = 0; channel < blocks * Lanes; channel++)
            output[channel] = (byte)Math.Clamp((SumChannel(input, height, width, channel) + count / 2) / count, min, max);
    }

    /// <summary>TensorFlow Lite's AVERAGE_POOL_2D over the whole map, int8: the mean of q − 128, halves away from zero.</summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation, as stored.</param>
    /// <param name="max">Upper end of the activation, as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
    {
        int count = height * width;
        for (int channel = 0; channel < blocks * Lanes; channel++)
            output[channel] = (byte)Math.Clamp(DivideAwayFromZero(SumChannel(input, height, width, channel) - 128 * count, count) + 128, min, max);
    }

    /// <summary>
    /// TensorFlow Lite's MEAN over height and width, int8, dimensions kept: a = Σ (q − input zero point); rescaled, rounding twice; divided by
    /// height·width, halves away from zero; plus the output zero point.
    /// </summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="inputZeroPoint">Zero point of the input as stored.</param>
    /// <param name="multiplier">Of input scale / output scale.</param>
    /// <param name="shift">Of input scale / output scale.</param>
    /// <param name="outputZeroPoint">Zero point of the output as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int inputZeroPoint, int multiplier, int shift, int outputZeroPoint)
    {
        int count = height * width;
        for (int channel = 0; channel < blocks * Lanes; channel++)
        {
            int sum = SumChannel(input, height, width, channel) - inputZeroPoint * count;
            int scaled = Requantize.RescaleTwice(sum, multiplier, shift);
            output[channel] = (byte)Math.Clamp(DivideAwayFromZero(scaled, count) + outputZeroPoint, 0, 255);
        }
    }

    /// <summary>TensorFlow Lite's MEAN over height and width, uint8: rescale(Σ q) + bias, rounding twice.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="multiplier">Of input scale / (height·width·output scale).</param>
    /// <param name="shift">Of input scale / (height·width·output scale).</param>
    /// <param name="bias">Output zero point − round(input zero point·input scale / output scale).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int multiplier, int shift, int bias)
    {
        for (int channel = 0; channel < blocks * Lanes; channel++)
            output[channel] = (byte)Math.Clamp(Requantize.RescaleTwice(SumChannel(input, height, width, channel), multiplier, shift) + bias, 0, 255);
    }

    private static int SumChannel(FeatureMap<byte> input, int height, int width, int channel)
    {
        int sum = 0;
        for (int y = 0; y < height; y++)
        {
            byte* pixel = input.Row(y) + (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
            for (int x = 0; x < width; x++)
                sum += pixel[x * Lanes];
        }
        return sum;
    }

    private static int DivideAwayFromZero(int value, int count) => (value > 0 ? value + count / 2 : value - count / 2) / count;
}
