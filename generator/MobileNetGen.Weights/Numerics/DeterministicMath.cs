using System;

namespace MobileNetGen.Weights.Numerics;

/// <summary>
/// exp, log and tanh from additions, multiplications and divisions alone, which IEEE 754 rounds the same everywhere. The platform's own may differ in the
/// last bit, and a build must give the same bytes on every machine. Relative errors are below 2⁻⁵⁰.
/// </summary>
internal static class DeterministicMath
{
    // ln 2 in two parts; the first has trailing zeros, so that its product with an exponent is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>eˣ for x in [−700, 700]; 0 below and infinity above.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
            return 0;
        if (x > 700)
            return double.PositiveInfinity;

        double k = Math.Round(x / (Ln2High + Ln2Low), MidpointRounding.ToEven);
        double r = x - (k * Ln2High) - (k * Ln2Low);

        // |r| ≤ 0.35: the Taylor series' 18th term is below 2⁻⁷⁸.
        double sum = 1;
        for (int n = 18; n >= 1; n--)
            sum = 1 + (r / n * sum);
        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>The hyperbolic tangent, with an absolute error below 2⁻⁵⁰.</summary>
    public static double Tanh(double x)
    {
        double exponential = Exp(-2 * Math.Abs(x));
        return Math.CopySign((1 - exponential) / (1 + exponential), x);
    }

    /// <summary>ln x for a positive, normal x.</summary>
    public static double Log(double x)
    {
        int exponent = Math.ILogB(x);
        double m = Math.ScaleB(x, -exponent);
        if (m > 1.4142135623730951)
            (m, exponent) = (m / 2, exponent + 1);

        // ln m = 2·artanh((m − 1) / (m + 1)), whose series converges as 0.1716²ⁿ.
        double t = (m - 1) / (m + 1), square = t * t, sum = 0;
        for (int n = 41; n >= 1; n -= 2)
            sum = (1.0 / n) + (square * sum);
        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * t * sum));
    }
}
