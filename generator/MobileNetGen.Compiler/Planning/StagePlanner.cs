using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// Chooses which steps to stream, and in bands of how many rows. Between two steps where but one map is live, what comes before and what comes after
/// do not share scratch, so the network is cut there and the best sequence of segments found by dynamic programming: of those that need little scratch, the
/// one that costs the least. A squeeze is cut behind its pool too, and behind its dense layers: nothing that comes then can begin before all of the map has been pooled. What is
/// live across such a cut is counted on both sides.
/// </summary>
internal sealed class StagePlanner
{
    /// <summary>A streamed step reads its weights once a band: with fewer rows than this and more weights than that it would do little else.</summary>
    private const int FewestRows = 14;

    private const long SmallWeights = 64 * 1024;

    /// <summary>Longer streamed stages are not tried: nothing between a picture and a map that fits the cache needs more steps.</summary>
    private const int LongestStage = 24;

    /// <summary>Values in scratch below which nothing is gained: they stay in the second-level cache beside the weights at work.</summary>
    private const long Comfortable = (64 * 1024) - Planning.Plan.Alignment;

    /// <summary>What a call of a kernel costs, and in it each block of 16 channels whose constants it loads: 50 and 20 ns, at 100 GB/s.</summary>
    private const long CallCost = 5_000, BlockCost = 2_000;

    /// <summary>Other places that are tried for the maps of a network with squeezes, which are more and of many sizes.</summary>
    private const int Places = 24;

    /// <summary>The rows a call that are tried.</summary>
    private static readonly int[] s_bands = [1, 2, 3, 4, 6, 8, 12];

    /// <summary>The part of an expanded map that is filtered as soon as it is there: the first-level cache has room for it.</summary>
    private const long SliceBytes = 32 * 1024;

    /// <summary>What stays in the first-level cache beside the rows at work.</summary>
    private const long CachedBytes = 16 * 1024;

    private readonly IReadOnlyList<Draft> _drafts;
    private readonly IReadOnlyList<FeatureBuffer> _buffers;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly int[] _lastRead;

    /// <summary>Of each step: the maps it reads, the rows its calls run through, what each call costs, and its weights where a cache does not keep them, in bytes.</summary>
    private readonly int[][] _reads;
    private readonly int[] _rows;
    private readonly long[] _callCosts, _weights;
    private readonly bool _isShared;

    /// <summary>The steps of squeezes that give vectors, from the pool on.</summary>
    private readonly HashSet<int> _squeezes = [];

    public StagePlanner(IReadOnlyList<Draft> drafts, IReadOnlyList<FeatureBuffer> buffers, bool isShared)
    {
        (_drafts, _buffers, _isShared) = (drafts, buffers, isShared);
        for (int b = 0; b < buffers.Count; b++)
            _index.Add(buffers[b].Name, b);

        // The caller reads the last result; others that nothing reads are dead once they are written.
        _lastRead = [.. buffers.Select((_, b) => b == drafts.Count ? b : Math.Max(0, b - 1))];
        _reads = [.. drafts.Select(d => d.Reads.Select(read => _index[read]).ToArray())];
        for (int i = 0; i < drafts.Count; i++)
        {
            foreach (int read in _reads[i])
                _lastRead[read] = i;
        }

        foreach (Draft multiply in drafts.Where(d => d.Layer.Operator.ReadsWholeSecond))
        {
            // From the factors back to what made a vector of a map.
            for (int step = _index[multiply.Second!] - 1; step >= 0 && _squeezes.Add(step) && IsVector(drafts[step].Input); step = _index[drafts[step].Input] - 1)
            {
            }
        }

        _rows = [.. drafts.Select((d, i) => Gathers(i) ? d.Layer.Input.Height : buffers[i + 1].Shape.Height)];
        _callCosts = [.. drafts.Select((_, i) => CallCost + (BlockCost * buffers[i + 1].Blocks))];
        _weights = [.. drafts.Select(d => WeightBytes(d.Layer)).Select(bytes => bytes > CachedBytes ? bytes : 0)];

        bool IsVector(string map) => _index[map] > 0 && drafts[_index[map] - 1].Last.Operator.GivesVector;
    }

