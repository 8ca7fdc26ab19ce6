using System;
using System.Collections.Generic;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>What a classifier is fitted to.</summary>
/// <param name="Features">One row an example, all of one length.</param>
/// <param name="Classes">The class of each example, from 0.</param>
/// <param name="Weights">How much each example counts, positive.</param>
/// <param name="ClassCount">How many classes there are.</param>
internal sealed record Examples(IReadOnlyList<float[]> Features, int[] Classes, double[] Weights, int ClassCount)
{
    /// <summary>Features of an example.</summary>
    public int Length => Features[0].Length;

    /// <summary>Weights that make all classes count the same, or 1 for each example.</summary>
    public static double[] BalancedWeights(int[] classes, int classCount, bool isBalanced)
    {
        var counts = new int[classCount];
        foreach (int c in classes)
            counts[c]++;
        return Array.ConvertAll(classes, c => isBalanced ? (double)classes.Length / (classCount * (double)counts[c]) : 1);
    }
}
