using System;
using CsCheck;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>Multiplications in single precision against the integers that define them.</summary>
public class SinglePrecisionMultiplyTests
{
    /// <summary>
    /// Scales as squeezes have them, whose factors are of 0 … 1 and whose products have about the scale of the map, and any others; any zero points.
    /// </summary>
    [Fact]
    public void What_is_found_is_exact_for_every_pair_of_bytes()
    {
        int found = 0;
        Gen.Select(Gen.Int[500_000, 1_500_000], Gen.Int[0, 255], Gen.OneOf(Gen.Const(0), Gen.Int[0, 255]), Gen.Int[0, 255], Gen.Bool).Sample(
            (ratio, mapZeroPoint, factorZeroPoint, outputZeroPoint, isLinear) =>
            {
                FixedPointMultiplier rescaling = FixedPointMultiplier.From(ratio / 256e6);
                int min = isLinear ? 0 : outputZeroPoint;
                if (SinglePrecisionMultiply.Find(mapZeroPoint, factorZeroPoint, rescaling, outputZeroPoint, min, 255) is not { } single)
                    return;
                found++;
                for (int value = 0; value < 256; value++)
                {
                    for (int factor = 0; factor < 256; factor++)
                    {
                        int product = (value - mapZeroPoint) * (factor - factorZeroPoint);
                        int expected = Math.Clamp(rescaling.ApplyRoundingTwice(product) + outputZeroPoint, min, 255), actual = single.Apply(product, outputZeroPoint, min, 255);
                        if (actual != expected)
                            Assert.Fail($"{value}, {factor}: {actual} instead of {expected} with {single}.");
                    }
                }
            },
            iter: 100,
            threads: 1);
        Assert.InRange(found, 95, 100);
    }

    /// <summary>Numbers beyond 16 bits would wrap.</summary>
    [Fact]
    public void Products_that_are_not_scaled_down_have_none()
        => Assert.Null(SinglePrecisionMultiply.Find(0, 0, FixedPointMultiplier.From(4), 0, 0, 255));
}