    /// <summary>The segments of a network's steps, in order, and the buffers, each in its place in scratch.</summary>
    /// <param name="drafts">The steps.</param>
    /// <param name="buffers">The input and the steps' results, as whole maps.</param>
    /// <param name="isShared">Whether threads share the rows of a stage.</param>
    /// <param name="stack">Bytes that are still taken from the stack.</param>
    public static (IReadOnlyList<Segment> Segments, IReadOnlyList<Lifetime> Buffers, long Bytes) Plan(
        IReadOnlyList<Draft> drafts, IReadOnlyList<FeatureBuffer> buffers, bool isShared, long stack)
    {
        var planner = new StagePlanner(drafts, buffers, isShared);
        List<Segment> segments = [.. planner.Segments()];
        long least = CheapestSegments.Least(segments, drafts.Count);
        long enough = Math.Max(least + (least / 16), Comfortable * buffers[0].ElementSize);
        if (least <= stack)
            enough = Math.Min(enough, stack);
        segments = [.. CheapestSegments.InOrder(segments.Concat(segments.Where(s => s.IsStreamed).SelectMany(planner.InBands)))];

        // Buffers may not fit together as closely as the peak promises: then the next try is content with less.
        (IReadOnlyList<Segment> Segments, IReadOnlyList<Lifetime> Buffers, long Bytes) best = ([], [], long.MaxValue);
        long limit = enough;
        for (int tries = 8; tries > 0 && best.Bytes > enough && limit >= least; tries--)
        {
            IReadOnlyList<Segment> chosen = CheapestSegments.Within(segments, drafts.Count, limit, enough);
            List<Lifetime> lifetimes = planner.Lifetimes(chosen, 0, drafts.Count - 1);
            long bytes = ScratchAllocator.Place(lifetimes, enough, planner._squeezes.Count > 0 ? Places : 0);
            if (bytes < best.Bytes)
                best = (chosen, lifetimes, bytes);
            limit = chosen.Max(s => s.Bytes) - 1;
        }

        return best;
    }

    /// <summary>Every part that can run by itself, map by map, and where that may save scratch, row by row.</summary>
    public IEnumerable<Segment> Segments()
    {
        List<int> cuts = Cuts();
        for (int c = 0; c + 1 < cuts.Count; c++)
        {
            Segment whole = Layered(cuts[c], cuts[c + 1] - 1);
            yield return whole;
            if (whole.Bytes <= Comfortable * _buffers[0].ElementSize)
                continue;
            for (int d = c + 1; d < cuts.Count && cuts[d] - cuts[c] <= LongestStage; d++)
            {
                (int first, int last) = (cuts[c], cuts[d] - 1);
                if (!Enumerable.Range(cuts[d - 1], cuts[d] - cuts[d - 1]).All(step => CanStream(step) || (step == last && Gathers(step))))
                    break;
                if ((last > first || first == 0) && SideBranch.Of(Steps(first, last)) is not null && CanKeep(first, last))
                    yield return Streamed(first, last, Bands(first, last, SideBranch.Of(Steps(first, last))!, band: 1, lastStrided: first), Edges(first, last), Floor(first, last), narrower: null);
                if (Gathers(last))
                    break;
            }
        }

        foreach (int pool in _squeezes.Where(step => Gathers(step) && CanSlice(step)))
            yield return Sliced(pool - 2, pool);
    }

    /// <summary>Whether a step pools for a squeeze, and can do that by bands.</summary>
    private bool Gathers(int step) => _squeezes.Contains(step) && _drafts[step] is { Layer.Operator.GathersRows: true, Stored: null };

    /// <summary>
    /// Whether a pool stands behind an expansion and a filter of single channels, which can run a few channels at a time. Kernels of bytes have their weights in panels of various sizes, and
    /// need a quarter of the scratch.
    /// </summary>
    private bool CanSlice(int pool) =>
        pool >= 2 && _buffers[0].ElementSize == sizeof(float)
        && _drafts[pool - 1] is { Second: null, Stored: null, Layer: { Operator.Filter: FilterKind.Depthwise, Multiplier: 1 } } filter && filter.Output == _drafts[pool].Input
        && _drafts[pool - 2] is { Second: null, Stored: null, Layer.Operator.Filter: FilterKind.Full } expansion && expansion.Output == filter.Input
        && _lastRead[pool - 1] == pool - 1 && expansion.Layer.Operator.CanStream && _buffers[_index[expansion.Input]].IsBlocked;

