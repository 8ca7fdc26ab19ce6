using System;
using System.Numerics;
using CsCheck;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class RequantizeTests
{
    private static readonly int[] s_values =
    [
        int.MinValue, int.MinValue + 1, -(1 << 30) - 1, -(1 << 30), -(1 << 24), -65537, -65536, -3, -2, -1,
        0, 1, 2, 3, 5, 127, 128, 255, 65535, 65536, 1 << 24, 1 << 30, (1 << 30) + 1, int.MaxValue - 1, int.MaxValue,
    ];

    private static readonly int[] s_multipliers = [0, 1, 1 << 30, (1 << 30) + 1, 0x60000000, 0x55555555, int.MaxValue - 1, int.MaxValue];

    [Theory]
    [InlineData(Rounding.Twice)]
    [InlineData(Rounding.Once)]
    public void Rescale_is_exact_at_the_extremes_and_at_ties_for_every_shift(Rounding rounding)
    {
        for (int shift = -31; shift <= 30; shift++)
            foreach (int multiplier in s_multipliers)
            {
                foreach (int value in s_values)
                    AssertExact(value, multiplier, shift, rounding);

                // Multiplier 2³⁰ halves: odd multiples of the unit that the shift leaves are ties.
                for (int odd = -9; odd <= 9; odd += 2)
                    AssertExact(unchecked(odd << Math.Min(Math.Max(-shift, 0), 27)), multiplier, shift, rounding);
            }
    }

    [Theory]
    [InlineData(Rounding.Twice)]
    [InlineData(Rounding.Once)]
    public void Rescale_is_exact_for_any_value(Rounding rounding)
        => Gen.Select(Gen.Int, Gen.Int[0, int.MaxValue], Gen.Int[-31, 30]).Sample((value, multiplier, shift) => AssertExact(value, multiplier, shift, rounding), iter: 20_000);

    [Fact]
    public void The_two_roundings_differ_next_to_ties()
    {
        // 0.4999… rounds up to a half first and to one then.
        Assert.Equal(1, Requantize.Rescale(1, int.MaxValue, -1, Rounding.Twice));
        Assert.Equal(0, Requantize.Rescale(1, int.MaxValue, -1, Rounding.Once));

        // Negative ties: away from zero after the shift, up otherwise.
        Assert.Equal(-2, Requantize.Rescale(-3, int.MaxValue, -1, Rounding.Twice));
        Assert.Equal(-1, Requantize.Rescale(-3, 1 << 30, 0, Rounding.Twice));
        Assert.Equal(-1, Requantize.Rescale(-3, 1 << 30, 0, Rounding.Once));
    }

    [Fact]
    public void A_channel_whose_scale_is_negligible_gives_the_zero_point()
    {
        foreach (int value in s_values)
            foreach (Rounding rounding in Enum.GetValues<Rounding>())
                Assert.Equal(17, Requantize.ToByte(value, 0, 0, new Requantization(0, 17, 0, 255, rounding)));
    }

    [Fact]
    public void Block_subtracts_the_correction_rescales_adds_the_zero_point_and_clamps()
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(1);
            for (int round = 0; round < 200; round++)
            {
                int[] values = noise.Array(16, () => s_values[noise.Integer(0, s_values.Length - 1)]);
                int[] multipliers = noise.Array(16, () => s_multipliers[noise.Integer(0, s_multipliers.Length - 1)]), shifts = noise.Array(16, () => noise.Integer(-31, 3));
                int correction = noise.Integer(-10_000, 10_000), zeroPoint = noise.Integer(0, 255);
                byte min = (byte)noise.Integer(0, 128), max = (byte)noise.Integer(129, 255);
                Rounding rounding = round % 2 == 0 ? Rounding.Once : Rounding.Twice;

                byte* output = memory.Allocate<byte>(16);
                Requantize.Block(memory.Allocate<int>(values), correction, memory.Allocate<int>(Blocked.Channels(values, multipliers, shifts)), output, new Requantization(0, zeroPoint, min, max, rounding));
                for (int c = 0; c < 16; c++)
                {
                    int scaled = NaiveUInt8.Rescale(unchecked(values[c] - correction), multipliers[c], shifts[c], rounding);
                    Assert.Equal((byte)Math.Clamp(unchecked(scaled + zeroPoint), min, max), output[c]);
                }
            }
        });

    [Fact]
    public void Add_is_exact_for_every_pair_of_bytes()
    {
        int[] left = [137, 0x5A3C1B7F, -2], right = [3, 1 << 30, 0], output = [120, 0x6F00D123, -18];
        var add = new QuantizedAdd(left[0], left[1], left[2], right[0], right[1], right[2], output[1], output[2], output[0], 4, 250);
        for (int a = 0; a < 256; a++)
            for (int b = 0; b < 256; b++)
                Assert.Equal(NaiveUInt8.Add((byte)a, (byte)b, left, right, output, 4, 250), Requantize.Add(a, b, add));
    }

    private static void AssertExact(int value, int multiplier, int shift, Rounding rounding)
    {
        int expected = NaiveUInt8.Rescale(value, multiplier, shift, rounding), actual = Requantize.Rescale(value, multiplier, shift, rounding);
        if (expected != actual)
            Assert.Fail($"{value} × {multiplier} at shift {shift}, rounded {rounding}, is {actual} instead of {expected}.");
    }
}
