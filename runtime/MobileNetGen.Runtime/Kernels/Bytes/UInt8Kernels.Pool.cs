using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
    {
        int count = height * width;
        int* sums = stackalloc int[Lanes];
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            SumBlock(input, height, width, block, sums);
            for (int lane = 0; lane < Lanes; lane++)
                output[lane] = (byte)Math.Clamp((sums[lane] + count / 2) / count, min, max);
        }
    }

    /// <summary>TensorFlow Lite's AVERAGE_POOL_2D over the whole map, int8: the mean of q − 128, halves away from zero.</summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation, as stored.</param>
    /// <param name="max">Upper end of the activation, as stored.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
    {
        int count = height * width;
        int* sums = stackalloc int[Lanes];
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            SumBlock(input, height, width, block, sums);
            for (int lane = 0; lane < Lanes; lane++)
                output[lane] = (byte)Math.Clamp(DivideAwayFromZero(sums[lane] - 128 * count, count) + 128, min, max);
        }
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
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int inputZeroPoint, int multiplier, int shift, int outputZeroPoint)
    {
        int count = height * width;
        int* sums = stackalloc int[Lanes];
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            SumBlock(input, height, width, block, sums);
            for (int lane = 0; lane < Lanes; lane++)
            {
                int scaled = Requantize.RescaleTwice(sums[lane] - inputZeroPoint * count, multiplier, shift);
                output[lane] = (byte)Math.Clamp(DivideAwayFromZero(scaled, count) + outputZeroPoint, 0, 255);
            }
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
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int multiplier, int shift, int bias)
    {
        int* sums = stackalloc int[Lanes];
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            SumBlock(input, height, width, block, sums);
            for (int lane = 0; lane < Lanes; lane++)
                output[lane] = (byte)Math.Clamp(Requantize.RescaleTwice(sums[lane], multiplier, shift) + bias, 0, 255);
        }
    }

    /// <summary>TensorFlow Lite's MAX_POOL_2D or REDUCE_MAX over the whole map: the largest byte, whose meaning is the input's.</summary>
    /// <param name="input">The input; int8 bytes stored as q + 128, which keeps their order.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPool(FeatureMap<byte> input, byte* output, int height, int width, int blocks)
    {
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            Vector128<byte> greatest = Vector128<byte>.Zero;
            for (int y = 0; y < height; y++)
            {
                byte* pixel = input.Row(y) + (nint)block * input.BlockStride;
                for (int x = 0; x < width; x++, pixel += Lanes)
                    greatest = Vector128.Max(greatest, Vector128.Load(pixel));
            }
            greatest.Store(output);
        }
    }

    /// <summary>The 16 sums of a block's channels, in 16 bits over at most 256 pixels, then in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumBlock(FeatureMap<byte> input, int height, int width, int block, int* sums)
    {
        Vector128<uint> a = default, b = default, c = default, d = default;
        for (int y = 0; y < height; y++)
        {
            byte* pixel = input.Row(y) + (nint)block * input.BlockStride;
            for (int x = 0; x < width;)
            {
                Vector128<ushort> lower = default, upper = default;
                for (int end = Math.Min(x + 256, width); x < end; x++, pixel += Lanes)
                {
                    Vector128<byte> values = Vector128.Load(pixel);
                    lower += Vector128.WidenLower(values);
                    upper += Vector128.WidenUpper(values);
                }
                a += Vector128.WidenLower(lower);
                b += Vector128.WidenUpper(lower);
                c += Vector128.WidenLower(upper);
                d += Vector128.WidenUpper(upper);
            }
        }

        a.AsInt32().Store(sums);
        b.AsInt32().Store(sums + 4);
        c.AsInt32().Store(sums + 8);
        d.AsInt32().Store(sums + 12);
    }

    private static int DivideAwayFromZero(int value, int count) => (value > 0 ? value + count / 2 : value - count / 2) / count;
}