    /// <summary>An expansion, a filter and a pool, as many channels at a time as leave the expanded map in the first-level cache, and divide it.</summary>
    private Segment Sliced(int first, int last)
    {
        FeatureBuffer expanded = _buffers[first + 1];
        int slice = 1;
        for (int blocks = 2; blocks < expanded.Blocks; blocks++)
        {
            if (expanded.Blocks % blocks == 0 && (expanded with { Slice = blocks }).Bytes <= SliceBytes)
                slice = blocks;
        }

        long turns = expanded.Blocks / slice, calls = turns * (last - first + 1) * (CallCost + (BlockCost * slice));
        long slices = (expanded with { Slice = slice }).Bytes is var part && part > CachedBytes ? 2 * part * turns : 0;
        return new Segment(first, last, null, slice, _buffers[_index[_drafts[first].Input]].Bytes + _buffers[last].Bytes + slices + calls, floor: 0, Measure, narrower: null);
    }

    /// <summary>
    /// Whether what a streamed stage would keep for later steps has no halo, and is needed by its last step, which nothing else asks for rows. A pool that ends it asks for a map of its own.
    /// </summary>
    private bool CanKeep(int first, int last)
    {
        if (Gathers(last) && _index[_drafts[last].Input] <= first)
            return false;
        int[] kept = [.. Kept(first, last)];
        if (kept.Length == 0)
            return true;
        var needed = new HashSet<int> { last };
        for (int step = last; step >= first; step--)
        {
            if (needed.Contains(step))
                needed.UnionWith(_drafts[step].Reads.Select(read => _index[read] - 1));
        }

        return kept.All(b => _buffers[b].Halo == 0 && needed.Contains(b - 1));
    }

    /// <summary>The maps that steps write and that are read behind them, but for the last one.</summary>
    private IEnumerable<int> Kept(int first, int last) => Enumerable.Range(first + 1, last - first).Where(b => _lastRead[b] > last);

    /// <summary>A streamed segment in all bands: one of more rows is tried where the one before it fits.</summary>
    public IEnumerable<Segment> InBands(Segment segment)
    {
        (int first, int last) = (segment.First, segment.Last);
        IReadOnlyList<SideBranch> branches = SideBranch.Of(Steps(first, last))!;
        (long edges, long floor) = (Edges(first, last), Floor(first, last));
        Segment narrower = segment;
        foreach (int band in s_bands.Where(band => band <= _rows[last]))
        {
            Segment before = narrower;
            for (int strided = first; strided <= last; strided++)
            {
                if (strided > first && _drafts[strided].Layer.Stride == 1)
                    continue;
                int[] bands = Bands(first, last, branches, band, strided);
                if (!before.Bands!.SequenceEqual(bands))
                    yield return before = Streamed(first, last, bands, edges, floor, before);
                if (strided == first)
                    narrower = before;
            }
        }
    }

    /// <summary>
    /// Rows a call of each step of a segment: the same everywhere, or more before a stride, where the step with the stride asks for more at once. These are
    /// rows of higher maps, of which there are more.
    /// </summary>
    /// <param name="first">The first step.</param>
    /// <param name="last">The last step.</param>
    /// <param name="branches">The ways to results that the last step does not need.</param>
    /// <param name="band">Rows a call of the last step.</param>
    /// <param name="lastStrided">The last step whose stride counts.</param>
    private int[] Bands(int first, int last, IReadOnlyList<SideBranch> branches, int band, int lastStrided)
    {
        var bands = new int[last - first + 1];
        for (int i = 0; i < bands.Length; i++)
            bands[i] = 1;
        bands[last - first] = band;
        foreach (SideBranch branch in branches)
            bands[_index[branch.End.Name] - 1 - first] = Math.Min(band, branch.End.Output.Height);
        for (int step = last; step > first; step--)
        {
            int rows = bands[step - first] * (step <= lastStrided ? _drafts[step].Layer.Stride : 1);
            foreach (int read in _reads[step])
            {
                if (read > first)
                    bands[read - 1 - first] = Math.Max(bands[read - 1 - first], Math.Min(rows, _buffers[read].Shape.Height));
            }
        }

        return bands;
    }

