using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>Parts of the examples for cross-validation: of equal size, with the classes in equal shares, and no group in two of them.</summary>
internal static class Folds
{
    /// <summary>Deals groups out: the largest first, each to the part that has least of its classes.</summary>
    /// <param name="classes">The class of each example.</param>
    /// <param name="groups">The group of each example, from 0.</param>
    /// <param name="count">How many parts to make, 2 or more.</param>
    /// <returns>The part of each example.</returns>
    public static int[] Deal(int[] classes, int[] groups, int count)
    {
        int classCount = classes.Max() + 1;
        var totals = new int[classCount];
        foreach (int c in classes)
            totals[c]++;
        var has = new int[count, classCount];
        var sizes = new int[count];
        var folds = new int[classes.Length];
        IEnumerable<int[]> members = Enumerable.Range(0, classes.Length).GroupBy(i => groups[i]).Select(g => g.ToArray()).OrderByDescending(g => g.Length).ThenBy(g => g[0]);
        foreach (int[] group in members)
        {
            (int best, double least) = (0, double.PositiveInfinity);
            for (int fold = 0; fold < count; fold++)
            {
                double share = 0;
                foreach (int example in group)
                    share += (double)has[fold, classes[example]] / totals[classes[example]];
                if (share < least || (share == least && sizes[fold] < sizes[best]))
                    (best, least) = (fold, share);
            }

            foreach (int example in group)
            {
                folds[example] = best;
                has[best, classes[example]]++;
                sizes[best]++;
            }
        }

        return folds;
    }
}
