using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Tests.PostTraining;

public class HistogramTests
{
    [Fact]
    public void Every_number_lies_in_the_bin_that_counts_it()
    {
        foreach (float value in new[] { 0, 1, 1.99f, 2, 6, -0.001f, -3, 1e-20f, -1e20f, float.MaxValue, float.Epsilon })
        {
            Histogram histogram = Of(value);
            int bin = Bin(histogram, 1);
            double width = histogram.Middle(1) - histogram.Middle(0);
            Assert.InRange(value, histogram.Middle(bin) - (width / 2), histogram.Middle(bin) + (width / 2));
            Assert.Equal((1, Math.Min(0, value), Math.Max(0, value)), (histogram.Total, histogram.Minimum, histogram.Maximum));
        }
    }

    [Fact]
    public void The_larger_side_fills_half_of_its_bins_at_least()
    {
        Assert.InRange(Bin(Of(1, 3), 1), 0, Histogram.Side + (Histogram.Side / 2));
        Assert.InRange(Array.FindLastIndex(Of(1, 3).Counts.ToArray(), c => c > 0), Histogram.Side + (Histogram.Side / 2), (2 * Histogram.Side) - 1);
    }

    [Fact]
    public void Counts_are_the_same_in_any_order()
    {
        var random = new SplitMix64(3);
        float[][] maps = [.. Enumerable.Range(-6, 12).Select(e => Enumerable.Range(0, 50).Select(_ => (float)random.Laplace(Math.Pow(4, e))).ToArray())];
        Histogram all = Of([.. maps.SelectMany(m => m)]), forwards = Sum(maps), backwards = Sum(maps.Reverse());
        Assert.Equal(all.Counts, forwards.Counts);
        Assert.Equal(all.Counts, backwards.Counts);
        Assert.Equal((all.Minimum, all.Maximum, all.Total), (backwards.Minimum, backwards.Maximum, backwards.Total));
        Assert.Equal(600, all.Counts.ToArray().Sum());

        static Histogram Sum(IEnumerable<float[]> maps)
        {
            var sum = new Histogram();
            foreach (float[] map in maps)
                sum.Add(Of(map));
            return sum;
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_is_not_counted(float value)
    {
        var histogram = new Histogram();
        Assert.False(histogram.TryAdd([1, value, 2]));
        Assert.Equal((0, 0f), (histogram.Total, histogram.Maximum));
    }

    private static Histogram Of(params float[] values)
    {
        var histogram = new Histogram();
        Assert.True(histogram.TryAdd(values));
        return histogram;
    }

    private static int Bin(Histogram histogram, long count) => Array.IndexOf(histogram.Counts.ToArray(), count);
}
