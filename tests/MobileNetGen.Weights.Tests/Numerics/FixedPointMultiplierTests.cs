using System;
using System.Linq;
using System.Numerics;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Tests.Numerics;

public class FixedPointMultiplierTests
{
    /// <summary>Factors of every size a network has and some that none should, and values next to which rounding could go wrong.</summary>
    [Fact]
    public void Factors_and_results_are_those_of_exact_arithmetic()
    {
        var random = new Random(3);
        for (int i = 0; i < 2_000; i++)
        {
            double factor = Math.ScaleB(1 + random.NextDouble(), random.Next(-34, 3));
            FixedPointMultiplier actual = FixedPointMultiplier.From(factor);
            ExactMultiplier expected = ExactMultiplier.Of(factor);
            Assert.Equal((expected.Mantissa, expected.Exponent), (actual.Multiplier, actual.Shift));
            for (int k = 0; k < 50; k++)
            {
                int x = random.Next(int.MinValue, int.MaxValue) >> random.Next(3, 32);
                Assert.Equal(expected.RoundTwice(x), actual.ApplyRoundingTwice(x));
            }
        }
    }

    /// <summary>The routine as TensorFlow Lite has it, from gemmlowp's fixedpoint.h.</summary>
    [Fact]
    public void Rounding_twice_is_that_of_gemmlowp()
    {
        var random = new Random(4);
        for (int i = 0; i < 200_000; i++)
        {
            FixedPointMultiplier factor = FixedPointMultiplier.From(Math.ScaleB(1 + random.NextDouble(), random.Next(-20, 1)));
            int x = random.Next(int.MinValue, int.MaxValue) >> random.Next(2, 32);
            long product = (long)(x << Math.Max(factor.Shift, 0)) * factor.Multiplier;
            int high = (int)((product + (product >= 0 ? 1 << 30 : 1 - (1 << 30))) / (1L << 31));
            int exponent = Math.Max(-factor.Shift, 0), mask = (int)((1L << exponent) - 1), remainder = high & mask, threshold = (mask >> 1) + (high < 0 ? 1 : 0);
            Assert.Equal((high >> exponent) + (remainder > threshold ? 1 : 0), factor.ApplyRoundingTwice(x));
        }
    }

    [Theory]
    [InlineData(0.5, 1, 1)] // the high multiply's ties go up …
    [InlineData(0.5, -1, 0)]
    [InlineData(0.5, -3, -1)]
    [InlineData(0.25, 2, 1)] // … and the shift's away from zero
    [InlineData(0.25, -2, -1)]
    [InlineData(0.25, 6, 2)]
    [InlineData(0.25, -6, -2)]
    [InlineData(0.25, 1, 1)] // 1 → 0.5 → 1 → 0.5 → 1: twice rounded is not rounded once
    [InlineData(1, 1 << 29, 1 << 29)]
    [InlineData(1, -12345, -12345)]
    [InlineData(1.5, 3, 5)]
    [InlineData(1.5, -3, -4)]
    [InlineData(3.25, 100, 325)]
    public void Ties_and_factors_of_one_and_more(double factor, int x, int expected) =>
        Assert.Equal(expected, FixedPointMultiplier.From(factor).ApplyRoundingTwice(x));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 1 << 30, 0)]
    [InlineData(1, 1 << 30, 1)]
    [InlineData(1.14, 1224065679, 1)]
    [InlineData(0.99999999999, 1 << 30, 1)] // the mantissa rounds up to 2³¹
    [InlineData(2.3283064365386963E-10, 1 << 30, -31)] // 2⁻³²
    [InlineData(1.1641532182693481E-10, 0, 0)] // 2⁻³³
    [InlineData(1e-300, 0, 0)]
    [InlineData(1e300, int.MaxValue, 30)]
    public void Factors_are_decomposed(double factor, int multiplier, int shift) =>
        Assert.Equal(new FixedPointMultiplier(multiplier, shift), FixedPointMultiplier.From(factor));

    [Fact]
    public void A_factor_that_underflows_gives_zero() =>
        Assert.All(new[] { int.MinValue, -1, 0, 1, int.MaxValue }, x => Assert.Equal(0, FixedPointMultiplier.From(1e-12).ApplyRoundingTwice(x)));
}
