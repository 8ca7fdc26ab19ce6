using System;
using CsCheck;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>Additions in single precision against the integers that define them.</summary>
public class SinglePrecisionAddTests
{
    /// <summary>TensorFlow Lite's parameters for scales as residual connections have them, relative to the left operand's, and for any zero points.</summary>
    private static readonly Gen<PackedAdd> s_additions = Gen.Select(Gen.Double[0.4, 2.5], Gen.Double[0.8, 2], Gen.Int[0, 255], Gen.Int[0, 255], Gen.Int[0, 255], Gen.Bool).Select(
        (right, output, leftZeroPoint, rightZeroPoint, outputZeroPoint, isLinear) =>
        {
            double twice = 2 * Math.Max(1, right);
            FixedPointMultiplier l = FixedPointMultiplier.From(1 / twice), r = FixedPointMultiplier.From(right / twice), o = FixedPointMultiplier.From(twice / ((1 << 20) * output * Math.Max(1, right)));
            return new PackedAdd(
                leftZeroPoint, l.Multiplier, l.Shift, rightZeroPoint, r.Multiplier, r.Shift, o.Multiplier, o.Shift, outputZeroPoint, isLinear ? 0 : outputZeroPoint, 255);
        });

    /// <summary>Round numbers, of which many are generated, mostly have ties, and so none.</summary>
    [Fact]
    public void What_is_found_is_exact_for_every_pair_of_bytes()
    {
        int found = 0;
        s_additions.Sample(
            add =>
            {
                if (SinglePrecisionAdd.Find(add) is not { } single)
                    return;
                found++;
                for (int left = 0; left < 256; left++)
                {
                    for (int right = 0; right < 256; right++)
                    {
                        if (single.Apply(left, right, add) != Definition(left, right, add))
                            Assert.Fail($"{add}: {left} + {right} is {single.Apply(left, right, add)} instead of {Definition(left, right, add)} with {single}.");
                    }
                }
            },
            iter: 100,
            threads: 1);
        Assert.InRange(found, 60, 100);
    }

    /// <summary>Half of each: every other sum is a tie, which integers round away from zero and single precision to an even number.</summary>
    [Fact]
    public void Ties_that_round_away_from_zero_on_both_sides_have_none()
    {
        FixedPointMultiplier half = FixedPointMultiplier.From(0.5), output = FixedPointMultiplier.From(1.0 / (1 << 20));
        Assert.Null(SinglePrecisionAdd.Find(new PackedAdd(128, half.Multiplier, half.Shift, 128, half.Multiplier, half.Shift, output.Multiplier, output.Shift, 128, 0, 255)));
    }

    private static int Definition(int left, int right, PackedAdd add)
    {
        int a = new FixedPointMultiplier(add.LeftMultiplier, add.LeftShift).ApplyRoundingTwice((left - add.LeftZeroPoint) << 20);
        int b = new FixedPointMultiplier(add.RightMultiplier, add.RightShift).ApplyRoundingTwice((right - add.RightZeroPoint) << 20);
        int sum = new FixedPointMultiplier(add.OutputMultiplier, add.OutputShift).ApplyRoundingTwice(a + b);
        return Math.Clamp(sum + add.OutputZeroPoint, add.Min, add.Max);
    }
}
