using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.Teaching.Fitting;

namespace MobileNetGen.Teaching;

/// <summary>A classifier of features: the dense layer and softmax that stand behind a network's features. Standardisation and temperature are part of its numbers.</summary>
public sealed class TaughtClassifier
{
    private readonly string[] _labels;

    internal TaughtClassifier(string[] labels, int featureLength, LinearModel model, double? threshold, string? unknownLabel, TeachingEstimate estimate)
    {
        (_labels, FeatureLength, UnknownLabel, Estimate) = (labels, featureLength, unknownLabel, estimate);
        int stride = FixedOrder.Padded(featureLength);
        Weights = [.. Enumerable.Range(0, labels.Length).SelectMany(k => model.Weights.Skip(k * stride).Take(featureLength)).Select(w => (float)w)];
        Biases = [.. model.Biases.Select(b => (float)b)];
        Threshold = (float?)threshold;
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public ImmutableArray<string> Labels => [.. _labels];

    /// <summary>How many features an image has.</summary>
    public int FeatureLength { get; }

    /// <summary>Weights, classes × features: the logit of class k is Σ <c>Weights[k · FeatureLength + i]</c> · feature i + <c>Biases[k]</c>, and softmax of the logits are probabilities.</summary>
    public ImmutableArray<float> Weights { get; }

    /// <summary>One a class.</summary>
    public ImmutableArray<float> Biases { get; }

    /// <summary>The probability of the best class, between 0 and 1, below which a prediction is not known; null where there is a class of unknown photographs, or no share may be lost.</summary>
    public float? Threshold { get; }

    /// <summary>The class of photographs that show none of the others; null where there is none.</summary>
    public string? UnknownLabel { get; }

    /// <summary>How good it is.</summary>
    public TeachingEstimate Estimate { get; }

    /// <summary>The most probable class.</summary>
    /// <param name="features">Features of an image, <see cref="FeatureLength"/> numbers.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public Prediction Classify(ReadOnlySpan<float> features)
    {
        Span<float> scores = _labels.Length <= 256 ? stackalloc float[_labels.Length] : new float[_labels.Length];
        Scores(features, scores);
        return Prediction.Best(scores, _labels).KnownFrom(Threshold ?? 0, UnknownLabel);
    }

    /// <summary>The probabilities of all classes.</summary>
    /// <param name="features">Features of an image, <see cref="FeatureLength"/> numbers.</param>
    /// <param name="scores">Gets a probability a class, 0 to 1.</param>
    /// <exception cref="ArgumentException">A length is wrong. Nothing was written.</exception>
    public void Scores(ReadOnlySpan<float> features, Span<float> scores)
    {
        if (features.Length != FeatureLength)
            throw new ArgumentException($"There are {features.Length} features; {FeatureLength} are needed.", nameof(features));
        if (scores.Length != _labels.Length)
            throw new ArgumentException($"There is room for {scores.Length} scores; there are {_labels.Length} classes.", nameof(scores));
        Span<double> logits = _labels.Length <= 256 ? stackalloc double[_labels.Length] : new double[_labels.Length];
        ReadOnlySpan<float> weights = Weights.AsSpan();
        for (int k = 0; k < logits.Length; k++)
        {
            double logit = Biases[k];
            for (int i = 0; i < features.Length; i++)
                logit += (double)weights[(k * features.Length) + i] * features[i];
            logits[k] = logit;
        }

        Softmax.InPlace(logits);
        for (int k = 0; k < logits.Length; k++)
            scores[k] = (float)logits[k];
    }
}