    /// <summary>The steps behind which, with the first, only the last result is still to be read.</summary>
    private List<int> Cuts()
    {
        var cuts = new List<int> { 0 };
        int lastRead = 0;
        for (int end = 1; end <= _drafts.Count; end++)
        {
            lastRead = Math.Max(lastRead, _lastRead[end - 1]);
            if (lastRead < end || _squeezes.Contains(end - 1))
                cuts.Add(end);
        }

        return cuts;
    }

    private List<Draft> Steps(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(i => _drafts[i])];

    private bool CanStream(int step)
    {
        Layer layer = _drafts[step].Layer;
        return layer.Operator.CanStream
            && (layer.Output.Height >= FewestRows || WeightBytes(layer) <= SmallWeights);
    }

    /// <summary>Bytes that a streamed segment cannot do without: the larger of the maps at its ends, and in between the rows that a filter reads at once, whose memory is their own.</summary>
    private long Floor(int first, int last)
    {
        long ends = Math.Max(first == 0 ? 0 : _buffers[first].Bytes, _buffers[last + 1].Bytes);
        IEnumerable<IGrouping<int, int>> kernels = Enumerable.Range(first, last - first + 1).Select(step => _drafts[step]).ToLookup(draft => _index[draft.Input], draft => draft.Layer.Kernel);
        return ends + kernels.Where(k => k.Key > first && k.Max() > 1).Sum(k => (_buffers[k.Key] with { Ring = Math.Min(k.Max(), _buffers[k.Key].Shape.Height) }).Bytes);
    }

    /// <summary>The most scratch that is live in a segment.</summary>
    private long Measure(Segment segment) => ScratchAllocator.Peak(Lifetimes([segment], segment.First, segment.Last), segment.First, segment.Last).Bytes;

    /// <summary>Steps that compute whole maps, one after the other.</summary>
    private Segment Layered(int first, int last)
    {
        long cost = 0;
        for (int step = first; step <= last; step++)
            cost += _reads[step].Sum(read => Traffic(_buffers[read])) + Traffic(_buffers[step + 1]) + _callCosts[step];
        return new Segment(first, last, null, slice: 0, cost, floor: 0, Measure, narrower: null);
    }

    /// <summary>Steps that run band by band.</summary>
    private Segment Streamed(int first, int last, int[] bands, long edges, long floor, Segment? narrower)
    {
        long cost = edges;
        for (int step = first; step <= last; step++)
        {
            int calls = (_rows[step] + bands[step - first] - 1) / bands[step - first];
            cost += (calls * _callCosts[step]) + ((calls - 1) * _weights[step]);
        }

        return new Segment(first, last, bands, slice: 0, cost, floor, Measure, narrower);
    }

    /// <summary>What a streamed segment reads and writes of maps that are whole.</summary>
    private long Edges(int first, int last) => Traffic(_buffers[first]) + Traffic(_buffers[last + 1]) + Kept(first, last).Sum(b => Traffic(_buffers[b]));

    /// <summary>Bytes that are moved where a map is read or written: none of one that stays in the cache.</summary>
    private static long Traffic(FeatureBuffer buffer) => buffer.Bytes > CachedBytes ? buffer.Bytes : 0;

    private long WeightBytes(Layer layer) => layer.WeightCount * _buffers[0].ElementSize;

