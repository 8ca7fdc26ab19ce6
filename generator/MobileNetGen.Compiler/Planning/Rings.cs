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
    private readonly Dictionary<string, int> _begins = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<SideBranch> _branches;
    private readonly PaddingRule _padding;
    private int _time;

    private Rings(IReadOnlyList<Draft> steps, IReadOnlyList<int> bands, bool withInput, ICollection<string> kept, PaddingRule padding, int firstRow)
    {
        (_padding, _branches) = (padding, SideBranch.Of(steps)!);
        if (withInput)
            _maps.Add(Network.InputName, new Map(null, steps[0].Layer.Input.Height, int.MaxValue));
        for (int i = 0; i < steps.Count; i++)
        {
            if (!steps[i].Layer.Operator.GathersRows)
                _maps.Add(steps[i].Output, new Map(steps[i], steps[i].Last.Output.Height, bands[i]));
        }

        // What gathers a map asks for all of its rows; nothing else does.
        Draft last = steps[steps.Count - 1];
        if (last.Layer.Operator.GathersRows)
            last = steps.First(s => s.Output == last.Input);

        // Results, and what later steps read, are drained when the last step has all its rows, and not before.
        List<string> drained = [.. steps.Where(s => (s.Stored is not null || kept.Contains(s.Output)) && s != last).Select(s => s.Output)];
        int height = last.Last.Output.Height;
        Begin(last.Output, firstRow);
        foreach (KeyValuePair<string, int> begin in _begins)
            _maps[begin.Key].Skip(begin.Value);
        Pull(last.Output, drained.Count > 0 ? height : Math.Min(height, firstRow + (Bands * _maps[last.Output].Band)));
        foreach (string output in drained)
            Pull(output, _maps[output].Height);
        _maps.Remove(last.Output);
    }

    /// <summary>
    /// A result of the stage: when each row was written and last read. Times count kernel calls. Rows of halo above the map are there before the first, those
    /// below are written when they are asked for.
    /// </summary>
    private sealed class Map(Draft? writer, int height, int band)
    {
        private readonly Dictionary<int, int> _lastRead = [];
        private int _begin, _firstRow;

        public Draft? Writer => writer;

        public int Height => height;

        public int Band => band;

        /// <summary>How many rows are written next, where all up to <paramref name="end"/> are asked for.</summary>
        public int Next(int end) => Written.Count < height ? Math.Min(Math.Min(end, height) - Written.Count, band) : end - Written.Count;

        public bool IsHalo(int row) => row >= height;

        public List<int> Written { get; } = [];

        /// <summary>Leaves rows to another thread: to this they are as if long written, and read.</summary>
        public void Skip(int rows)
        {
            _begin = rows;
            Written.AddRange(Enumerable.Repeat(0, rows));
        }

        public void Read(int row, int time)
        {
            _lastRead[row] = time;
            _firstRow = Math.Min(_firstRow, row);
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
        private int LastUse(int row) => Math.Max(row < 0 ? 0 : Written[row], _lastRead.TryGetValue(row, out int time) ? time : 0);
    }

    /// <summary>Rows for each map that is written and read inside a stage, and which maps can share their memory.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="bands">For each, the most rows that one call computes.</param>
    /// <param name="withInput">Whether the network's input is prepared band by band too.</param>
    /// <param name="kept">The maps that are read behind the stage, which are there whole.</param>
    /// <param name="isShared">Whether threads share its rows, so that it can begin at any.</param>
    public static (IReadOnlyDictionary<string, int> Rows, IReadOnlyList<IReadOnlyList<string>> Shared) Of(IReadOnlyList<Draft> steps, IReadOnlyList<int> bands, bool withInput, ICollection<string> kept, bool isShared)
    {
        // Which padding there is only the weights tell: the plan has to hold for both.
        int height = steps[steps.Count - 1].Last.Output.Height;
        IEnumerable<int> begins = isShared && steps.Take(steps.Count - 1).All(step => step.Stored is null) ? s_begins.TakeWhile(row => row < height) : [0];
        Rings[] both = [.. begins.SelectMany(row => new[] { PaddingRule.Same, PaddingRule.Symmetric }.Select(padding => new Rings(steps, bands, withInput, kept, padding, row)))];
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

    private void Pull(string name, int end)
    {
        if (!_maps.TryGetValue(name, out Map? map))
            return; // a whole map from an earlier stage

        while (map.Written.Count < end)
        {
            int y = map.Written.Count, count = map.Next(end);
            if (map.Writer is { } step && !map.IsHalo(y))
            {
                Layer layer = step.Layer;
                (int first, int inputEnd) = layer.Operator.RowsRead(layer, y, count, PadTop(layer));
                Pull(step.Input, inputEnd);
                bool readsRows = step.Second is not null && !layer.Operator.ReadsWholeSecond;
                if (readsRows)
                    Pull(step.Second!, y + count);
                _time++;
                Read(step.Input, first, inputEnd);
                if (readsRows)
                    Read(step.Second!, y, y + count);
            }
            else
            {
                _time++;
            }

            map.Written.AddRange(Enumerable.Repeat(_time, count));
            foreach (SideBranch branch in _branches.Where(b => b.Map == name))
                Pull(branch.End.Name, branch.Ready(map.Written.Count, PadTop));
        }
    }

    /// <summary>Notes where a map begins, and all that it reads, for whoever needs no rows of it above one.</summary>
    private void Begin(string name, int row)
    {
        if (!_maps.TryGetValue(name, out Map? map))
            return;
        if (_begins.TryGetValue(name, out int known) && known <= row)
            return;
        _begins[name] = row;
        if (map.Writer is not { } step)
            return;
        Begin(step.Input, Math.Max(0, step.Layer.Operator.RowsRead(step.Layer, row, 1, PadTop(step.Layer)).First));
        if (step.Second is not null && !step.Layer.Operator.ReadsWholeSecond)
            Begin(step.Second, row);
    }

    private int PadTop(Layer layer) => _padding == PaddingRule.Same ? layer.SamePadding(layer.Input.Height) / 2 : layer.Kernel / 2;

    private void Read(string name, int first, int end)
    {
        if (!_maps.TryGetValue(name, out Map? map))
            return;
        for (int row = first; row < end; row++)
            map.Read(row, _time);
    }
}
