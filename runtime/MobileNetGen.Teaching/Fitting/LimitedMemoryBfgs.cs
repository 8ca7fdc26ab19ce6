using System;
using System.Collections.Generic;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>
/// L-BFGS: minimises a smooth convex function by its gradients, with the curvature that the last few steps have seen (J. Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of
/// Computation 35, 1980).
/// </summary>
internal static class LimitedMemoryBfgs
{
    private const int History = 10;

    /// <summary>A step must gain this part of what its slope promises.</summary>
    private const double SufficientDecrease = 1e-4;

    private const int MaximumTrials = 40;

    /// <summary>When to stop.</summary>
    /// <param name="Gradient">The largest slope is at most this.</param>
    /// <param name="Decrease">A step gains at most this part of the value.</param>
    /// <param name="Iterations">So many steps were made.</param>
    public readonly record struct Stop(double Gradient, double Decrease, int Iterations);

    /// <summary>Minimises.</summary>
    /// <param name="function">Gives the value at its first argument, and writes the gradient into its second.</param>
    /// <param name="point">Where to begin; becomes where the value is least. A multiple of <see cref="FixedOrder.Lanes"/> numbers.</param>
    /// <param name="stop">When to stop.</param>
    /// <returns>The least value.</returns>
    public static double Minimize(Func<double[], double[], double> function, double[] point, Stop stop)
    {
        double[] gradient = new double[point.Length], next = new double[point.Length], nextGradient = new double[point.Length];
        var pairs = new List<(double[] Step, double[] Change, double Curvature)>();
        double value = function(point, gradient);
        for (int iteration = 0; iteration < stop.Iterations && Largest(gradient) > stop.Gradient; iteration++)
        {
            double[] direction = Direction(gradient, pairs);
            double slope = FixedOrder.Dot(direction, gradient);
            if (!(slope < 0))
            {
                if (pairs.Count == 0)
                    break;
                pairs.Clear();
                continue;
            }

            double length = pairs.Count == 0 ? Math.Min(1, 1 / FixedOrder.Norm(gradient)) : 1;
            if (Search(function, point, value, direction, slope, length, next, nextGradient) is not { } better)
            {
                if (pairs.Count == 0)
                    break;
                pairs.Clear();
                continue;
            }

            Remember(pairs, point, next, gradient, nextGradient);
            double gain = value - better;
            value = better;
            next.CopyTo(point, 0);
            nextGradient.CopyTo(gradient, 0);
            if (gain <= stop.Decrease * Math.Abs(better))
                break;
        }

        return value;
    }

    /// <summary>The quasi-Newton direction: the two loops over the pairs.</summary>
    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Curvature)> pairs)
    {
        double[] direction = Array.ConvertAll(gradient, g => -g);
        var factors = new double[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            factors[i] = FixedOrder.Dot(pairs[i].Step, direction) / pairs[i].Curvature;
            FixedOrder.AddScaled(-factors[i], pairs[i].Change, direction);
        }

        if (pairs.Count > 0)
        {
            double scale = pairs[^1].Curvature / FixedOrder.Dot(pairs[^1].Change, pairs[^1].Change);
            foreach (ref double value in direction.AsSpan())
                value *= scale;
        }

        for (int i = 0; i < pairs.Count; i++)
            FixedOrder.AddScaled(factors[i] - (FixedOrder.Dot(pairs[i].Change, direction) / pairs[i].Curvature), pairs[i].Step, direction);
        return direction;
    }

    /// <summary>Shortens a step until it gains enough. A parabola through what is known says by how much.</summary>
    private static double? Search(
        Func<double[], double[], double> function, double[] point, double value, double[] direction, double slope, double length, double[] next, double[] nextGradient)
    {
        for (int trial = 0; trial < MaximumTrials; trial++)
        {
            point.CopyTo(next, 0);
            FixedOrder.AddScaled(length, direction, next);
            double tried = function(next, nextGradient);
            if (tried <= value + (SufficientDecrease * length * slope) && tried < value)
                return tried;
            double parabola = -slope * length * length / (2 * (tried - value - (slope * length)));
            length = parabola >= length / 10 && parabola <= length / 2 ? parabola : length / 2;
        }

        return null;
    }

    private static void Remember(List<(double[] Step, double[] Change, double Curvature)> pairs, double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        double[] step = [.. next], change = [.. nextGradient];
        FixedOrder.AddScaled(-1, point, step);
        FixedOrder.AddScaled(-1, gradient, change);
        double curvature = FixedOrder.Dot(step, change);
        if (!(curvature > 1e-14 * FixedOrder.Norm(step) * FixedOrder.Norm(change)))
            return;
        if (pairs.Count == History)
            pairs.RemoveAt(0);
        pairs.Add((step, change, curvature));
    }

    private static double Largest(double[] values)
    {
        double largest = 0;
        foreach (double value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
