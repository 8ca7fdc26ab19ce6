using System;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// exp in double precision from additions and multiplications alone, none of them fused: the same in every bit on every machine, which <see cref="Math.Exp"/> is not.
/// Its relative error is below 2⁻⁵¹; that of a float is half a unit in the last place, 2⁻²⁵.
/// </summary>
internal static class Exponential
{
    // ln 2 in two parts; the first has trailing zeros, so that its product with an exponent is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    // A sum of about 1.5 · 2^52 has no fraction.
    private const double Rounder = 6755399441055744;

    /// <summary>eˣ; 0 below −708, infinity above 709. NaN stays.</summary>
    public static double Of(double x)
    {
        if (x < -708)
            return 0;
        if (x > 709)
            return double.PositiveInfinity;
        if (double.IsNaN(x))
            return x;

        double n = ((x * 1.4426950408889634) + Rounder) - Rounder;
        double r = (x - (n * Ln2High)) - (n * Ln2Low);

        // |r| ≤ 0.35: the Taylor series' 14th term is below 2⁻⁵⁷. In pairs of pairs, so that the machine need not wait for each sum.
        double r2 = r * r, r4 = r2 * r2;
        double high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800)) + r4 * (1.0 / 479001600 + r * (1.0 / 6227020800));
        double middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
        double sum = 1 + (r + (r2 * (0.5 + r * (1.0 / 6)) + r4 * (middle + r4 * high)));

        // Two factors: 2^1024 is none, although the product may be finite.
        int half = (int)n >> 1;
        return sum * Power(half) * Power((int)n - half);
    }

    /// <summary>1 / (1 + e⁻ˣ), rounded to a float.</summary>
    public static float Sigmoid(float x) => (float)(1 / (1 + Of(-(double)x)));

    private static double Power(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
