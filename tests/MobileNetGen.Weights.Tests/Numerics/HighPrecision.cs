using System;
using System.Numerics;

namespace MobileNetGen.Weights.Tests.Numerics;

/// <summary>eˣ in integers: fixed point with 1,400 bits behind the point, of which rounding spoils a few dozen.</summary>
internal static class HighPrecision
{
    private const int Bits = 1400;
    private const int Halvings = 16;

    /// <summary>How far <paramref name="value"/> is from e^<paramref name="x"/>, relative to it.</summary>
    public static double RelativeErrorOfExp(double x, double value)
    {
        BigInteger exact = Exp(x);
        return (double)((Fixed(value) - exact) * (BigInteger.One << 200) / exact) * Math.Pow(2, -200);
    }

    private static BigInteger Exp(double x)
    {
        // e^x = (e^(x / 2¹⁶))^(2¹⁶); the series of the inner one needs few terms.
        BigInteger small = Fixed(x) >> Halvings, term = BigInteger.One << Bits, sum = term;
        for (int n = 1; n <= 125; n++)
        {
            term = ((term * small) >> Bits) / n;
            sum += term;
        }

        for (int i = 0; i < Halvings; i++)
            sum = (sum * sum) >> Bits;
        return sum;
    }

    private static BigInteger Fixed(double value)
    {
        if (value == 0)
            return 0;
        int exponent = Math.ILogB(value) - 52;
        var integer = new BigInteger(Math.ScaleB(value, -exponent));
        return integer << (Bits + exponent);
    }
}
