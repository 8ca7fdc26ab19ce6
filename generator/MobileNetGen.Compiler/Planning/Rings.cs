using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// What a streamed stage keeps of the maps between its steps. The last step asks for row after row; every step first asks the steps it reads
/// for the rows it needs. Playing that through shows which rows are still needed when another is written.
/// </summary>
internal sealed class Rings
{
    /// <summary>Rows of the last step after which nothing new happens: what follows repeats what was.</summary>
    private const int Rows = 6;

    private readonly Dictionary<string, Map> _maps = new(StringComparer.Ordinal);
    private readonly PaddingRule _padding;
    private readonly int _halo;
    private int _time;

    private Rings(IReadOnlyList<Draft> steps, bool withInput, PaddingRule padding)
    {
        _padding = padding;
        _halo = steps.Max(s => s.Layer.Kernel / 2);
        if (withInput)
            _maps.Add(Network.InputName, new Map(null, _halo));
        foreach (Draft step in steps)
            _maps.Add(step.Output, new Map(step, _halo));
        Pull(steps[steps.Count - 1].Output, Rows - 1);
        _maps.Remove(steps[steps.Count - 1].Output);
    }

    /// <summary>A result of the stage: when each row, from the halo's first on, was written and last read. Times count rows.</summary>
    private sealed class Map(Draft? writer, int halo)
    {
        public Draft? Writer => writer;

        public List<int> Written { get; } = [];

        public Dictionary<int, int> LastRead { get; } = [];

        public int LastReadOf(int row) => LastRead.TryGetValue(row, out int time) ? time : 0;

        /// <summary>The most rows that are needed at once.</summary>
        public int Window()
        {
            int window = 1, oldest = -halo;
            for (int row = -halo; row < Written.Count - halo; row++)
            {
                // The kernel that last reads a row has finished before another writes over it.
                while (oldest < row && LastReadOf(oldest) < Written[row + halo])
                    oldest++;
                window = Math.Max(window, row - oldest + 1);
            }

            return window;
        }

        /// <summary>Whether one of its rows is needed while one of another map is.</summary>
        public bool Meets(Map other) => Spans().Any(a => other.Spans().Any(b => a.From <= b.To && b.From <= a.To));

        // A row of halo, or one that nothing reads, takes its memory too when it is written.
        private IEnumerable<(int From, int To)> Spans() => Written.Select((time, i) => (time, Math.Max(time, LastReadOf(i - halo))));
    }

    /// <summary>Rows for each map that is written and read inside a stage, and which maps of one row can share their memory.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="withInput">Whether the network's input is prepared row by row too.</param>
    public static (IReadOnlyDictionary<string, int> Rows, IReadOnlyList<IReadOnlyList<string>> Shared) Of(IReadOnlyList<Draft> steps, bool withInput)
    {
        // Which padding there is only the weights tell: the plan has to hold for both.
        Rings[] both = [.. new[] { PaddingRule.Same, PaddingRule.Symmetric }.Select(padding => new Rings(steps, withInput, padding))];
        Dictionary<string, int> rows = both[0]._maps.Keys.ToDictionary(map => map, map => both.Max(r => r._maps[map].Window()), StringComparer.Ordinal);

        var shared = new List<List<string>>();
        foreach (string map in rows.Where(r => r.Value == 1 && r.Key != Network.InputName).Select(r => r.Key))
        {
            List<string>? free = shared.FirstOrDefault(group => !group.Any(other => both.Any(r => r._maps[map].Meets(r._maps[other]))));
            if (free is null)
                shared.Add([map]);
            else
                free.Add(map);
        }

        return (rows, shared);
    }

    private void Pull(string name, int row)
    {
        if (!_maps.TryGetValue(name, out Map? map))
            return; // a whole map from an earlier stage

        while (map.Written.Count <= row + _halo)
        {
            int y = map.Written.Count - _halo;
            if (y >= 0 && map.Writer is { } step)
            {
                Layer layer = step.Layer;
                int first = (y * layer.Stride) - (_padding == PaddingRule.Same ? layer.SamePadding(layer.Input.Height) / 2 : layer.Kernel / 2);
                Pull(step.Input, first + layer.Kernel - 1);
                if (step.Second is not null)
                    Pull(step.Second, y);
                _time++;
                for (int k = 0; k < layer.Kernel; k++)
                    Read(step.Input, first + k);
                if (step.Second is not null)
                    Read(step.Second, y);
            }
            else
            {
                _time++;
            }

            map.Written.Add(_time);
        }
    }

    private void Read(string name, int row)
    {
        if (_maps.TryGetValue(name, out Map? map))
            map.LastRead[row] = _time;
    }
}
