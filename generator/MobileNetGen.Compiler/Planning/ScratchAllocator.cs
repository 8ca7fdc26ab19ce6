using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Planning;

/// <summary>A buffer and the steps during which its memory holds something.</summary>
internal sealed class Lifetime(FeatureBuffer buffer, int firstStep)
{
    private Lifetime? _memory;

    public FeatureBuffer Buffer { get; set; } = buffer;

    public int FirstStep { get; } = firstStep;

    public int LastStep { get; set; } = firstStep;

    /// <summary>The buffer whose memory this one takes over: itself, unless it is written in place.</summary>
    public Lifetime Memory
    {
        get => _memory?.Memory ?? this;
        set => _memory = value;
    }
}

/// <summary>Places buffers by size, the largest first, each at the lowest offset where nothing live at the same time lies.</summary>
internal static class ScratchAllocator
{
    /// <summary>Sets every buffer's offset.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="enough">Bytes with which it is content.</param>
    /// <param name="tries">How often it may begin anew where that is not reached, with what then lay the furthest up.</param>
    /// <returns>Bytes in all.</returns>
    public static long Place(IReadOnlyList<Lifetime> buffers, long enough, int tries)
    {
        List<Region> order = [.. Regions(buffers).OrderByDescending(r => r.Bytes).ThenBy(r => r.First)];
        (long best, long[] offsets) = (long.MaxValue, []);
        for (int i = 0; i <= tries && best > enough; i++)
        {
            Place(order);
            long bytes = order.Max(r => r.Offset + r.Bytes);
            if (bytes < best)
                (best, offsets) = (bytes, [.. buffers.Select(b => order.First(r => r.Buffers.Contains(b)).Offset)]);
            Region highest = order.First(r => r.Offset + r.Bytes == bytes);
            order.Remove(highest);
            order.Insert(0, highest);
        }

        for (int b = 0; b < buffers.Count; b++)
            buffers[b].Buffer = buffers[b].Buffer with { Offset = offsets[b] };
        return best;
    }

    /// <summary>Places regions in an order.</summary>
    private static void Place(IEnumerable<Region> order)
    {
        var placed = new List<Region>();
        foreach (Region region in order)
        {
            long offset = 0;
            foreach (Region other in placed.Where(p => p.Overlaps(region)).OrderBy(p => p.Offset))
            {
                if (offset + region.Bytes <= other.Offset)
                    break;
                offset = Math.Max(offset, other.Offset + other.Bytes);
            }

            region.Offset = offset;
            placed.Add(region);
        }
    }

    /// <summary>The step of a range during which the most bytes are live, and how many.</summary>
    public static (int Step, long Bytes) Peak(IReadOnlyList<Lifetime> buffers, int first, int last)
    {
        List<Region> regions = Regions(buffers);
        (int Step, long Bytes) peak = (first, 0);
        for (int step = first; step <= last; step++)
        {
            long bytes = regions.Where(r => r.First <= step && step <= r.Last).Sum(r => r.Bytes);
            if (bytes > peak.Bytes)
                peak = (step, bytes);
        }

        return peak;
    }

    private static List<Region> Regions(IReadOnlyList<Lifetime> buffers) =>
        buffers.GroupBy(b => b.Memory).Select(group => new Region(group.ToList())).ToList();

    private sealed class Region(List<Lifetime> buffers)
    {
        public List<Lifetime> Buffers { get; } = buffers;

        public int First { get; } = buffers.Min(b => b.FirstStep);

        public int Last { get; } = buffers.Max(b => b.LastStep);

        public long Bytes { get; } = (buffers.Max(b => b.Buffer.Bytes) + Plan.Alignment - 1) / Plan.Alignment * Plan.Alignment;

        public long Offset { get; set; }

        public bool Overlaps(Region other) => First <= other.Last && other.First <= Last;
    }
}
