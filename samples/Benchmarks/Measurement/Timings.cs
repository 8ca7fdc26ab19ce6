using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>Times of many calls, in milliseconds.</summary>
/// <param name="Minimum">The least: what the code costs when nothing disturbs it, and so what ratios are made of.</param>
/// <param name="Median">The middle one.</param>
/// <param name="Percentile99">The one that a hundredth exceeds.</param>
internal readonly record struct Timings(double Minimum, double Median, double Percentile99)
{
    /// <summary>Sums up times given in <see cref="Stopwatch"/> ticks, which are sorted.</summary>
    public static Timings Of(List<long> ticks)
    {
        ticks.Sort();
        return new Timings(At(0), At(ticks.Count / 2), At(Math.Min(ticks.Count - 1, ticks.Count * 99 / 100)));

        double At(int index) => ticks[index] * 1000.0 / Stopwatch.Frequency;
    }
}
