using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Parameters from the order in which they are written down to that of the blob.</summary>
internal static unsafe class Blocked
{
    public static int Blocks(int channels) => BlobLayout.Blocks(channels);

    /// <summary>[channel] to [channel/16][16], zeros after the last.</summary>
    public static float[] Vector(float[] values)
    {
        var blocked = new float[Blocks(values.Length) * 16];
        values.CopyTo(blocked, 0);
        return blocked;
    }

    /// <summary>[output, row, column, input] to panels.</summary>
    public static float[] Convolution(float[,,,] weights)
        => Panels(weights, PanelLayout.Float32(weights.GetLength(1) * weights.GetLength(2), weights.GetLength(3), weights.GetLength(0), endsInHalfPanel: false), 0f);

    /// <summary>[output, 0, 0, input] to panels, the last of which may be half a one.</summary>
    public static float[] Pointwise(float[,,,] weights)
        => Panels(weights, PanelLayout.Float32(1, weights.GetLength(3), weights.GetLength(0), BlobLayout.EndsInHalfBlock(weights.GetLength(0))), 0f);

    /// <summary>[output, row, column, input] to panels of bytes, the zero point where there is no weight.</summary>
    public static sbyte[] Convolution(sbyte[,,,] weights, sbyte zeroPoint)
        => Panels(weights, PanelLayout.Bytes(weights.GetLength(1) * weights.GetLength(2), weights.GetLength(3), weights.GetLength(0)), zeroPoint);

    /// <summary>[row, column, channel] to panels.</summary>
    public static T[] Depthwise<T>(T[,,] weights) where T : struct
    {
        (int kernel, int channels) = (weights.GetLength(0), weights.GetLength(2));
        PanelLayout layout = PanelLayout.Depthwise(kernel * kernel, channels);
        var panels = new T[layout.Length];
        for (int tap = 0; tap < kernel * kernel; tap++)
            for (int channel = 0; channel < channels; channel++)
                panels[layout.Index(channel, tap, 0)] = weights[tap / kernel, tap % kernel, channel];
        return panels;
    }

    private static T[] Panels<T>(T[,,,] weights, PanelLayout layout, T padding)
    {
        ReadOnlySpan<T> flat = Flat.Of<T>(weights);
        (int outputs, int taps, int inputs) = (weights.GetLength(0), weights.GetLength(1) * weights.GetLength(2), weights.GetLength(3));
        var panels = new T[layout.Length];
        Array.Fill(panels, padding);
        for (int output = 0; output < outputs; output++)
            for (int tap = 0; tap < taps; tap++)
                for (int input = 0; input < inputs; input++)
                    panels[layout.Index(output, tap, input)] = flat[(output * taps + tap) * inputs + input];
        return panels;
    }

    /// <summary>Bias, multiplier and shift of each channel to [channel/16][7][16], without single precision.</summary>
    public static int[] Channels(ReadOnlySpan<int> bias, ReadOnlySpan<int> multiplier, ReadOnlySpan<int> shift)
    {
        var blocked = new int[Blocks(bias.Length) * RescalingLayout.Length];
        for (int at = 0; at < blocked.Length; at += RescalingLayout.Length)
            blocked.AsSpan(at + RescalingLayout.Gain, 16).Fill(BitConverter.SingleToInt32Bits(float.NaN));
        for (int c = 0; c < bias.Length; c++)
        {
            int at = c / 16 * RescalingLayout.Length + c % 16;
            blocked[at + RescalingLayout.Integers] = bias[c];
            blocked[at + RescalingLayout.Multiplier] = multiplier[c];
            blocked[at + RescalingLayout.Shift] = shift[c];
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
                int at = block * RescalingLayout.Length + lane;
                blocked[at] = unchecked((int)(blocked[at + RescalingLayout.Integers] + scales[lane].Shift + SinglePrecisionScale.OriginBits));
                blocked[at + RescalingLayout.Gain] = BitConverter.SingleToInt32Bits(scales[lane].Gain);
                blocked[at + RescalingLayout.Factor] = BitConverter.SingleToInt32Bits(scales[lane].Factor);
                blocked[at + RescalingLayout.Offset] = BitConverter.SingleToInt32Bits(scales[lane].Offset);
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
    /// <param name="table">An activation that is not a range, or null.</param>
    public static QuantizedAdd Add(int[] left, int[] right, int[] output, byte min, byte max, bool inSinglePrecision, byte* table = null)
    {
        SinglePrecisionAdd single = inSinglePrecision
            ? SinglePrecisionAdd.Find(new PackedAdd(left[0], left[1], left[2], right[0], right[1], right[2], output[1], output[2], output[0], min, max)) ?? default
            : default;
        return new QuantizedAdd(left[0], left[1], left[2], right[0], right[1], right[2], output[1], output[2], output[0], min, max, single.LeftFactor, single.RightFactor, single.Offset, table);
    }

    /// <summary>A multiplication.</summary>
    /// <param name="mapZeroPoint">Zero point of the map.</param>
    /// <param name="factorZeroPoint">Zero point of the factors.</param>
    /// <param name="rescaling">Multiplier and shift of the products.</param>
    /// <param name="outputZeroPoint">Zero point of the output.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    /// <param name="inSinglePrecision">Whether to give it single precision, where there is one that is exact.</param>
    public static QuantizedMultiply Multiply(int mapZeroPoint, int factorZeroPoint, FixedPointMultiplier rescaling, int outputZeroPoint, byte min, byte max, bool inSinglePrecision)
    {
        SinglePrecisionMultiply single = inSinglePrecision ? SinglePrecisionMultiply.Find(mapZeroPoint, factorZeroPoint, rescaling, outputZeroPoint, min, max) ?? default : default;
        return new QuantizedMultiply(mapZeroPoint, factorZeroPoint, rescaling.Multiplier, rescaling.Shift, outputZeroPoint, min, max, single.Scale, single.Nudge);
    }
}
