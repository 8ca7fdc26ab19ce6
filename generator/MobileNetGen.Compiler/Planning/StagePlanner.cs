using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>A run of steps that is one stage, or a part of the network that runs map by map.</summary>
/// <param name="First">Its first step.</param>
/// <param name="Last">Its last step.</param>
/// <param name="IsStreamed">Whether it runs row by row.</param>
/// <param name="Bytes">The most scratch that is live in it.</param>
/// <param name="Traffic">Bytes that it moves beyond the first-level cache: whole maps where it runs map by map, large weights once a row where it streams.</param>
internal sealed record Segment(int First, int Last, bool IsStreamed, long Bytes, long Traffic);

/// <summary>
/// Chooses which steps to stream. Between two steps where but one map is live, what comes before and what comes after do not share scratch, so
/// the network is cut there and the best sequence of segments found by dynamic programming: the one that needs the least scratch, and of
/// those the one that moves the fewest bytes.
/// </summary>
internal sealed class StagePlanner
{
    /// <summary>A streamed step reads its weights once a row: with fewer rows than this and more weights than that it would do little else.</summary>
    private const int FewestRows = 14;

    private const long SmallWeights = 64 * 1024;

    /// <summary>Longer streamed stages are not tried: nothing between a picture and a map that fits the cache needs more steps.</summary>
    private const int LongestStage = 24;

    /// <summary>Values in scratch below which nothing is gained: they stay in the second-level cache beside the weights at work.</summary>
    private const long Comfortable = 60 * 1024;

    /// <summary>What stays in the first-level cache beside the rows at work.</summary>
    private const long CachedBytes = 16 * 1024;

    private readonly IReadOnlyList<Draft> _drafts;
    private readonly IReadOnlyList<FeatureBuffer> _buffers;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly int[] _lastRead;

    private StagePlanner(IReadOnlyList<Draft> drafts, IReadOnlyList<FeatureBuffer> buffers)
    {
        (_drafts, _buffers) = (drafts, buffers);
        for (int b = 0; b < buffers.Count; b++)
            _index.Add(buffers[b].Name, b);

        // The caller reads the last result; others that nothing reads are dead once they are written.
        _lastRead = [.. buffers.Select((_, b) => b == drafts.Count ? b : Math.Max(0, b - 1))];
        for (int i = 0; i < drafts.Count; i++)
        {
            foreach (string read in drafts[i].Reads)
                _lastRead[_index[read]] = i;
        }
    }

    /// <summary>The segments, in order, of a network's steps.</summary>
    /// <param name="drafts">The steps.</param>
    /// <param name="buffers">The input and the steps' results, as whole maps.</param>
    public static IReadOnlyList<Segment> Plan(IReadOnlyList<Draft> drafts, IReadOnlyList<FeatureBuffer> buffers)
    {
        var planner = new StagePlanner(drafts, buffers);
        List<Segment> segments = [.. planner.Segments()];
        long least = Cheapest(segments, drafts.Count, long.MaxValue, s => s.Bytes, Math.Max).Max(s => s.Bytes);
        long enough = Math.Max(least + (least / 32), Comfortable * buffers[0].ElementSize);
        return Cheapest(segments, drafts.Count, enough, s => s.Traffic, (a, b) => a + b);
    }

