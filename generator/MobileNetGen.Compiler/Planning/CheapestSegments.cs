using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// The best sequence of segments, by dynamic programming. Measuring one takes long, so each turn begins with what is known, and measures only what it chose: when nothing that is chosen
/// turns out larger than was thought, the choice is what it would be had all been measured.
/// </summary>
internal static class CheapestSegments
{
    /// <summary>The fewest bytes in which the network can run.</summary>
    public static long Least(IEnumerable<Segment> segments, int steps)
    {
        List<Segment> all = [.. InOrder(segments)];
        while (true)
        {
            IReadOnlyList<Segment> chosen = Of(all, steps, s => s.KnownBytes, Math.Max);
            if (chosen.All(s => s.IsMeasured))
                return chosen.Max(s => s.Bytes);
            foreach (Segment segment in chosen)
                _ = segment.Bytes;
        }
    }

    /// <summary>The sequence of segments of the least cost.</summary>
    /// <param name="segments">Those that compete, <see cref="InOrder"/>.</param>
    /// <param name="steps">The network's steps.</param>
    /// <param name="limit">The most bytes of any of them.</param>
    /// <param name="narrowerLimit">The most bytes of their narrower ones.</param>
    public static IReadOnlyList<Segment> Within(IEnumerable<Segment> segments, int steps, long limit, long narrowerLimit)
    {
        List<Segment> fitting = [.. segments];
        while (true)
        {
            fitting.RemoveAll(s => s.IsTooLarge(limit, narrowerLimit));
            IReadOnlyList<Segment> chosen = Of(fitting, steps, s => s.Cost, (a, b) => a + b);

            // Counted, and not asked until one does not fit: all of them are measured, so that the next turn knows.
            if (chosen.Count(s => s.Fits(limit, narrowerLimit)) == chosen.Count)
                return chosen;
        }
    }

    /// <summary>Segments in an order in which those that end at a step stand before those that begin behind it.</summary>
    public static IEnumerable<Segment> InOrder(IEnumerable<Segment> segments) => segments.OrderBy(s => s.Last).ThenByDescending(s => s.First);

    /// <summary>The sequence of the least cost, of segments in order.</summary>
    private static IReadOnlyList<Segment> Of(List<Segment> segments, int steps, Func<Segment, long> cost, Func<long, long, long> combine)
    {
        var best = new (long Cost, Segment? Segment)[steps + 1];
        for (int end = 1; end <= steps; end++)
            best[end] = (long.MaxValue, null);
        foreach (Segment segment in segments)
        {
            if (best[segment.First].Cost == long.MaxValue)
                continue;
            long total = combine(best[segment.First].Cost, cost(segment));
            if (total < best[segment.Last + 1].Cost)
                best[segment.Last + 1] = (total, segment);
        }

        var chosen = new List<Segment>();
        for (int end = steps; end > 0; end = chosen[chosen.Count - 1].First)
            chosen.Add(best[end].Segment!);
        chosen.Reverse();
        return chosen;
    }
}
