using System;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Tests.Numerics;

public class DeterministicMathTests
{
    private const double Bound = 1.0 / (1L << 50);

    [Fact]
    public void Exp_is_within_its_bound_over_its_range()
    {
        var random = new Random(1);
        for (int i = 0; i < 1_500; i++)
        {
            double x = (random.NextDouble() * 2 - 1) * (i % 3 == 0 ? 700 : i % 3 == 1 ? 20 : 1e-3);
            Assert.InRange(Math.Abs(HighPrecision.RelativeErrorOfExp(x, DeterministicMath.Exp(x))), 0, Bound);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2.718281828459045)]
    [InlineData(-1, 0.36787944117144233)]
    [InlineData(-20, 2.061153622438558E-09)]
    [InlineData(700, 1.0142320547350045E+304)]
    public void Exp_of_known_values(double x, double expected) => Assert.Equal(1, DeterministicMath.Exp(x) / expected, 2 * Bound);

    [Theory]
    [InlineData(-700.1, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(700.1, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void Exp_beyond_its_range_is_zero_or_infinity(double x, double expected) => Assert.Equal(expected, DeterministicMath.Exp(x));

    [Fact]
    public void Tanh_is_that_of_the_platform_to_a_few_last_places_and_odd()
    {
        var random = new Random(3);
        for (int i = 0; i < 1_500; i++)
        {
            double x = (random.NextDouble() * 2 - 1) * (i % 3 == 0 ? 400 : i % 3 == 1 ? 5 : 1e-3);
            Assert.Equal(Math.Tanh(x), DeterministicMath.Tanh(x), 1e-15);
            Assert.Equal(-DeterministicMath.Tanh(x), DeterministicMath.Tanh(-x));
        }
    }

    [Fact]
    public void Log_is_within_its_bound_over_its_range()
    {
        var random = new Random(2);
        for (int i = 0; i < 1_500; i++)
        {
            double x = i % 2 == 0 ? random.NextDouble() + 0.5 : Math.ScaleB(1 + random.NextDouble(), random.Next(-900, 900));
            double log = DeterministicMath.Log(x);

            // ln x − log = ln(x / e^log), which is the relative error of x as a value of e^log, so small that its square does not matter.
            Assert.InRange(Math.Abs(HighPrecision.RelativeErrorOfExp(log, x)), 0, Bound * Math.Abs(log));
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.6931471805599453)]
    [InlineData(10, 2.302585092994046)]
    [InlineData(0.5, -0.6931471805599453)]
    public void Log_of_known_values(double x, double expected) => Assert.Equal(expected, DeterministicMath.Log(x), Bound * Math.Abs(expected));
}
