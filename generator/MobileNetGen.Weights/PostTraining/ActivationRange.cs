using System;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>A range of real numbers that holds zero, and the byte scale that covers it.</summary>
internal readonly record struct ActivationRange(float Minimum, float Maximum)
{
    private const int Steps = 255;

    // What a percentile leaves out.
    private const double Outliers = 1e-4;

    // Ranges are tried from the whole one down, by hundredths of it.
    private const int Candidates = 100, NarrowestCandidate = 20;

    /// <summary>The range of a map.</summary>
    public static ActivationRange Choose(Histogram histogram, RangeMethod method)
    {
        var whole = new ActivationRange(histogram.Minimum, histogram.Maximum);
        return method switch
        {
            RangeMethod.Percentile => WithoutOutliers(histogram, whole),
            RangeMethod.MeanSquaredError => LeastError(histogram, whole),
            _ => whole,
        };
    }

    /// <summary>The range that holds both.</summary>
    public static ActivationRange Union(ActivationRange a, ActivationRange b) => new(Math.Min(a.Minimum, b.Minimum), Math.Max(a.Maximum, b.Maximum));

    /// <summary>The scale with zero at an integer.</summary>
    /// <param name="lowest">The smallest of the 256 integers.</param>
    public TensorScale ToScale(int lowest)
    {
        (float minimum, float maximum) = (Math.Min(0, Minimum), Math.Max(0, Maximum));

        // Of a map that is always zero nothing has to be told apart; a range too small for single precision is as good as that.
        float scale = (maximum - minimum) / Steps;
        if (!float.IsNormal(scale))
            return new TensorScale(1, lowest);
        return new TensorScale(scale, Math.Clamp((int)MathF.Round(-minimum / scale, MidpointRounding.AwayFromZero), 0, Steps) + lowest);
    }

    private static ActivationRange WithoutOutliers(Histogram histogram, ActivationRange whole)
    {
        ReadOnlySpan<long> counts = histogram.Counts;

        // One-sided maps, as ReLU makes them, have their outliers on one side.
        double allowed = histogram.Total * Outliers / (whole.Minimum < 0 && whole.Maximum > 0 ? 2 : 1);
        int low = 0, high = counts.Length - 1;
        for (long below = counts[low]; below <= allowed && low < Histogram.Side; below += counts[low])
            low++;
        for (long above = counts[high]; above <= allowed && high >= Histogram.Side; above += counts[high])
            high--;
        return new ActivationRange(
            Math.Min(0, Math.Max(whole.Minimum, (float)histogram.Middle(low))), Math.Max(0, Math.Min(whole.Maximum, (float)histogram.Middle(high))));
    }

    private static ActivationRange LeastError(Histogram histogram, ActivationRange whole)
    {
        (ActivationRange best, double least) = (whole, double.PositiveInfinity);
        for (int part = Candidates; part >= NarrowestCandidate; part--)
        {
            float factor = (float)part / Candidates;
            var range = new ActivationRange(whole.Minimum * factor, whole.Maximum * factor);
            double error = Error(histogram, range);
            if (error < least)
                (best, least) = (range, error);
        }

        return best;
    }

    /// <summary>The sum of squared errors: that of rounding is uniform in a step, whose variance is a twelfth of its square.</summary>
    private static double Error(Histogram histogram, ActivationRange range)
    {
        double step = ((double)range.Maximum - range.Minimum) / Steps, rounding = step * step / 12, error = 0;
        ReadOnlySpan<long> counts = histogram.Counts;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;
            double middle = histogram.Middle(i), clipped = middle - Math.Clamp(middle, range.Minimum, range.Maximum);
            error += counts[i] * Math.Max(rounding, clipped * clipped);
        }

        return error;
    }
}
