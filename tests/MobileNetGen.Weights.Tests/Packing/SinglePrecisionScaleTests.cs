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
    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 90)]
    public void What_is_found_is_exact_for_every_sum(bool inOneStep, int least)
    {
        int found = 0;
        s_rescalings.Sample(
            rescaling =>
            {
                int reach = (int)(300 / rescaling.Factor);
                if (SinglePrecisionScale.Find(rescaling, -reach, reach, inOneStep) is not { } scale)
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
        Assert.InRange(found, least, 100);
    }

    /// <summary>The sums as they are in the kernel, in between too: they need a last place of 1.</summary>
    [Fact]
    public void Sums_in_single_precision_stay_where_they_are_exact()
    {
        var rescaling = new IntegerRescaling(new FixedPointMultiplier(0x5A3C1B7F, -9), new PackedRequantization(0, 3, 3, 255, RoundingMode.Twice));
        foreach ((int least, int most) in new[] { (-2_000_000, 5_000_000), (-100, 8_388_000), (-8_388_000, 40_000) })
        {
            SinglePrecisionScale? scale = SinglePrecisionScale.Find(rescaling, least, most, inOneStep: true, inSinglePrecision: true);
            if (scale is not { } exact)
                continue;
            Assert.InRange(SinglePrecisionScale.Origin + exact.Shift + least, 1 << 23, (1 << 24) - 1);
            Assert.InRange(SinglePrecisionScale.Origin + exact.Shift + most, 1 << 23, (1 << 24) - 1);
        }

        Assert.NotNull(SinglePrecisionScale.Find(rescaling, -2_000_000, 5_000_000, inOneStep: true, inSinglePrecision: true));
        Assert.Null(SinglePrecisionScale.Find(rescaling, -5_000_000, 5_000_000, inOneStep: true, inSinglePrecision: true));
    }

    /// <summary>A dead channel, whose bias is beyond everything, gives one byte.</summary>
    [Theory]
    [InlineData(1 << 30, 255)]
    [InlineData(-(1 << 30), 0)]
    public void However_large_the_sums_of_a_channel_are_their_only_byte_is_exact(int bias, byte expected)
    {
        foreach (RoundingMode rounding in Enum.GetValues<RoundingMode>())
        {
            var rescaling = new IntegerRescaling(new FixedPointMultiplier(1 << 30, -8), new PackedRequantization(0, 40, 0, 255, rounding));
            SinglePrecisionScale scale = SinglePrecisionScale.Find(rescaling, bias - 100_000, bias + 100_000, inOneStep: false)!.Value;
            foreach (int sum in new[] { bias - 100_000, bias, bias + 100_000 })
                Assert.Equal((expected, expected), ((byte)scale.Apply(sum, rescaling), rescaling.Apply(sum)));
        }
    }

    [Fact]
    public void A_factor_that_is_off_by_a_thousandth_is_no_candidate()
    {
        var rescaling = new IntegerRescaling(new FixedPointMultiplier(0x5A3C1B7F, -6), new PackedRequantization(0, 0, 0, 255, RoundingMode.Twice));
        SinglePrecisionScale scale = SinglePrecisionScale.Find(rescaling, -100_000, 100_000, inOneStep: true)!.Value;
        SinglePrecisionScale wrong = scale with { Factor = scale.Factor * 1.001f };
        Assert.Contains(Enumerable.Range(0, 30_000), sum => wrong.Apply(sum, rescaling) != rescaling.Apply(sum));
    }

    [Theory]
    [InlineData(-(1L << 31) - 1, 0)]
    [InlineData(0, 1L << 31)]
    public void Sums_beyond_32_bits_wrap_and_have_none(long least, long most)
    {
        var rescaling = new IntegerRescaling(new FixedPointMultiplier(1 << 30, -9), new PackedRequantization(0, 3, 3, 255, RoundingMode.Twice));
        Assert.Null(SinglePrecisionScale.Find(rescaling, least, most, inOneStep: true));
    }

    [Fact]
    public void Channels_that_only_pad_a_block_have_the_zero_point()
    {
        foreach (RoundingMode rounding in Enum.GetValues<RoundingMode>())
        {
            foreach (int min in new[] { 0, 40 })
            {
                var rescaling = new IntegerRescaling(default, new PackedRequantization(0, 40, min, 255, rounding));
                Assert.Equal(40, SinglePrecisionScale.Find(rescaling, 0, 0, inOneStep: false)!.Value.Apply(0, rescaling));
            }
        }
    }
}
