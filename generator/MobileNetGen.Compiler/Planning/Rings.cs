using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// What a streamed stage keeps of the maps between its steps. The last step asks for band after band of rows; every step first asks the steps it
/// reads for the rows it needs. Playing that through shows which rows are still needed when others are written.
/// </summary>
internal sealed class Rings
{
    /// <summary>Bands of the last step after which nothing new happens: what follows repeats what was.</summary>
    private const int Bands = 6;

    /// <summary>
    /// Rows at which a thread may begin. Far enough from the top, where what a map needs is not yet cut off by it, all rows are alike.
    /// </summary>
    private static readonly int[] s_begins = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

    private readonly Dictionary<string, Map> _maps = new(StringComparer.Ordinal);
    private readonly PaddingRule _padding;
    private int _time;

    private Rings(IReadOnlyList<Draft> steps, IReadOnlyList<int> bands, bool withInput, ICollection<string> kept, IReadOnlyList<SideBranch> branches, PaddingRule padding, int firstRow)
    {
        _padding = padding;
        if (withInput)
            _maps.Add(Network.InputName, new Map(null, null, null, steps[0].Layer.Input.Height, int.MaxValue));
        for (int i = 0; i < steps.Count; i++)
        {
            Draft step = steps[i];
            if (!step.Layer.Operator.GathersRows)
                _maps.Add(step.Output, new Map(step, Find(step.Input), step.Second is null || step.Layer.Operator.ReadsWholeSecond ? null : Find(step.Second), step.Last.Output.Height, bands[i]));
        }

        foreach (SideBranch branch in branches)
        {
            if (branch.Map is not null)
                _maps[branch.Map].Branches.Add((branch, _maps[branch.End.Name]));
        }

        // What gathers a map asks for all of its rows; nothing else does.
        Draft last = steps[steps.Count - 1];
        if (last.Layer.Operator.GathersRows)
            last = steps.First(s => s.Output == last.Input);

        // Results, and what later steps read, are drained when the last step has all its rows, and not before.
        List<string> drained = [.. steps.Where(s => (s.Stored is not null || kept.Contains(s.Output)) && s != last).Select(s => s.Output)];
        int height = last.Last.Output.Height;
        Begin(_maps[last.Output], firstRow, padding);
        foreach (Map map in _maps.Values)
            map.Skip();
        Pull(_maps[last.Output], drained.Count > 0 ? height : Math.Min(height, firstRow + (Bands * _maps[last.Output].Band)));
        foreach (string output in drained)
            Pull(_maps[output], _maps[output].Height);
        _maps.Remove(last.Output);
    }

    /// <summary>
    /// A result of the stage: when each row was written and last read. Times count kernel calls. Rows of halo above the map are there before the first, those
    /// below are written when they are asked for.
    /// </summary>
    /// <param name="writer">The step that writes it; null for the network's input.</param>
    /// <param name="input">The map that the step reads; null for one from before the stage, which is there whole.</param>
    /// <param name="second">The other map whose rows it reads, or null.</param>
    /// <param name="height">The map's rows.</param>
    /// <param name="band">The most rows that one call writes.</param>
    private sealed class Map(Draft? writer, Map? input, Map? second, int height, int band)
    {
        /// <summary>When each row was last read, from the first row of halo on; 0 where it was not yet.</summary>
        private readonly List<int> _lastRead = [];
        private int _begin, _firstRow;

        public Draft? Writer => writer;

        public Map? Input => input;

        public Map? Second => second;

        /// <summary>What begins at it, and the maps at the ends.</summary>
        public List<(SideBranch Branch, Map End)> Branches { get; } = [];

        /// <summary>The first row that a thread needs which begins in the middle; null until somebody has asked.</summary>
        public int? Begin { get; set; }

        public int Height => height;

        public int Band => band;

        /// <summary>How many rows are written next, where all up to <paramref name="end"/> are asked for.</summary>
        public int Next(int end) => Written.Count < height ? Math.Min(Math.Min(end, height) - Written.Count, band) : end - Written.Count;

        public bool IsHalo(int row) => row >= height;

        public List<int> Written { get; } = [];

        /// <summary>Leaves rows to another thread: to this they are as if long written, and read.</summary>
        public void Skip()
        {
            _begin = Begin ?? 0;
            Write(_begin, 0);
        }

        public void Write(int rows, int time)
        {
            for (; rows > 0; rows--)
                Written.Add(time);
        }

        public void Read(int first, int end, int time)
        {
            for (; _firstRow > first; _firstRow--)
                _lastRead.Insert(0, 0);
            while (_lastRead.Count < end - _firstRow)
                _lastRead.Add(0);
            for (int row = first; row < end; row++)
                _lastRead[row - _firstRow] = time;
        }

        /// <summary>The most rows that are needed at once.</summary>
        public int Window()
        {
            int window = 1, oldest = _begin + _firstRow;
            for (int row = _begin; row < Written.Count; row++)
            {
                // The kernel that last reads a row has finished before another writes over it.
                while (LastUse(oldest) < Written[row])
                    oldest++;
                window = Math.Max(window, row - oldest + 1);
            }

            return window;
        }