    /// <summary>What a range of steps reads and writes: when it is live, how many rows of it there are, and whose memory it takes over.</summary>
    private List<Lifetime> Lifetimes(IReadOnlyList<Segment> segments, int first, int last)
    {
        // Time is a step's index. A streamed segment's buffers are all live from its first step to its last.
        Dictionary<int, Segment> joint = segments.Where(s => s.IsJoint)
            .SelectMany(s => Enumerable.Range(s.First, s.Last - s.First + 1).Select(step => (step, s))).ToDictionary(p => p.step, p => p.s);
        int Begin(int step) => joint.TryGetValue(step, out Segment? s) ? s.First : step;
        int End(int step) => joint.TryGetValue(step, out Segment? s) ? s.Last : step;

        var lifetimes = new List<Lifetime>(last - first + 2);
        for (int b = first; b <= last + 1; b++)
            lifetimes.Add(new Lifetime(_buffers[b], Begin(Math.Max(0, b - 1))) { LastStep = Math.Max(End(Math.Min(_lastRead[b], _drafts.Count - 1)), _lastRead[b]) });

        // Across a cut in a squeeze, maps from before it are live.
        Dictionary<string, Lifetime> outer = Enumerable.Range(0, first).Where(b => _lastRead[b] >= first)
            .ToDictionary(b => _buffers[b].Name, b => new Lifetime(_buffers[b], Math.Max(0, b - 1)) { LastStep = End(_lastRead[b]) }, StringComparer.Ordinal);
        lifetimes.AddRange(outer.Values);
        Lifetime Find(string name) => outer.TryGetValue(name, out Lifetime? before) ? before : lifetimes[_index[name] - first];

        foreach (Segment segment in segments.Where(s => s.IsStreamed))
        {
            var (rows, shared) = Rings.Of(Steps(segment.First, segment.Last), segment.Bands!, segment.First == 0 && _lastRead[0] <= segment.Last, [.. Kept(segment.First, segment.Last).Select(b => _buffers[b].Name)], _isShared);
            foreach (KeyValuePair<string, int> ring in rows)
                Find(ring.Key).Buffer = Find(ring.Key).Buffer with { Ring = ring.Value };
            foreach (IReadOnlyList<string> group in shared)
            {
                foreach (string map in group.Skip(1))
                    Find(map).Memory = Find(group[0]);
            }

            // Of bytes, sums are kept from band to band.
            FeatureBuffer result = _buffers[segment.Last + 1];
            if (Gathers(segment.Last) && result.ElementSize < sizeof(int))
                Find(result.Name).Buffer = result with { SumBytes = result.Bytes * sizeof(int) };
        }

        foreach (Segment segment in segments.Where(s => s.Slice > 0))
            lifetimes[segment.First + 1 - first].Buffer = _buffers[segment.First + 1] with { Slice = segment.Slice };

        for (int i = first; i <= last; i++)
        {
            if (InPlace(_drafts[i]) is { } operand && Overwrites(i, Begin(i), End(i), Find(operand).Buffer, Find(_drafts[i].Output).Buffer))
                Find(_drafts[i].Output).Memory = Find(operand);
        }

        return lifetimes;
    }

    /// <summary>The operand whose place a result may take, value for value: an addition's second, a multiplication's map.</summary>
    private static string? InPlace(Draft draft) => draft.Layer.Operator.ReadsWholeSecond ? draft.Input : draft.Second;

    /// <summary>
    /// An addition may overwrite an operand that nothing reads later: it reads each value before it writes it. The layer it is fused into, though,
    /// reads its own input once for every block of channels that it writes, and a larger filter of the same streamed stage, rows that are already overwritten. So does the beginning of a
    /// branch that runs when the rest has run, and a thread that shares the stage, beside another's rows.
    /// </summary>
    private bool Overwrites(int step, int firstOfStage, int lastOfStage, FeatureBuffer second, FeatureBuffer output)
    {
        Draft draft = _drafts[step];
        return draft.Last.Operator.WorksInPlace
            && _lastRead[_index[second.Name]] == step
            && (draft.FusedAdd is null || draft.Second != draft.Input)
            && !(_isShared && lastOfStage > firstOfStage)
            && !Enumerable.Range(firstOfStage, step - firstOfStage).Any(i => _drafts[i].Input == second.Name && (_drafts[i].Layer.Kernel > 1 || IsLate(i)))
            && second.Ring == 0 && output.Ring == 0
            && second.Shape == output.Shape && second.Lanes == output.Lanes && second.Halo == output.Halo;

        bool IsLate(int i) => SideBranch.Of(Steps(firstOfStage, lastOfStage))!.Any(b => b.Map is null && b.Layers[0] == _drafts[i].Layer);
    }
}
