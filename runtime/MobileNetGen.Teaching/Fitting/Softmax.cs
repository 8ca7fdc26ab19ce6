using System;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>Probabilities of logits, the same in every bit on every machine.</summary>
internal static class Softmax
{
    /// <summary>Makes probabilities of logits, in their place.</summary>
    /// <param name="values">Logits, one or more; becomes probabilities that sum to 1.</param>
    /// <param name="inverseTemperature">What logits are multiplied by first.</param>
    /// <returns>ln Σ exp(logit), of the multiplied logits.</returns>
    public static double InPlace(Span<double> values, double inverseTemperature = 1)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (ref double value in values)
        {
            value *= inverseTemperature;
            largest = Math.Max(largest, value);
        }

        foreach (ref double value in values)
        {
            value = DeterministicMath.Exp(value - largest);
            sum += value;
        }

        foreach (ref double value in values)
            value /= sum;
        return largest + DeterministicMath.Log(sum);
    }

    /// <summary>The index of the largest, the first of equals.</summary>
    public static int IndexOfBest(ReadOnlySpan<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
