using System;
using System.Linq;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>Rescalings in single precision against the integers that define them.</summary>
public class SinglePrecisionScaleTests
{
    private static readonly Gen<IntegerRescaling> s_rescalings = Gen.Select(Gen.Int[1 << 30, int.MaxValue], Gen.Int[-12, 1], Gen.Enum<RoundingMode>(), Gen.Int[0, 255], Gen.Bool).Select(
        (multiplier, shift, rounding, zeroPoint, isLinear) => new IntegerRescaling(
            new FixedPointMultiplier(multiplier, shift), new PackedRequantization(0, zeroPoint, isLinear ? 0 : zeroPoint, 255, rounding)));

    /// <summary>Every sum whose byte is not one of the ends of the range, and some beyond.</summary>
    [Fact]
    public void What_is_found_is_exact_for_every_sum()
    {
        int found = 0;
        s_rescalings.Sample(
            rescaling =>
            {
                int reach = (int)(300 / rescaling.Factor);
                if (SinglePrecisionScale.Find(rescaling, -reach, reach) is not { } scale)
                    return;
                found++;
                for (int sum = -reach; sum <= reach; sum++)
                {
                    if (scale.Apply(sum, rescaling) != rescaling.Apply(sum))
                        Assert.Fail($"{rescaling}: {sum} is {scale.Apply(sum, rescaling)} instead of {rescaling.Apply(sum)} with {scale}.");
                }
            },
            iter: 100,
            threads: 1);
        Assert.InRange(found, 60, 100);
    }

    [Fact]
    public void A_factor_that_is_off_by_a_thousandth_is_no_candidate()
    {
        var rescaling = new IntegerRescaling(new FixedPointMultiplier(0x5A3C1B7F, -6), new PackedRequantization(0, 0, 0, 255, RoundingMode.Twice));
        SinglePrecisionScale scale = SinglePrecisionScale.Find(rescaling, -100_000, 100_000)!.Value;
        SinglePrecisionScale wrong = scale with { Factor = scale.Factor * 1.001f };
        Assert.Contains(Enumerable.Range(0, 30_000), sum => wrong.Apply(sum, rescaling) != rescaling.Apply(sum));
    }

    [Theory]
    [InlineData(-(1L << 31) - 1, 0)]
    [InlineData(0, 1L << 31)]
    public void Sums_beyond_32_bits_wrap_and_have_none(long least, long most)
    {
        var rescaling = new IntegerRescaling(new FixedPointMultiplier(1 << 30, -9), new PackedRequantization(0, 3, 3, 255, RoundingMode.Twice));
        Assert.Null(SinglePrecisionScale.Find(rescaling, least, most));
    }

    [Fact]
    public void Channels_that_only_pad_a_block_have_the_zero_point()
    {
        foreach (RoundingMode rounding in Enum.GetValues<RoundingMode>())
        {
            foreach (int min in new[] { 0, 40 })
            {
                var rescaling = new IntegerRescaling(default, new PackedRequantization(0, 40, min, 255, rounding));
                Assert.Equal(40, SinglePrecisionScale.Find(rescaling, 0, 0)!.Value.Apply(0, rescaling));
            }
        }
    }
}
