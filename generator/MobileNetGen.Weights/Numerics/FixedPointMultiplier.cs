using System;

namespace MobileNetGen.Weights.Numerics;

/// <summary>A positive real factor as TensorFlow Lite computes with it: m · 2^(shift − 31).</summary>
/// <param name="Multiplier">m, from 2³⁰ to 2³¹ − 1, or 0.</param>
/// <param name="Shift">The exponent: positive shifts left.</param>
public readonly record struct FixedPointMultiplier(int Multiplier, int Shift)
{
    /// <summary>Decomposes a factor (<c>QuantizeMultiplier</c>).</summary>
    public static FixedPointMultiplier From(double factor)
    {
        if (factor == 0)
            return default;

        // factor = q · 2^shift with 0.5 ≤ q < 1.
        int shift = Math.ILogB(factor) + 1;
        double q = Math.ScaleB(factor, -shift);
        long m = (long)Math.Round(Math.ScaleB(q, 31), MidpointRounding.AwayFromZero);
        if (m == 1L << 31)
            (m, shift) = (m / 2, shift + 1);

        // Channels whose factor underflows exist in real networks; their results are the zero point.
        if (shift < -31)
            return default;
        return shift > 30 ? new FixedPointMultiplier(int.MaxValue, 30) : new FixedPointMultiplier((int)m, shift);
    }

    /// <summary>Multiplies, rounding twice: a doubling high multiply with ties up, then a right shift with ties away from zero.</summary>
    public int ApplyRoundingTwice(int x)
    {
        int shifted = unchecked(x << Math.Max(Shift, 0));
        int high = shifted == int.MinValue && Multiplier == int.MinValue
            ? int.MaxValue
            : (int)((((long)shifted * Multiplier) + (1L << 30)) >> 31);
        int right = Math.Max(-Shift, 0);
        int remainder = high & (int)((1L << right) - 1);
        int threshold = (int)(((1L << right) - 1) >> 1) + (high < 0 ? 1 : 0);
        return (high >> right) + (remainder > threshold ? 1 : 0);
    }
}
