using System;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>A linear classifier's numbers for features as a network gives them.</summary>
/// <param name="Weights">Classes × features, each row padded with zeros to <see cref="FixedOrder.Lanes"/>.</param>
/// <param name="Biases">One a class.</param>
internal sealed record LinearModel(double[] Weights, double[] Biases)
{
    /// <summary>The logits of an example.</summary>
    /// <param name="features">Its features.</param>
    /// <param name="logits">Gets one logit a class.</param>
    /// <param name="row">Working memory: the features' length, padded.</param>
    public void Logits(ReadOnlySpan<float> features, Span<double> logits, Span<double> row)
    {
        for (int i = 0; i < features.Length; i++)
            row[i] = features[i];
        row[features.Length..].Clear();
        for (int k = 0; k < Biases.Length; k++)
            logits[k] = Biases[k] + FixedOrder.Dot(row, Weights.AsSpan(k * row.Length, row.Length));
    }

    /// <summary>The model whose logits are a factor times these.</summary>
    public LinearModel Scaled(double factor)
    {
        return new LinearModel(Times(Weights), Times(Biases));

        double[] Times(double[] values) => Array.ConvertAll(values, v => factor * v);
    }
}