        /// <summary>Whether one of its rows is needed while one of another map is.</summary>
        public bool Meets(Map other)
        {
            for (int mine = _begin, its = other._begin; mine < Written.Count && its < other.Written.Count;)
            {
                if (LastUse(mine) < other.Written[its])
                    mine++;
                else if (other.LastUse(its) < Written[mine])
                    its++;
                else
                    return true;
            }

            return false;
        }

        // A row that nothing reads takes its memory too when it is written.
        private int LastUse(int row) => Math.Max(row < 0 ? 0 : Written[row], row - _firstRow < _lastRead.Count ? _lastRead[row - _firstRow] : 0);
    }

    /// <summary>Rows for each map that is written and read inside a stage, and which maps can share their memory.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="bands">For each, the most rows that one call computes.</param>
    /// <param name="withInput">Whether the network's input is prepared band by band too.</param>
    /// <param name="kept">The maps that are read behind the stage, which are there whole.</param>
    /// <param name="isShared">Whether threads share its rows, so that it can begin at any.</param>
    public static (IReadOnlyDictionary<string, int> Rows, IReadOnlyList<IReadOnlyList<string>> Shared) Of(IReadOnlyList<Draft> steps, IReadOnlyList<int> bands, bool withInput, ICollection<string> kept, bool isShared)
    {
        IReadOnlyList<SideBranch> branches = SideBranch.Of(steps)!;

        // Which padding there is only the weights tell: the plan has to hold for both, where they are not the same.
        int height = steps[steps.Count - 1].Last.Output.Height;
        IEnumerable<int> begins = isShared && steps.Take(steps.Count - 1).All(step => step.Stored is null) ? s_begins.TakeWhile(row => row < height) : [0];
        IEnumerable<PaddingRule> paddings = steps.All(s => PadTop(s.Layer, PaddingRule.Same) == PadTop(s.Layer, PaddingRule.Symmetric)) ? [PaddingRule.Same] : [PaddingRule.Same, PaddingRule.Symmetric];
        Rings[] both = [.. begins.SelectMany(row => paddings.Select(padding => new Rings(steps, bands, withInput, kept, branches, padding, row)))];
        Dictionary<string, int> rows = both[0]._maps.Keys.Where(map => !kept.Contains(map)).ToDictionary(map => map, map => both.Max(r => r._maps[map].Window()), StringComparer.Ordinal);

        // The halo of a ring is written once, when the stage starts: its memory is its own.
        HashSet<string> ownMemory = [Network.InputName, .. steps.Where(s => s.Layer.Kernel > 1).Select(s => s.Input)];
        var shared = new List<List<string>>();
        foreach (string map in rows.Keys.Where(r => !ownMemory.Contains(r)))
        {
            List<string>? free = shared.FirstOrDefault(group => !group.Any(other => both.Any(r => r._maps[map].Meets(r._maps[other]))));
            if (free is null)
                shared.Add([map]);
            else
                free.Add(map);
        }

        return (rows, shared);
    }

    /// <summary>Notes where a map begins, and all that it reads, for whoever needs no rows of it above one.</summary>
    private static void Begin(Map map, int row, PaddingRule padding)
    {
        if (map.Begin <= row)
            return;
        map.Begin = row;
        if (map.Writer is not { Layer: var layer })
            return;
        if (map.Input is { } input)
            Begin(input, Math.Max(0, layer.Operator.RowsRead(layer, row, 1, PadTop(layer, padding)).First), padding);
        if (map.Second is { } second)
            Begin(second, row, padding);
    }

    private static int PadTop(Layer layer, PaddingRule padding) => padding == PaddingRule.Same ? layer.SamePadding(layer.Input.Height) / 2 : layer.Kernel / 2;

    /// <summary>The map of a name; null for one from before the stage.</summary>
    private Map? Find(string name) => _maps.TryGetValue(name, out Map? map) ? map : null;

    /// <summary>Has rows of a map written, and of those before it that they need.</summary>
    private void Pull(Map map, int end)
    {
        while (map.Written.Count < end)
        {
            int y = map.Written.Count, count = map.Next(end);
            if (map.Writer is { } step && !map.IsHalo(y))
            {
                Layer layer = step.Layer;
                (int first, int inputEnd) = layer.Operator.RowsRead(layer, y, count, PadTop(layer, _padding));
                if (map.Input is { } input)
                    Pull(input, inputEnd);
                if (map.Second is { } second)
                    Pull(second, y + count);
                _time++;
                map.Input?.Read(first, inputEnd, _time);
                map.Second?.Read(y, y + count, _time);
            }
            else
            {
                _time++;
            }

            map.Write(count, _time);
            foreach ((SideBranch branch, Map branchEnd) in map.Branches)
                Pull(branchEnd, branch.Ready(map.Written.Count, layer => PadTop(layer, _padding)));
        }
    }
}
