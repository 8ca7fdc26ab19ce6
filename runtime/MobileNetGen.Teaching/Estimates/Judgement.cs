using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Teaching.Fitting;

namespace MobileNetGen.Teaching.Estimates;

/// <summary>What probabilities of photographs that were not fitted say.</summary>
/// <param name="Probabilities">Of each photograph.</param>
/// <param name="Classes">The class of each.</param>
internal sealed record Judgement(ImmutableArray<double[]> Probabilities, int[] Classes)
{
    private const int Bins = 15;

    /// <summary>Two-sided 95 % of a normal distribution.</summary>
    private const double Quantile = 1.959963984540054;

    /// <summary>Judges logits.</summary>
    /// <param name="logits">Of each photograph.</param>
    /// <param name="classes">The class of each.</param>
    /// <param name="inverseTemperature">What they are multiplied by.</param>
    public static Judgement Of(IEnumerable<double[]> logits, int[] classes, double inverseTemperature)
    {
        return new Judgement([.. logits.Select(Probabilities)], classes);

        double[] Probabilities(double[] of)
        {
            double[] values = [.. of];
            Softmax.InPlace(values, inverseTemperature);
            return values;
        }
    }

    /// <summary>What a photograph is taken for.</summary>
    public int Decision(int photograph) => Softmax.IndexOfBest(Probabilities[photograph]);

    /// <summary>Photographs by class and by what they are taken for.</summary>
    public ImmutableArray<ImmutableArray<int>> Confusions()
    {
        int[][] counts = [.. Probabilities[0].Select(_ => new int[Probabilities[0].Length])];
        for (int i = 0; i < Classes.Length; i++)
            counts[Classes[i]][Decision(i)]++;
        return [.. counts.Select(c => c.ToImmutableArray())];
    }

    /// <summary>The expected calibration error.</summary>
    public double CalibrationError()
    {
        double[] sums = new double[Bins], right = new double[Bins];
        for (int i = 0; i < Classes.Length; i++)
        {
            int decision = Decision(i);
            double probability = Probabilities[i][decision];
            int bin = Math.Min((int)(probability * Bins), Bins - 1);
            sums[bin] += probability;
            right[bin] += decision == Classes[i] ? 1 : 0;
        }

        double error = 0;
        for (int bin = 0; bin < Bins; bin++)
            error += Math.Abs(sums[bin] - right[bin]) / Classes.Length;
        return error;
    }

    /// <summary>The largest probability, cut to thousandths, below which at most a share of the photographs have theirs; null for a share of 0.</summary>
    public double? Threshold(double share)
    {
        if (share <= 0)
            return null;
        double[] best = [.. Enumerable.Range(0, Classes.Length).Select(i => Probabilities[i][Decision(i)]).Order()];
        return Math.Clamp(Math.Floor(best[(int)(share * best.Length)] * 1000) / 1000, 0.001, 0.999);
    }

    /// <summary>The share of photographs whose best probability is below a threshold.</summary>
    public double ShareBelow(double threshold) => (double)Enumerable.Range(0, Classes.Length).Count(i => Probabilities[i][Decision(i)] < threshold) / Classes.Length;

    /// <summary>Wilson's interval of a share.</summary>
    /// <param name="share">The share that was seen.</param>
    /// <param name="count">Of how many.</param>
    public static (double Low, double High) Interval(double share, int count)
    {
        double squared = Quantile * Quantile, scale = 1 + (squared / count);
        double middle = (share + (squared / (2 * count))) / scale;
        double half = Quantile / scale * Math.Sqrt((share * (1 - share) / count) + (squared / (4.0 * count * count)));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
