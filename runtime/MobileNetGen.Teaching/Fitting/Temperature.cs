using System;
using System.Collections.Generic;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>
/// The one number that logits are divided by so that probabilities are as likely as they say (C. Guo et al., "On Calibration of Modern Neural Networks", 2017). The loss is convex in its inverse, whose
/// slope is bisected.
/// </summary>
internal static class Temperature
{
    private const double Lowest = -4, Highest = 4;

    /// <summary>Finds 1 / temperature.</summary>
    /// <param name="logits">Logits of each example, which its fit has not seen.</param>
    /// <param name="classes">The class of each.</param>
    /// <param name="weights">How much each counts.</param>
    /// <returns>From e⁻⁴ to e⁴.</returns>
    public static double Inverse(IReadOnlyList<double[]> logits, int[] classes, double[] weights)
    {
        double low = Lowest, high = Highest;
        for (int i = 0; i < 50; i++)
        {
            double middle = (low + high) / 2;
            if (Slope(logits, classes, weights, DeterministicMath.Exp(middle)) > 0)
                high = middle;
            else
                low = middle;
        }

        return DeterministicMath.Exp((low + high) / 2);
    }

    private static double Slope(IReadOnlyList<double[]> logits, int[] classes, double[] weights, double inverse)
    {
        double slope = 0;
        Span<double> probabilities = new double[logits[0].Length];
        for (int i = 0; i < classes.Length; i++)
        {
            logits[i].CopyTo(probabilities);
            Softmax.InPlace(probabilities, inverse);
            double mean = 0;
            for (int k = 0; k < probabilities.Length; k++)
                mean += probabilities[k] * logits[i][k];
            slope += weights[i] * (mean - logits[i][classes[i]]);
        }

        return slope;
    }
}
