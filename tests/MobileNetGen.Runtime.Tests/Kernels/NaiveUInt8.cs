using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Quantisation parameters of a layer as a model file has them: the bias without the input's zero point.</summary>
internal sealed unsafe record Quantised(int InputZeroPoint, sbyte WeightZeroPoint, int[] Bias, int[] Multiplier, int[] Shift, int OutputZeroPoint, byte Min, byte Max, Rounding Rounding)
{
    /// <summary>Where the table of an activation is, or 0.</summary>
    public nint Table { get; init; }

    public Requantization Requantization => new(WeightZeroPoint, OutputZeroPoint, Min, Max, Rounding, (byte*)Table);

    /// <summary>The same with an activation that is any table.</summary>
    public Quantised WithTable(TestMemory memory, Noise noise) => this with { Table = (nint)memory.Allocate<byte>(noise.Array(256, noise.Byte)) };

    public byte ToByte(int sum, int channel)
    {
        int scaled = NaiveUInt8.Rescale(sum, Multiplier[channel], Shift[channel], Rounding);
        return Activate(unchecked(scaled + OutputZeroPoint));
    }

    /// <summary>The byte of a rescaled sum, its zero point added.</summary>
    public byte Activate(int value)
    {
        byte clamped = (byte)Math.Clamp(value, Min, Max);
        return Table == 0 ? clamped : ((byte*)Table)[clamped];
    }

    /// <summary>The bias with −(input zero point)·Σ(w − weight zero point) folded in.</summary>
    public int[] FoldedBias(Func<int, int> weightSum)
    {
        var folded = new int[Bias.Length];
        for (int c = 0; c < folded.Length; c++)
            folded[c] = unchecked(Bias[c] - InputZeroPoint * weightSum(c));
        return folded;
    }
}

/// <summary>The operations as TensorFlow Lite defines them, on [height, width, channel]: zero points subtracted one by one, padding left out, roundings in exact arithmetic. They take most of the tests' time, so they are compiled optimised at once.</summary>
internal static class NaiveUInt8
{
    /// <summary>value·multiplier·2^(shift − 31). Rounding once: to the nearest, ties up. Twice: that at shift 0, then the right shift to the nearest, ties away from zero. What exceeds 32 bits wraps.</summary>
    public static int Rescale(int value, int multiplier, int shift, Rounding rounding)
    {
        if (rounding == Rounding.Once)
            return Wrap(NearestTiesUp((Int128)value * multiplier, 31 - shift));

        int shifted = unchecked(value << Math.Max(shift, 0));
        Int128 high = NearestTiesUp((Int128)shifted * multiplier, 31);
        return (int)(shift >= 0 ? high : Int128.Sign(high) * NearestTiesUp(Int128.Abs(high), -shift));
    }

    public static byte Add(byte left, byte right, int[] l, int[] r, int[] o, byte min, byte max)
    {
        int a = Rescale((left - l[0]) << 20, l[1], l[2], Rounding.Twice);
        int b = Rescale((right - r[0]) << 20, r[1], r[2], Rounding.Twice);
        return (byte)Math.Clamp(Rescale(a + b, o[1], o[2], Rounding.Twice) + o[0], min, max);
    }

    public static byte Multiply(byte value, byte factor, QuantizedMultiply m)
        => (byte)Math.Clamp(Rescale((value - m.MapZeroPoint) * (factor - m.FactorZeroPoint), m.Multiplier, m.Shift, Rounding.Twice) + m.OutputZeroPoint, m.Min, m.Max);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte[,,] Convolution(byte[,,] input, sbyte[,,,] weights, Window window, Quantised q)
    {
        (int channels, int inputZeroPoint, int weightZeroPoint) = (input.GetLength(2), q.InputZeroPoint, q.WeightZeroPoint);
        var output = new byte[window.OutputHeight, window.OutputWidth, q.Bias.Length];
        for (int y = 0; y < window.OutputHeight; y++)
            for (int x = 0; x < window.OutputWidth; x++)
                for (int o = 0; o < q.Bias.Length; o++)
                {
                    int sum = q.Bias[o];
                    for (int i = 0; i < window.Kernel; i++)
                        for (int j = 0; j < window.Kernel; j++)
                        {
                            (int row, int column) = window.Pixel(y, x, i, j);
                            if (!window.Contains(row, column))
                                continue;
                            ReadOnlySpan<byte> pixel = MemoryMarshal.CreateReadOnlySpan(ref input[row, column, 0], channels);
                            ReadOnlySpan<sbyte> tap = MemoryMarshal.CreateReadOnlySpan(ref weights[o, i, j, 0], channels);
                            for (int c = 0; c < pixel.Length; c++)
                                sum = unchecked(sum + (pixel[c] - inputZeroPoint) * (tap[c] - weightZeroPoint));
                        }
                    output[y, x, o] = q.ToByte(sum, o);
                }
        return output;
    }

    /// <summary>The weights' zero point is already subtracted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte[,,] Depthwise(byte[,,] input, short[,,] weights, Window window, int multiplier, Quantised q)
    {
        int inputZeroPoint = q.InputZeroPoint;
        var output = new byte[window.OutputHeight, window.OutputWidth, q.Bias.Length];
        for (int y = 0; y < window.OutputHeight; y++)
            for (int x = 0; x < window.OutputWidth; x++)
                for (int o = 0; o < q.Bias.Length; o++)
                {
                    int sum = q.Bias[o];
                    for (int i = 0; i < window.Kernel; i++)
                        for (int j = 0; j < window.Kernel; j++)
                        {
                            (int row, int column) = window.Pixel(y, x, i, j);
                            if (window.Contains(row, column))
                                sum = unchecked(sum + (input[row, column, o / multiplier] - inputZeroPoint) * weights[i, j, o]);
                        }
                    output[y, x, o] = q.ToByte(sum, o);
                }
        return output;
    }

    private static int Wrap(Int128 value) => unchecked((int)(uint)(value & uint.MaxValue));

    private static Int128 NearestTiesUp(Int128 numerator, int bits)
        => bits == 0 ? numerator : (numerator + (Int128.One << (bits - 1))) >> bits;
}
