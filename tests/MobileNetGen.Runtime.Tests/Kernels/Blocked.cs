using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Parameters from the order in which they are written down to the order in which kernels read them.</summary>
internal static class Blocked
{
    public static int Blocks(int channels) => (channels + 15) / 16;

    /// <summary>[channel] to [channel/16][16], zeros after the last.</summary>
    public static float[] Vector(float[] values)
    {
        var blocked = new float[Blocks(values.Length) * 16];
        values.CopyTo(blocked, 0);
        return blocked;
    }

    /// <summary>[output, row, column, input] to [output/16][row][column][input][16].</summary>
    public static float[] Convolution(float[,,,] weights)
    {
        (int outputs, int kernel, int inputs) = (weights.GetLength(0), weights.GetLength(1), weights.GetLength(3));
        var blocked = new float[Blocks(outputs) * kernel * kernel * inputs * 16];
        int at = 0;
        for (int block = 0; block < Blocks(outputs); block++)
            for (int i = 0; i < kernel; i++)
                for (int j = 0; j < kernel; j++)
                    for (int c = 0; c < inputs; c++)
                        for (int lane = 0; lane < 16; lane++, at++)
                        {
                            if (block * 16 + lane < outputs)
                                blocked[at] = weights[block * 16 + lane, i, j, c];
                        }
        return blocked;
    }

    /// <summary>[output, row, column, input] to [output/16][row][column][input/4][16][4], the zero point where there is no weight.</summary>
    public static sbyte[] Convolution(sbyte[,,,] weights, sbyte zeroPoint)
    {
        (int outputs, int kernel, int inputs) = (weights.GetLength(0), weights.GetLength(1), weights.GetLength(3));
        int groups = (inputs + 3) / 4;
        var blocked = new sbyte[Blocks(outputs) * kernel * kernel * groups * 64];
        int at = 0;
        for (int block = 0; block < Blocks(outputs); block++)
            for (int i = 0; i < kernel; i++)
                for (int j = 0; j < kernel; j++)
                    for (int group = 0; group < groups; group++)
                        for (int lane = 0; lane < 16; lane++)
                            for (int k = 0; k < 4; k++, at++)
                            {
                                int output = block * 16 + lane, input = group * 4 + k;
                                blocked[at] = output < outputs && input < inputs ? weights[output, i, j, input] : zeroPoint;
                            }
        return blocked;
    }

    /// <summary>[row, column, channel] to [channel/16][row·column][16].</summary>
    public static T[] Depthwise<T>(T[,,] weights) where T : struct
    {
        (int kernel, int channels) = (weights.GetLength(0), weights.GetLength(2));
        var blocked = new T[Blocks(channels) * kernel * kernel * 16];
        int at = 0;
        for (int block = 0; block < Blocks(channels); block++)
            for (int i = 0; i < kernel; i++)
                for (int j = 0; j < kernel; j++)
                    for (int lane = 0; lane < 16; lane++, at++)
                    {
                        if (block * 16 + lane < channels)
                            blocked[at] = weights[i, j, block * 16 + lane];
                    }
        return blocked;
    }

    /// <summary>Bias, multiplier and shift of each channel to [channel/16][6][16], without single precision.</summary>
    public static int[] Channels(ReadOnlySpan<int> bias, ReadOnlySpan<int> multiplier, ReadOnlySpan<int> shift)
    {
        var blocked = new int[Blocks(bias.Length) * 96];
        for (int at = 0; at < blocked.Length; at += 96)
            blocked.AsSpan(at + 16, 32).Fill(BitConverter.SingleToInt32Bits(float.NaN));
        for (int c = 0; c < bias.Length; c++)
        {
            int at = c / 16 * 96 + 48 + c % 16;
            blocked[at] = bias[c];
            blocked[at + 16] = multiplier[c];
            blocked[at + 32] = shift[c];
        }
        return blocked;
    }

    /// <summary>The same with single precision for the blocks that have it.</summary>
    /// <param name="q">The layer's parameters.</param>
    /// <param name="bias">Its biases, folded.</param>
    /// <param name="reach">How far sums can be from them.</param>
    /// <param name="limit">What sums must stay below for single precision.</param>
    public static int[] Channels(Quantised q, int[] bias, long reach, long limit = int.MaxValue)
    {
        int[] blocked = Channels(bias, q.Multiplier, q.Shift);
        for (int block = 0; block < Blocks(bias.Length); block++)
        {
            var scales = new SinglePrecisionScale?[16];
            for (int lane = 0; lane < 16; lane++)
            {
                int c = block * 16 + lane;
                scales[lane] = c >= bias.Length ? Scale(q, 0, 0, 0, 0)
                    : Math.Abs((long)bias[c]) + reach < limit ? Scale(q, q.Multiplier[c], q.Shift[c], bias[c] - reach, bias[c] + reach) : null;
            }
            if (Array.Exists(scales, scale => scale is null))
                continue;
            for (int lane = 0; lane < 16; lane++)
            {
                int at = block * 96 + lane;
                blocked[at] = blocked[at + 48] + scales[lane]!.Value.Shift;
                blocked[at + 16] = BitConverter.SingleToInt32Bits(scales[lane]!.Value.Factor);
                blocked[at + 32] = BitConverter.SingleToInt32Bits(scales[lane]!.Value.Offset);
            }
        }
        return blocked;
    }

    /// <summary>A channel's rescaling in single precision.</summary>
    public static SinglePrecisionScale? Scale(Quantised q, int multiplier, int shift, long least, long most)
    {
        RoundingMode rounding = q.Rounding == Rounding.Once ? RoundingMode.Once : RoundingMode.Twice;
        var layer = new PackedRequantization(q.WeightZeroPoint, q.OutputZeroPoint, q.Min, q.Max, rounding);
        return SinglePrecisionScale.Find(new IntegerRescaling(new FixedPointMultiplier(multiplier, shift), layer), least, most);
    }
}
