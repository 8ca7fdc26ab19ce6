using System;
using System.Numerics;
using CsCheck;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class RequantizeTests
{
    private const int Multiplier = RescalingLayout.Multiplier, Shift = RescalingLayout.Shift;

    private static readonly int[] s_values =
    [
        int.MinValue, int.MinValue + 1, -(1 << 30) - 1, -(1 << 30), -(1 << 24), -65537, -65536, -3, -2, -1,
        0, 1, 2, 3, 5, 127, 128, 255, 65535, 65536, 1 << 24, 1 << 30, (1 << 30) + 1, int.MaxValue - 1, int.MaxValue,
    ];

    private static readonly int[] s_multipliers = [0, 1, 1 << 30, (1 << 30) + 1, 0x60000000, 0x55555555, int.MaxValue - 1, int.MaxValue];

    public static TheoryData<Rounding, int, int, int> StoreCases
    {
        get
        {
            var cases = new TheoryData<Rounding, int, int, int>();
            foreach (Rounding rounding in Enum.GetValues<Rounding>())
                foreach (int minAboveZeroPoint in new[] { -255, -1, 0, 9 })
                    foreach ((int lowest, int highest) in new[] { (-9, -5), (-20, -1), (-20, -20), (-1, -1), (-24, -18), (-1, 0), (-31, 30) })
                        cases.Add(rounding, minAboveZeroPoint, lowest, highest);
            return cases;
        }
    }

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

    /// <summary>Shifts −20 … −1 have a form of their own; one channel beyond sends its whole block another way.</summary>
    [Theory]
    [MemberData(nameof(StoreCases))]
    public void Store_is_exact_for_every_sum(Rounding rounding, int minAboveZeroPoint, int lowestShift, int highestShift)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(lowestShift);
            int* sums = memory.Allocate<int>(11 * 16), corrections = memory.Allocate<int>(11), channels = memory.Allocate<int>(Blocked.Channels(new int[16], new int[16], new int[16]));
            byte* output = memory.Allocate<byte>(11 * 16);
            byte** outputs = stackalloc byte*[11];
            for (int round = 0; round < 60; round++)
            {
                int zeroPoint = noise.Integer(0, 255), count = noise.Integer(1, 11);
                byte min = (byte)Math.Clamp(zeroPoint + minAboveZeroPoint, 0, 255), max = (byte)noise.Integer(min, 255);
                for (int lane = 0; lane < 16; lane++)
                {
                    channels[Multiplier + lane] = noise.Integer(0, 5) == 0 ? s_multipliers[noise.Integer(0, s_multipliers.Length - 1)] : noise.Integer(1 << 30, int.MaxValue);
                    channels[Shift + lane] = noise.Integer(lowestShift, highestShift);
                }
                for (int i = 0; i < count; i++)
                {
                    // One row, or rows of one pixel that lie elsewhere.
                    outputs[i] = output + (round % 3 == 0 ? count - 1 - i : i) * 16;
                    corrections[i] = noise.Integer(-10_000, 10_000);
                    for (int lane = 0; lane < 16; lane++)
                        sums[i * 16 + lane] = unchecked(AnySum(noise, channels[Shift + lane]) + corrections[i]);
                }

                Store(sums, corrections, round % 3 == 0 ? count : 1, round % 3 == 0 ? 1 : count, channels, outputs, new Requantization(1, zeroPoint, min, max, rounding));
                for (int i = 0; i < count; i++)
                    for (int lane = 0; lane < 16; lane++)
                    {
                        int sum = unchecked(sums[i * 16 + lane] - corrections[i]);
                        int scaled = NaiveUInt8.Rescale(sum, channels[Multiplier + lane], channels[Shift + lane], rounding);
                        byte expected = (byte)Math.Clamp(unchecked(scaled + zeroPoint), min, max);
                        if (outputs[i][lane] != expected)
                            Assert.Fail($"{sum} × {channels[Multiplier + lane]} at shift {channels[Shift + lane]}, rounded {rounding}, zero point {zeroPoint}, in {min} … {max}, is {outputs[i][lane]} instead of {expected}.");
                    }
            }
        });

    /// <summary>Where the lower end of the range is the zero point one step does mostly; elsewhere rounding twice needs two, as small multipliers do.</summary>
    [Theory]
    [InlineData(Rounding.Twice, 0, -7, 1)]
    [InlineData(Rounding.Twice, 77, -7, 2)]
    [InlineData(Rounding.Once, 0, -7, 1)]
    [InlineData(Rounding.Once, 130, -7, 1)]
    [InlineData(Rounding.Once, 130, -11, 2)]
    public void Store_in_single_precision_is_exact_for_every_sum(Rounding rounding, int zeroPoint, int shift, int steps)
        => TestMemory.AtBothEnds(memory =>
        {
            const int Most = 1 << 21, Pixels = 5;
            var noise = new Noise(zeroPoint);
            int* corrections = memory.Allocate<int>(Pixels), sums = memory.Allocate<int>(Pixels * 16);
            byte* output = memory.Allocate<byte>(Pixels * 16);
            byte** outputs = stackalloc byte*[Pixels];
            int found = 0;
            for (int round = 0; round < 12; round++)
            {
                var q = new Quantised(0, 1, new int[16], noise.Array(16, () => noise.Integer(1 << 30, int.MaxValue)), noise.Array(16, () => noise.Integer(shift - 1, shift)), zeroPoint, 0, 250, rounding);
                int[] parameters = Blocked.Channels(q, q.Bias, Most);
                float gain = BitConverter.Int32BitsToSingle(parameters[RescalingLayout.Gain]);
                found += (gain == 0 && steps == 1) || (gain > 0 && steps == 2) ? 1 : 0;
                int* channels = memory.Allocate<int>(parameters);
                for (int pixel = 0; pixel < Pixels; pixel++)
                {
                    outputs[pixel] = output + pixel * 16;
                    corrections[pixel] = noise.Integer(-10_000, 10_000);
                }
                for (int step = 0; step < 200; step++)
                {
                    for (int i = 0; i < Pixels * 16; i++)
                        sums[i] = unchecked(Math.Clamp(AnySum(noise, q.Shift[i % 16]), -Most, Most) + SinglePrecision.Bias(channels)[i % 16] + corrections[i / 16]);
                    Store(sums, corrections, 1, Pixels, channels, outputs, q.Requantization);
                    for (int i = 0; i < Pixels * 16; i++)
                    {
                        byte expected = q.ToByte(unchecked(sums[i] - SinglePrecision.Bias(channels)[i % 16] - corrections[i / 16]), i % 16);
                        if (output[i] != expected)
                            Assert.Fail($"The sum {sums[i]} of channel {i % 16} is {output[i]} instead of {expected}.");
                    }
                }
            }
            Assert.InRange(found, 6, 12);
        });

    /// <summary>With multipliers of 2³⁰ many results are ties.</summary>
    [Theory]
    [InlineData(-2, 0, -18, 0x5A3C1B7F)]
    [InlineData(0, -1, -20, 0x5A3C1B7F)]
    [InlineData(-31, -7, -17, 0x6F00D123)]
    [InlineData(-1, -1, 0, 0x6F00D123)]
    [InlineData(0, 0, -19, 1 << 30)]
    [InlineData(-20, 0, -19, 1 << 30)]
    [InlineData(-20, -20, -1, 1 << 30)]
    [InlineData(0, 0, -21, 0x5A3C1B7F)]
    [InlineData(-3, 0, 2, 0x5A3C1B7F)]
    public void Add_is_exact_for_every_pair_of_bytes(int leftShift, int rightShift, int outputShift, int multiplier)
        => TestMemory.AtBothEnds(memory =>
        {
            int[] left = [137, multiplier, leftShift], right = [3, 1 << 30, rightShift], output = [120, multiplier, outputShift];
            AssertExact(memory, Blocked.Add(left, right, output, 4, 250, inSinglePrecision: false), left, right, output);
        });

    /// <summary>Scales such as residual connections have, the same on both sides too.</summary>
    [Theory]
    [InlineData(1 << 30, 0, 0x7654321F, -1, 0x5A3C1B7F)]
    [InlineData(0x6F00D123, -1, 1 << 30, 0, 0x7F123457)]
    [InlineData(1 << 30, 0, 1 << 30, 0, 0x654321AB)]
    [InlineData(0x4321ABCD, -2, 1 << 30, 0, 0x41234567)]
    public void Add_in_single_precision_is_exact_for_every_pair_of_bytes(int leftMultiplier, int leftShift, int rightMultiplier, int rightShift, int outputMultiplier)
        => TestMemory.AtBothEnds(memory =>
        {
            int[] left = [137, leftMultiplier, leftShift], right = [101, rightMultiplier, rightShift], output = [120, outputMultiplier, -19];
            QuantizedAdd add = Blocked.Add(left, right, output, 4, 250, inSinglePrecision: true);
            Assert.True(add.LeftFactor > 0);
            AssertExact(memory, add, left, right, output);
        });

    private static void Store(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, Requantization r)
        => ByteMachine.Run(new Storing(sums, corrections, rows, width, rescaling, outputs, r));

    private readonly struct Storing(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, Requantization r) : IByteKernel
    {
        public void Run<TVector>() where TVector : struct, IInt32Vector<TVector> => Requantize.Store<TVector>(sums, corrections, rows, width, rescaling, outputs, 0, r);
    }

    private static void AssertExact(TestMemory memory, QuantizedAdd add, int[] left, int[] right, int[] output)
    {
        byte* a = memory.Allocate<byte>(256), b = memory.Allocate<byte>(256), sum = memory.Allocate<byte>(256);
        for (int x = 0; x < 256; x++)
        {
            for (int y = 0; y < 256; y++)
                (a[y], b[y]) = ((byte)x, (byte)y);
            UInt8Kernels.Add(new(a, 0, 256), new(b, 0, 256), new(sum, 0, 256), width: 16, blocks: 1, firstRow: 0, rowCount: 1, add);
            for (int y = 0; y < 256; y++)
                if (NaiveUInt8.Add((byte)x, (byte)y, left, right, output, 4, 250) is var expected && expected != sum[y])
                    Assert.Fail($"{x} + {y} is {sum[y]} instead of {expected}.");
        }
    }

    /// <summary>Anything; sums whose result is within the range of bytes; and ties of those, for a multiplier of 2³⁰.</summary>
    private static int AnySum(Noise noise, int shift)
    {
        int unit = Math.Min(Math.Max(-shift, 0), 22);
        return noise.Integer(0, 4) switch
        {
            0 => s_values[noise.Integer(0, s_values.Length - 1)],
            1 => noise.Integer(int.MinValue, int.MaxValue),
            2 => (2 * noise.Integer(-128, 127) + 1) << unit,
            _ => noise.Integer(-(300 << unit), 300 << unit),
        };
    }

    private static void AssertExact(int value, int multiplier, int shift, Rounding rounding)
    {
        int expected = NaiveUInt8.Rescale(value, multiplier, shift, rounding), actual = Requantize.Rescale(value, multiplier, shift, rounding);
        if (expected != actual)
            Assert.Fail($"{value} × {multiplier} at shift {shift}, rounded {rounding}, is {actual} instead of {expected}.");
    }
}
