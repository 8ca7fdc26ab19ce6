using System;
using System.Globalization;

namespace MobileNetGen.Runtime;

/// <summary>The class a classifier prefers.</summary>
/// <param name="Index">Zero-based class index, in the order of the network's outputs.</param>
/// <param name="Probability">The probability that the network gives that class, 0 to 1.</param>
/// <param name="Label">The class's name; empty where the network has no labels.</param>
public readonly record struct Prediction(int Index, float Probability, string Label)
{
    /// <summary>Picks the class with the greatest score, the first of equals.</summary>
    /// <param name="scores">One score per class, at least one. NaN never wins over a number.</param>
    /// <param name="labels">One name per class, or empty.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> is empty, or there are fewer labels than needed.</exception>
    public static Prediction Best(ReadOnlySpan<float> scores, ReadOnlySpan<string> labels)
    {
        int best = IndexOfBest(scores);
        if (labels.IsEmpty)
            return new Prediction(best, scores[best], "");
        if (labels.Length < scores.Length)
            throw new ArgumentException($"There are {labels.Length} labels for {scores.Length} classes.", nameof(labels));
        return new Prediction(best, scores[best], labels[best]);
    }

    /// <summary>The likelier of two classes, of which the network gives the probability of the second: a sigmoid over one output.</summary>
    /// <param name="probability">The probability p of class 1, 0 to 1; that of class 0 is 1 − p. Class 1 is preferred from 0.5 on. NaN gives class 0 with NaN.</param>
    /// <param name="labels">The names of class 0, that of outputs near 0, and of class 1; or empty.</param>
    /// <exception cref="ArgumentException">There is one label.</exception>
    public static Prediction OfTwo(float probability, ReadOnlySpan<string> labels)
    {
        if (labels.Length == 1)
            throw new ArgumentException("There is 1 label for 2 classes.", nameof(labels));
        int best = probability >= 0.5f ? 1 : 0;
        return new Prediction(best, best == 1 ? probability : 1 - probability, labels.IsEmpty ? "" : labels[best]);
    }

    /// <summary>The index of the greatest score, the first of equals.</summary>
    /// <param name="scores">At least one score. NaN never wins over a number; if all are NaN the result is 0.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> is empty.</exception>
    public static int IndexOfBest(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
            throw new ArgumentException("There are no scores to choose from.", nameof(scores));

        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best] || (float.IsNaN(scores[best]) && !float.IsNaN(scores[i])))
                best = i;
        }
        return best;
    }

    /// <summary>For people: <c>Egyptian cat (93.4%)</c>, or <c>class 286 (93.4%)</c> without labels. The same in every culture.</summary>
    public override string ToString() => string.IsNullOrEmpty(Label)
        ? string.Create(CultureInfo.InvariantCulture, $"class {Index} ({Probability * 100:0.0}%)")
        : string.Create(CultureInfo.InvariantCulture, $"{Label} ({Probability * 100:0.0}%)");
}
