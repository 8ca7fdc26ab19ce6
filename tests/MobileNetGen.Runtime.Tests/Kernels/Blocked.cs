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
    // The numbers of a block of channels, and where those begin that are not the bias in single precision.
    private const int BlockNumbers = 112, Gain = 16, Factor = 32, Offset = 48;

    /// <summary>Where those in integers begin.</summary>
    public const int Integers = 64;

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

    /// <summary>[output, 0, 0, input] to [output/16][input][16]; a last block of which no more than half is used to [input, to an even number][8].</summary>
    public static float[] Pointwise(float[,,,] weights)
    {
        (int outputs, int inputs) = (weights.GetLength(0), weights.GetLength(3));
        float[] blocked = Convolution(weights);
        if (outputs % 16 is 0 or > 8)
            return blocked;
        int whole = outputs / 16 * inputs * 16;
        var half = new float[(inputs + inputs % 2) * 8];
        for (int c = 0; c < inputs; c++)
            blocked.AsSpan(whole + c * 16, 8).CopyTo(half.AsSpan(c * 8));
        return [.. blocked.AsSpan(0, whole), .. half];
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

    /// <summary>Bias, multiplier and shift of each channel to [channel/16][7][16], without single precision.</summary>
    public static int[] Channels(ReadOnlySpan<int> bias, ReadOnlySpan<int> multiplier, ReadOnlySpan<int> shift)
    {
        var blocked = new int[Blocks(bias.Length) * BlockNumbers];
        for (int at = 0; at < blocked.Length; at += BlockNumbers)
            blocked.AsSpan(at + Gain, 16).Fill(BitConverter.SingleToInt32Bits(float.NaN));
        for (int c = 0; c < bias.Length; c++)
        {
            int at = c / 16 * BlockNumbers + Integers + c % 16;
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
    /// <param name="inSinglePrecision">Whether they are added up in single precision.</param>
    public static int[] Channels(Quantised q, int[] bias, long reach, bool inSinglePrecision = false)
    {
        int[] blocked = Channels(bias, q.Multiplier, q.Shift);
        RoundingMode rounding = q.Rounding == Rounding.Once ? RoundingMode.Once : RoundingMode.Twice;
        var layer = new PackedRequantization(q.WeightZeroPoint, q.OutputZeroPoint, q.Min, q.Max, rounding);
        for (int block = 0; block < Blocks(bias.Length); block++)
        {
            var rescalings = new IntegerRescaling[16];
            var ranges = new (long Least, long Most)[16];
            for (int lane = 0; lane < 16; lane++)
            {
                int c = block * 16 + lane;
                bool isUsed = c < bias.Length;
                rescalings[lane] = new IntegerRescaling(isUsed ? new FixedPointMultiplier(q.Multiplier[c], q.Shift[c]) : default, layer);
                ranges[lane] = isUsed ? (bias[c] - reach, bias[c] + reach) : default;
            }
            if (SinglePrecisionScale.FindBlock(rescalings, ranges, inSinglePrecision) is not { } scales)
                continue;
            for (int lane = 0; lane < 16; lane++)
            {
                int at = block * BlockNumbers + lane;
                blocked[at] = unchecked((int)(blocked[at + Integers] + scales[lane].Shift + SinglePrecisionScale.OriginBits));
                blocked[at + Gain] = BitConverter.SingleToInt32Bits(scales[lane].Gain);
                blocked[at + Factor] = BitConverter.SingleToInt32Bits(scales[lane].Factor);
                blocked[at + Offset] = BitConverter.SingleToInt32Bits(scales[lane].Offset);
            }
        }
        return blocked;
    }

    /// <summary>An addition, from each tensor's zero point, multiplier and shift.</summary>
    /// <param name="left">The left operand's.</param>
    /// <param name="right">The right operand's.</param>
    /// <param name="output">The output's.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    /// <param name="inSinglePrecision">Whether to give it single precision, where there is one that is exact.</param>
    public static QuantizedAdd Add(int[] left, int[] right, int[] output, byte min, byte max, bool inSinglePrecision)
    {
        SinglePrecisionAdd single = inSinglePrecision
            ? SinglePrecisionAdd.Find(new PackedAdd(left[0], left[1], left[2], right[0], right[1], right[2], output[1], output[2], output[0], min, max)) ?? default
            : default;
        return new QuantizedAdd(left[0], left[1], left[2], right[0], right[1], right[2], output[1], output[2], output[0], min, max, single.LeftFactor, single.RightFactor, single.Offset);
    }
}
