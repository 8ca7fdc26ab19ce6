using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Tests.Packing;

public class SixteenBitPackerTests
{
    private const string UInt8 = "quantization uint8\n";

    /// <summary>Packed once for all tests that read it.</summary>
    private static readonly Lazy<PackedSample> s_uint8 = new(() => Sample(UInt8));

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(127)]
    [InlineData(255)]
    public void A_panel_sums_to_its_weights_and_no_lane_can_leave_16_bits(int largest)
        => Gen.Select(Gen.Int[1, 40], Gen.Int[-largest, largest].Array[64 * 40]).Sample(
            (groups, values) =>
            {
                short[] weights = [.. values[..(64 * groups)].Select(v => (short)v)];
                CheckPanel(weights);
            },
            iter: 40);

    [Theory]
    [InlineData(255, 255)]
    [InlineData(-255, -255)]
    [InlineData(255, -255)]
    [InlineData(127, 127)]
    [InlineData(-128, -128)]
    [InlineData(128, 0)]
    [InlineData(0, 0)]
    public void So_does_one_of_extreme_weights(int even, int odd)
        => CheckPanel([.. Enumerable.Range(0, 64 * 9).Select(i => (short)(i % 2 == 0 ? even : odd))]);

    [Fact]
    public void Light_weights_go_into_batches_of_four_and_nothing_is_added()
    {
        SixteenBitPanel panel = Pack([.. Enumerable.Range(0, 64 * 32).Select(i => (short)((i % 31) - 15))], hasThrees: false);
        IReadOnlyList<(int, sbyte[])[]> batches = SixteenBitPanelReader.Read(panel.ToArray()).Batches;
        Assert.All(batches, b => Assert.Equal(4, b.Length));
        Assert.Equal((32, 72), (panel.Entries, panel.Cost));
        Assert.Equal(SixteenBitPanel.LeastCost(Entries([.. Enumerable.Repeat((short)1, 64 * 32)])), panel.Cost);
    }

    [Fact]
    public void Heavier_weights_go_into_batches_of_three_where_there_are_such()
    {
        short[] weights = [.. Enumerable.Repeat((short)21, 64 * 9)];
        Assert.Equal([3, 3, 3], SixteenBitPanelReader.Read(Pack(weights, hasThrees: true).ToArray()).Batches.Select(b => b.Length));
        byte[] panel = Pack(weights, hasThrees: false).ToArray();
        Assert.DoesNotContain(SixteenBitPanelReader.Read(panel).Batches, b => b.Length == 3);
        Assert.Null(SixteenBitPanel.Disprove(panel, weights, hasThrees: true));
    }

    [Fact]
    public void Batches_of_three_are_disproven_where_there_are_none_and_where_a_lane_is_too_full()
    {
        short[] weights = [.. Enumerable.Repeat((short)21, 64 * 3)];
        byte[] panel = Pack(weights, hasThrees: true).ToArray();
        Assert.Null(SixteenBitPanel.Disprove(panel, weights, hasThrees: true));
        Assert.Contains("three", SixteenBitPanel.Disprove(panel, weights, hasThrees: false) ?? "", StringComparison.Ordinal);

        // 6 · 21 are 126: 23 are still right, 24 are one too many.
        panel[^1] = (byte)(weights[^1] = 23);
        Assert.Null(SixteenBitPanel.Disprove(panel, weights, hasThrees: true));
        panel[^1] = (byte)(weights[^1] = 24);
        Assert.Contains("lane", SixteenBitPanel.Disprove(panel, weights, hasThrees: true) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_lane_that_is_too_full_is_disproven()
    {
        short[] weights = [.. Enumerable.Repeat((short)16, 64 * 4)];
        byte[] panel = Pack(weights, hasThrees: false).ToArray();
        Assert.Null(SixteenBitPanel.Disprove(panel, weights, hasThrees: false));
        foreach ((int change, short total) in new[] { (1, (short)17), (-145, (short)-129) })
        {
            // The last output's last weight, in the last entry: one more than 128 in all, or one less than −128 by itself.
            byte[] changed = [.. panel];
            short[] other = [.. weights];
            changed[^1] = (byte)(16 + change);
            other[^1] = total;
            Assert.Contains("lane", SixteenBitPanel.Disprove(changed, other, hasThrees: false) ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_panel_of_other_weights_or_of_another_size_is_disproven()
    {
        short[] weights = [.. Enumerable.Range(0, 64 * 6).Select(i => (short)(i % 7))];
        byte[] panel = Pack(weights, hasThrees: false).ToArray();
        Assert.Null(SixteenBitPanel.Disprove(panel, weights, hasThrees: false));
        for (int i = 64; i < panel.Length; i++)
        {
            byte[] changed = [.. panel];
            changed[i] ^= 1;
            Assert.NotNull(SixteenBitPanel.Disprove(changed, weights, hasThrees: false));
        }

        Assert.NotNull(SixteenBitPanel.Disprove(panel.AsSpan(0, panel.Length - 64), weights, hasThrees: false));
        Assert.NotNull(SixteenBitPanel.Disprove(panel, weights.AsSpan(0, 64 * 5), hasThrees: false));
    }

    [Theory]
    [InlineData("uint8", false, 10)]
    [InlineData("int8", true, 5)]
    public void Light_layers_are_packed_and_their_panels_hold_the_centred_weights(string quantization, bool hasThrees, int least)
    {
        PackedSample sample = quantization == "uint8" ? s_uint8.Value : Sample($"quantization {quantization}\n");
        (TrainedLayer Layer, PackedLayer Packed)[] layers = [.. Panels(sample)];
        Assert.True(layers.Length > least, $"{layers.Length} layers");
        Assert.All(layers, l => Assert.Equal(hasThrees, l.Packed.Weights!.HasThrees));
        foreach ((TrainedLayer trained, PackedLayer packed) in layers)
        {
            (int inputs, int outputs) = (trained.Layer.Input.Channels, trained.Layer.Output.Channels);
            var filter = (QuantizedFilter)trained.Filter!;
            Assert.Equal(0, packed.Requantization!.WeightZeroPoint);
            int at = (int)packed.Weights!.Weights, most = 0;
            for (int block = 0; block < outputs; block += 16)
            {
                (IReadOnlyList<(int Group, sbyte[] Weights)[]> batches, int end) = SixteenBitPanelReader.Read(sample.Blob.AsSpan(at));
                at += end;
                most = Math.Max(most, batches.Sum(b => b.Length));
                int[] weights = SixteenBitPanelReader.Weights(batches, Groups(trained.Layer));
                for (int i = 0; i < weights.Length; i++)
                {
                    (int n, int k) = (block + (i / 4 % 16), (i / 64 * 4) + (i % 4));
                    int padded = (inputs + 3) / 4 * 4, tap = k / padded, input = k % padded;
                    Assert.Equal(n < outputs && input < inputs ? filter.Weights[(((n * trained.Layer.Kernel * trained.Layer.Kernel) + tap) * inputs) + input] - filter.ZeroPoint : 0, weights[i]);
                }

                AssertExact(batches);
            }

            Assert.Equal(most, packed.Weights.SixteenBitEntries);
        }
    }

    [Fact]
    public void Packing_adds_a_tenth_to_the_weights_at_most()
    {
        PackedSample sample = s_uint8.Value;
        long plain = sample.Trained.Layers.Sum(l => (l.Filter as QuantizedFilter)?.Weights.Length ?? 0);
        long extra = Panels(sample).Sum(l =>
        {
            int at = (int)l.Packed.Weights!.Weights, blocks = (l.Layer.Layer.Output.Channels + 15) / 16;
            long bytes = 0;
            for (int block = 0; block < blocks; block++)
                bytes += SixteenBitPanelReader.Read(sample.Blob.AsSpan(at + (int)bytes)).End;
            return bytes - (blocks * Groups(l.Layer.Layer) * 64);
        });
        Assert.InRange(extra, 1, plain / 10);
    }

    private static int Groups(Layer layer) => layer.Kernel * layer.Kernel * ((layer.Input.Channels + 3) / 4);

    [Fact]
    public void Layers_of_heavy_weights_keep_the_plain_form()
    {
        PackedSample sample = Sample("quantization int8\n", trained => trained with
        {
            Layers = [.. trained.Layers.Select(l => l.Filter is QuantizedFilter f ? l with { Filter = f with { Weights = Array.ConvertAll(f.Weights, w => (sbyte)(w < 0 ? -127 : 127)) } } : l)],
        });
        Assert.Empty(Panels(sample));
    }

    [Fact]
    public void Dense_layers_keep_the_plain_form() =>
        Assert.All(Panels(s_uint8.Value), l => Assert.Equal(Operator.Pointwise, l.Layer.Layer.Operator));

    [Fact]
    public void Packing_twice_gives_the_same_bytes() =>
        Assert.Equal(s_uint8.Value.Blob, Sample(UInt8).Blob);

    private static PackedSample Sample(string settings, Func<TrainedNetwork, TrainedNetwork>? change = null) =>
        PackedSample.Of($"network MobileNetV2\nalpha 0.5\nresolution 96\nclasses 10\nweights random 5\n{settings}", change);

    private static IEnumerable<(TrainedLayer Layer, PackedLayer Packed)> Panels(PackedSample sample) => sample.Filtered.Where(l => l.Packed.Weights!.SixteenBitEntries > 0);

    private static SixteenBitEntry[] Entries(short[] weights) => [.. weights.Chunk(64).SelectMany((w, group) => SixteenBitEntry.Split(group, w))];

    private static SixteenBitPanel Pack(short[] weights, bool hasThrees) => SixteenBitPanel.Pack(Entries(weights), hasThrees);

    private static void CheckPanel(short[] weights)
    {
        foreach (bool hasThrees in new[] { false, true })
        {
            SixteenBitPanel panel = Pack(weights, hasThrees);
            byte[] bytes = panel.ToArray();
            Assert.Null(SixteenBitPanel.Disprove(bytes, weights, hasThrees));
            (IReadOnlyList<(int Group, sbyte[] Weights)[]> batches, int end) = SixteenBitPanelReader.Read(bytes);
            Assert.Equal((bytes.Length, bytes.Length), (end, panel.Bytes));
            Assert.Equal(weights.Select(w => (int)w), SixteenBitPanelReader.Weights(batches, weights.Length / 64));
            Assert.True(panel.Cost >= SixteenBitPanel.LeastCost(Entries(weights)));
            AssertExact(batches);
        }
    }

    private static void AssertExact(IReadOnlyList<(int Group, sbyte[] Weights)[]> batches)
    {
        (int smallest, int largest) = SixteenBitPanelReader.Extremes(batches);
        Assert.InRange(smallest, short.MinValue, 0);
        Assert.InRange(largest, 0, short.MaxValue);
    }
}