    /// <summary>The sequence of segments of the least cost, with none of more than <paramref name="limit"/> bytes.</summary>
    private static IReadOnlyList<Segment> Cheapest(List<Segment> segments, int steps, long limit, Func<Segment, long> cost, Func<long, long, long> combine)
    {
        var best = new (long Cost, Segment? Segment)[steps + 1];
        for (int end = 1; end <= steps; end++)
            best[end] = (long.MaxValue, null);
        foreach (Segment segment in segments.Where(s => s.Bytes <= limit).OrderBy(s => s.Last).ThenByDescending(s => s.First))
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

    private IEnumerable<Segment> Segments()
    {
        List<int> cuts = Cuts();
        for (int c = 0; c + 1 < cuts.Count; c++)
        {
            Segment whole = Measure(cuts[c], cuts[c + 1] - 1, isStreamed: false);
            yield return whole;
            if (whole.Bytes <= Comfortable * _buffers[0].ElementSize)
                continue;
            for (int d = c + 1; d < cuts.Count && cuts[d] - cuts[c] <= LongestStage; d++)
            {
                (int first, int last) = (cuts[c], cuts[d] - 1);
                if (!Enumerable.Range(cuts[d - 1], cuts[d] - cuts[d - 1]).All(CanStream))
                    break;
                if (last > first || first == 0)
                    yield return Measure(first, last, isStreamed: true);
            }
        }
    }

    /// <summary>The steps behind which, with the first, only the last result is still to be read.</summary>
    private List<int> Cuts()
    {
        var cuts = new List<int> { 0 };
        int lastRead = 0;
        for (int end = 1; end <= _drafts.Count; end++)
        {
            lastRead = Math.Max(lastRead, _lastRead[end - 1]);
            if (lastRead < end)
                cuts.Add(end);
        }

        return cuts;
    }

    private bool CanStream(int step)
    {
        Layer layer = _drafts[step].Layer;
        return layer.Kind is LayerKind.Convolution or LayerKind.Pointwise or LayerKind.Depthwise or LayerKind.Add
            && (layer.Output.Height >= FewestRows || WeightBytes(layer) <= SmallWeights);
    }

    private Segment Measure(int first, int last, bool isStreamed)
    {
        var segment = new Segment(first, last, isStreamed, 0, 0);
        List<Lifetime> lifetimes = Lifetimes([segment], first, last);
        long bytes = ScratchAllocator.Peak(lifetimes, first, last).Bytes;
        long traffic = isStreamed
            ? Maps(_buffers[first]) + Maps(_buffers[last + 1]) + Enumerable.Range(first, last - first + 1).Sum(Weights)
            : Enumerable.Range(first, last - first + 1).Sum(i => _drafts[i].Reads.Sum(r => Maps(_buffers[_index[r]])) + Maps(_buffers[i + 1]));
        return segment with { Bytes = bytes, Traffic = traffic };

        static long Maps(FeatureBuffer buffer) => buffer.Bytes > CachedBytes ? buffer.Bytes : 0;

        long Weights(int step)
        {
            Layer layer = _drafts[step].Layer;
            return WeightBytes(layer) > CachedBytes ? WeightBytes(layer) * (layer.Output.Height - 1) : 0;
        }
    }

    private long WeightBytes(Layer layer) => layer.WeightCount * _buffers[0].ElementSize;

    /// <summary>The buffers with their places still to be found.</summary>
    public static List<Lifetime> Lifetimes(IReadOnlyList<Draft> drafts, IReadOnlyList<FeatureBuffer> buffers, IReadOnlyList<Segment> segments) =>
        new StagePlanner(drafts, buffers).Lifetimes(segments, 0, drafts.Count - 1);

    /// <summary>What a range of steps reads and writes: when it is live, how many rows of it there are, and whose memory it takes over.</summary>
    private List<Lifetime> Lifetimes(IReadOnlyList<Segment> segments, int first, int last)
    {
        // Time is a step's index. A streamed segment's buffers are all live from its first step to its last.
        Dictionary<int, Segment> streamed = segments.Where(s => s.IsStreamed)
            .SelectMany(s => Enumerable.Range(s.First, s.Last - s.First + 1).Select(step => (step, s))).ToDictionary(p => p.step, p => p.s);
        int Begin(int step) => streamed.TryGetValue(step, out Segment? s) ? s.First : step;
        int End(int step) => streamed.TryGetValue(step, out Segment? s) ? s.Last : step;

        var lifetimes = new List<Lifetime>(last - first + 2);
        for (int b = first; b <= last + 1; b++)
            lifetimes.Add(new Lifetime(_buffers[b], Begin(Math.Max(0, b - 1))) { LastStep = Math.Max(End(Math.Min(_lastRead[b], _drafts.Count - 1)), _lastRead[b]) });
        Lifetime Find(string name) => lifetimes[_index[name] - first];

        foreach (Segment segment in segments.Where(s => s.IsStreamed))
        {
            var (rows, shared) = Rings.Of([.. _drafts.Skip(segment.First).Take(segment.Last - segment.First + 1)], segment.First == 0);
            foreach (KeyValuePair<string, int> ring in rows)
                Find(ring.Key).Buffer = Find(ring.Key).Buffer with { Ring = ring.Value };
            foreach (IReadOnlyList<string> group in shared)
            {
                foreach (string map in group.Skip(1))
                    Find(map).Memory = Find(group[0]);
            }
        }

        for (int i = first; i <= last; i++)
        {
            if (_drafts[i].Second is { } second && Overwrites(i, Find(second).Buffer, Find(_drafts[i].Output).Buffer))
                Find(_drafts[i].Output).Memory = Find(second);
        }

        return lifetimes;
    }

    /// <summary>
    /// An addition may overwrite an operand that nothing reads later: it reads each value before it writes it. The layer it is fused into, though,
    /// reads its own input once for every block of channels that it writes.
    /// </summary>
    private bool Overwrites(int step, FeatureBuffer second, FeatureBuffer output)
    {
        Draft draft = _drafts[step];
        return _lastRead[_index[second.Name]] == step
            && (draft.FusedAdd is null || draft.Second != draft.Input)
            && second.Ring == 0 && output.Ring == 0
            && second.Shape == output.Shape && second.Lanes == output.Lanes && second.Halo == output.Halo;
    }
}
