using System;
using System.Globalization;

namespace MobileNetGen.Runtime;

/// <summary>The class a classifier prefers.</summary>
/// <param name="Index">Zero-based class index, in the order of the network's outputs.</param>
/// <param name="Probability">The probability that the network gives that class, 0 to 1.</param>
/// <param name="Label">The class's name; empty where the network has no labels.</param>
public readonly record struct Prediction(int Index, float Probability, string Label)
{
    // So that a prediction is known by default, of every network that says nothing of it.
    private readonly bool _isUnknown;

    /// <summary>
    /// Whether the image is likely to show one of the classes: true, unless the network's description has the statement <c>unknown</c> and the probability is below what it says, or the class is the one
    /// that it names.
    /// </summary>
    public bool IsKnown
    {
        get => !_isUnknown;
        init => _isUnknown = !value;
    }

    /// <summary>The same prediction, known or not as the statement <c>unknown</c> of a description says.</summary>
    /// <param name="below">The least probability of what is known, 0 to 1. NaN as the probability is not known.</param>
    /// <param name="unknownClass">The class of images that show none of the others; null where there is none.</param>
    public Prediction KnownFrom(float below, string? unknownClass = null) => this with { IsKnown = Probability >= below && (unknownClass is null || Label != unknownClass) };

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

    /// <summary>Picks the classes with the greatest scores, the greatest first, of equals the first. Nothing is allocated.</summary>
    /// <param name="scores">One score per class. NaN comes behind all numbers.</param>
    /// <param name="labels">One name per class, or empty.</param>
    /// <param name="top">Gets the classes: as many as fit, or as there are.</param>
    /// <returns>How many were written; what lies behind them in the span is as it was.</returns>
    /// <exception cref="ArgumentException">There are fewer labels than scores. Nothing was written.</exception>
    /// <example>
    /// <code>
    /// Span&lt;Prediction&gt; top = new Prediction[3];
    /// foreach (Prediction prediction in top[..Prediction.Top(scores, Net.Labels, top)])
    ///     Console.WriteLine(prediction);
    /// </code>
    /// </example>
    public static int Top(ReadOnlySpan<float> scores, ReadOnlySpan<string> labels, Span<Prediction> top)
    {
        if (!labels.IsEmpty && labels.Length < scores.Length)
            throw new ArgumentException($"There are {labels.Length} labels for {scores.Length} classes.", nameof(labels));
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (count == top.Length && (count == 0 || !IsBetter(scores[i], top[count - 1].Probability)))
                continue;

            int at = count < top.Length ? count++ : count - 1;
            for (; at > 0 && IsBetter(scores[i], top[at - 1].Probability); at--)
                top[at] = top[at - 1];
            top[at] = new Prediction(i, scores[i], labels.IsEmpty ? "" : labels[i]);
        }

        return count;
    }

    /// <summary>The same of two classes, of which the network gives the probability of the second.</summary>
    /// <param name="probability">The probability p of class 1, as for <see cref="OfTwo"/>.</param>
    /// <param name="labels">The names of both, or empty.</param>
    /// <param name="top">Gets the likelier class, and the other if there is room.</param>
    /// <returns>How many were written: at most 2.</returns>
    /// <exception cref="ArgumentException">There is one label. Nothing was written.</exception>
    public static int TopOfTwo(float probability, ReadOnlySpan<string> labels, Span<Prediction> top)
    {
        Prediction best = OfTwo(probability, labels);
        int other = 1 - best.Index;
        if (top.Length > 1)
            top[1] = new Prediction(other, 1 - best.Probability, labels.IsEmpty ? "" : labels[other]);
        if (!top.IsEmpty)
            top[0] = best;
        return Math.Min(top.Length, 2);
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
            if (IsBetter(scores[i], scores[best]))
                best = i;
        }
        return best;
    }

    /// <summary>For people: <c>Egyptian cat (93.4%)</c>, or <c>class 286 (93.4%)</c> without labels. The same in every culture.</summary>
    public override string ToString() => string.IsNullOrEmpty(Label)
        ? string.Create(CultureInfo.InvariantCulture, $"class {Index} ({Probability * 100:0.0}%)")
        : string.Create(CultureInfo.InvariantCulture, $"{Label} ({Probability * 100:0.0}%)");

    private static bool IsBetter(float score, float than) => score > than || (float.IsNaN(than) && !float.IsNaN(score));
}
