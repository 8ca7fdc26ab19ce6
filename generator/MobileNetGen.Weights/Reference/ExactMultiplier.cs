using System;
using System.Numerics;

namespace MobileNetGen.Weights.Reference;

/// <summary>
/// A factor of a quantised layer, in integers of any size: the rule as it is written down, without a thought of overflow or speed.
/// </summary>
/// <param name="Mantissa">m, from 2³⁰ to 2³¹ − 1, or 0.</param>
/// <param name="Exponent">e: the factor is m · 2^(e − 31).</param>
internal readonly record struct ExactMultiplier(int Mantissa, int Exponent)
{
    /// <summary>factor = q · 2^e with 0.5 ≤ q &lt; 1; m = q · 2³¹, ties away from zero.</summary>
    public static ExactMultiplier Of(double factor)
    {
        if (factor == 0)
            return default;

        // A double is an integer of 53 bits times a power of two.
        long bits = BitConverter.DoubleToInt64Bits(factor);
        int power = (int)((bits >> 52) & 0x7FF) - 1075;
        long integer = (bits & ((1L << 52) - 1)) | (1L << 52);
        if (power == -1075)
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "Subnormal factors have no such form.");

        // integer · 2^power = (integer / 2⁵³) · 2^(power + 53); m = integer / 2²², rounded.
        BigInteger mantissa = (new BigInteger(integer) + (1 << 21)) / (1 << 22);
        int exponent = power + 53;
        if (mantissa == BigInteger.One << 31)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        return exponent < -31 ? default : new ExactMultiplier((int)mantissa, exponent);
    }

    /// <summary>A doubling high multiply with ties up, then a right shift with ties away from zero.</summary>
    public BigInteger RoundTwice(BigInteger x)
    {
        BigInteger high = Floor((x * BigInteger.Pow(2, Math.Max(Exponent, 0)) * Mantissa) + (BigInteger.One << 30), BigInteger.One << 31);
        BigInteger divisor = BigInteger.One << Math.Max(-Exponent, 0);
        return high.Sign * ((2 * BigInteger.Abs(high)) + divisor) / (2 * divisor);
    }

    /// <summary>The product to the nearest integer, ties up.</summary>
    public BigInteger RoundOnce(BigInteger x)
    {
        BigInteger divisor = BigInteger.One << (31 - Exponent);
        return Floor((2 * x * Mantissa) + divisor, 2 * divisor);
    }

    private static BigInteger Floor(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
