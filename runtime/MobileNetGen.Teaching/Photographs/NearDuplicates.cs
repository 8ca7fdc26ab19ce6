using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Teaching.Fitting;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>
/// Finds photographs that are nearly the same: neighbours of a burst, copies of another size or quality, mirrored ones. They must look alike in large, and the network must find the same in them, since
/// clear skies look alike too.
/// </summary>
internal static class NearDuplicates
{
    private const int LargestDistance = 12;

    /// <summary>The least cosine of standardised features.</summary>
    private const double LeastSimilarity = 0.9;

    /// <summary>Finds pairs, by their indices in order.</summary>
    public static IReadOnlyList<(int First, int Second)> Pairs(IReadOnlyList<Photograph> photographs)
    {
        int[] rows = [.. Enumerable.Range(0, photographs.Count)];
        float[][] features = [.. photographs.Select(p => p.Mean)];
        var standardization = Standardization.Of(features, rows);
        var found = new List<int>[photographs.Count];
        Parallel.ForEach(rows, first =>
        {
            found[first] = [];
            double[]? row = null;
            for (int second = first + 1; second < photographs.Count; second++)
            {
                if (photographs[first].Look.Distance(photographs[second].Look) > LargestDistance)
                    continue;
                row ??= Standardized(features[first], standardization);
                double[] other = Standardized(features[second], standardization);
                if (FixedOrder.Dot(row, other) >= LeastSimilarity * FixedOrder.Norm(row) * FixedOrder.Norm(other))
                    found[first].Add(second);
            }
        });
        return [.. found.SelectMany((seconds, first) => seconds.Select(second => (first, second)))];
    }

    /// <summary>Joins pairs to groups.</summary>
    /// <param name="count">How many photographs there are.</param>
    /// <param name="pairs">Which belong together.</param>
    /// <returns>The group of each: the index of its first member.</returns>
    public static int[] Groups(int count, IEnumerable<(int First, int Second)> pairs)
    {
        int[] parents = [.. Enumerable.Range(0, count)];
        foreach ((int first, int second) in pairs)
        {
            (int one, int other) = (Root(first), Root(second));
            parents[int.Max(one, other)] = int.Min(one, other);
        }

        return [.. Enumerable.Range(0, count).Select(Root)];

        int Root(int at)
        {
            while (parents[at] != at)
                at = parents[at] = parents[parents[at]];
            return at;
        }
    }

    private static double[] Standardized(float[] features, Standardization standardization)
    {
        var row = new double[standardization.Means.Length];
        for (int i = 0; i < features.Length; i++)
            row[i] = (features[i] - standardization.Means[i]) * standardization.Factors[i];
        return row;
    }
}
