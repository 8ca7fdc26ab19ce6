using System;
using System.Linq;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Tests.PostTraining;

public class ActivationRangeTests
{
    private static readonly float[] s_outlier = [.. Enumerable.Range(0, 100_000).Select(i => i / 100_000f), 50];

    [Fact]
    public void The_whole_range_is_from_the_smallest_to_the_largest_and_holds_zero()
    {
        Assert.Equal(new ActivationRange(-3, 2), Choose([-3, 1, 2], RangeMethod.MinMax));
        Assert.Equal(new ActivationRange(0, 2), Choose([1, 2], RangeMethod.MinMax));
        Assert.Equal(new ActivationRange(-2, 0), Choose([-1, -2], RangeMethod.MinMax));
    }

    [Fact]
    public void A_percentile_leaves_outliers_out() =>
        Assert.InRange(Choose(s_outlier, RangeMethod.Percentile).Maximum, 0.99f, 1.02f);

    [Fact]
    public void A_percentile_leaves_outliers_out_on_both_sides()
    {
        ActivationRange range = Choose([.. s_outlier, .. s_outlier.Select(v => -v)], RangeMethod.Percentile);
        Assert.InRange(range.Maximum, 0.99f, 1.02f);
        Assert.InRange(range.Minimum, -1.02f, -0.99f);
    }

    [Theory]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.MeanSquaredError)]
    public void Nothing_is_cut_off_where_all_numbers_are_alike(RangeMethod method)
    {
        Assert.Equal(6, Choose([.. Enumerable.Repeat(6f, 1000)], method).Maximum, 0.01);
        Assert.Equal(new ActivationRange(0, 0), Choose(new float[1000], method));
    }

    [Fact]
    public void No_range_has_a_smaller_error_than_the_one_of_least_error()
    {
        var random = new SplitMix64(5);
        float[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (float)random.Laplace(1))];
        ActivationRange best = Choose(values, RangeMethod.MeanSquaredError), whole = Choose(values, RangeMethod.MinMax);
        Assert.InRange(best.Maximum / whole.Maximum, 0.2, 0.99);
        double least = Error(values, best);
        Assert.True(least < Error(values, whole));
        for (float factor = 0.2f; factor <= 1; factor += 0.1f)
            Assert.InRange(least / Error(values, new ActivationRange(whole.Minimum * factor, whole.Maximum * factor)), 0, 1.02);
    }

    [Theory]
    [InlineData(0, 6, -128, 6 / 255f)]
    [InlineData(-1, 1, -1, 2 / 255f)]
    [InlineData(-3, 0, 127, 3 / 255f)]
    [InlineData(0, 0, -128, 1)]
    [InlineData(0, 1e-39f, -128, 1)]
    public void Zero_is_an_integer_of_the_scale(float minimum, float maximum, int zeroPoint, float scale)
    {
        TensorScale actual = new ActivationRange(minimum, maximum).ToScale(-128);
        Assert.Equal(new TensorScale(scale, zeroPoint), actual);
    }

    private static ActivationRange Choose(float[] values, RangeMethod method)
    {
        var histogram = new Histogram();
        Assert.True(histogram.TryAdd(values));
        return ActivationRange.Choose(histogram, method);
    }

    private static double Error(float[] values, ActivationRange range)
    {
        TensorScale scale = range.ToScale(-128);
        return values.Sum(v => Math.Pow(v - (scale.Scale * (Math.Clamp(MathF.Round(v / scale.Scale) + scale.ZeroPoint, -128, 127) - scale.ZeroPoint)), 2));
    }
}
