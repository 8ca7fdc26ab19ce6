using System;
using System.Collections.Generic;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>What makes features comparable: (x − mean) / deviation, feature by feature.</summary>
internal sealed class Standardization
{
    /// <summary>A feature that hardly varies would be mostly noise if it were stretched to the size of others, or if its last bits were.</summary>
    private const double LeastDeviation = 0.01, LeastOfMean = 0.001;

    private Standardization(double[] means, double[] factors) => (Means, Factors) = (means, factors);

    /// <summary>The mean of each feature, padded with zeros.</summary>
    public double[] Means { get; }

    /// <summary>1 / deviation of each feature; 0 of one that is the same in all rows, and of padding.</summary>
    public double[] Factors { get; }

    /// <summary>Leaves features as they are.</summary>
    public static Standardization None(int length)
    {
        var factors = new double[FixedOrder.Padded(length)];
        factors.AsSpan(0, length).Fill(1);
        return new Standardization(new double[factors.Length], factors);
    }

    /// <summary>Learns means and deviations from some rows.</summary>
    /// <param name="features">One row of features an example.</param>
    /// <param name="rows">The rows to learn from, one or more.</param>
    public static Standardization Of(IReadOnlyList<float[]> features, ReadOnlySpan<int> rows)
    {
        int length = features[0].Length;
        double[] means = new double[FixedOrder.Padded(length)], factors = new double[means.Length];
        foreach (int row in rows)
        {
            float[] values = features[row];
            for (int i = 0; i < values.Length; i++)
                means[i] += values[i];
        }

        foreach (ref double mean in means.AsSpan())
            mean /= rows.Length;
        foreach (int row in rows)
        {
            float[] values = features[row];
            for (int i = 0; i < values.Length; i++)
                factors[i] += (values[i] - means[i]) * (values[i] - means[i]);
        }

        double least = 0;
        foreach (double squares in factors)
            least += squares / rows.Length;
        least = LeastDeviation * Math.Sqrt(least / length);
        for (int i = 0; i < length; i++)
            factors[i] = factors[i] == 0 ? 0 : 1 / Math.Max(Math.Sqrt(factors[i] / rows.Length), Math.Max(least, LeastOfMean * Math.Abs(means[i])));
        return new Standardization(means, factors);
    }
}
