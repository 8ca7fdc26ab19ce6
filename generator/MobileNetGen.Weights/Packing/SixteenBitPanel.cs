using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// The weights of 16 output channels in batches of four, three, two and single entries whose products can be added in 16 bits before they are widened. Which entries
/// go together is free, since activations are broadcast from wherever an entry's input channels lie.
/// </summary>
internal sealed class SixteenBitPanel
{
    // Orders that are tried until one comes so close to the least cost possible. Few panels improve after the third.
    private const int Attempts = 4;
    private const double CloseEnough = 1.02;

    private static readonly int[] s_sizes = [4, 3, 2, 1];

    private readonly List<SixteenBitEntry[]> _batches;

    private SixteenBitPanel(List<SixteenBitEntry[]> batches) => _batches = batches;

    /// <summary>Entries.</summary>
    public int Entries => _batches.Sum(b => b.Length);

    /// <summary>Instructions of 512 bits for each pixel, which set the time: to multiply and add an entry, and to widen a batch's sum.</summary>
    public int Cost => (2 * Entries) + _batches.Count;

    /// <summary>Bytes that <see cref="ToArray"/> gives.</summary>
    public int Bytes => SixteenBitLayout.Head(Entries) + (Entries * SixteenBitEntry.Size);

    /// <summary>What a panel of the plain form costs: in the time of two vpdpbusd of 256 bits, for each group, a processor does about 3.2 such instructions.</summary>
    public static double PlainCost(int groups) => 3.2 * groups;

    /// <summary>The least that a panel of such entries can cost, as its fullest lane allows no fewer batches.</summary>
    public static int LeastCost(IReadOnlyList<SixteenBitEntry> entries)
    {
        var sums = new int[SixteenBitEntry.Size];
        foreach (SixteenBitEntry entry in entries)
        {
            for (int lane = 0; lane < SixteenBitEntry.Size / 2; lane++)
            {
                sums[lane] += entry.Load.Positive[lane];
                sums[lane + (SixteenBitEntry.Size / 2)] += entry.Load.Negative[lane];
            }
        }

        int most = s_sizes[0], full = SixteenBitEntry.LaneLimit;
        return (2 * entries.Count) + Math.Max((entries.Count + most - 1) / most, (sums.Max() + full - 1) / full);
    }

    /// <summary>Packs a panel.</summary>
    /// <param name="entries">All of its entries.</param>
    /// <param name="hasThrees">Whether there may be batches of three.</param>
    public static SixteenBitPanel Pack(IReadOnlyList<SixteenBitEntry> entries, bool hasThrees)
    {
        var random = new SplitMix64(1);
        SixteenBitPanel? best = null;
        double closeEnough = LeastCost(entries) * CloseEnough;
        for (int attempt = 0; attempt < Attempts && (best is null || best.Cost > closeEnough); attempt++)
        {
            // Heavy entries first, as in any bin packing; later attempts disturb that order by up to half.
            SixteenBitEntry[] order = [.. entries.OrderByDescending(e => (long)e.Load.Fullness * (attempt == 0 ? 256 : 256 + (int)(random.Next() & 127)))];
            var panel = new SixteenBitPanel(Batches(order, weight: attempt % 2 == 0 ? 2 : 3, hasThrees));
            if (best is null || panel.Cost < best.Cost)
                best = panel;
        }

        return best!;
    }

    /// <summary>The panel as <see cref="SixteenBitLayout"/> has it.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        for (int i = 0; i < s_sizes.Length; i++)
            Word(i, _batches.Count(b => b.Length == s_sizes[i]));
        int index = 0, head = SixteenBitLayout.Head(Entries);
        foreach (SixteenBitEntry entry in s_sizes.SelectMany(size => _batches.Where(b => b.Length == size).SelectMany(b => b)))
        {
            Word(SixteenBitLayout.HeaderWords + index, entry.Group);
            MemoryMarshal.AsBytes<sbyte>(entry.Weights).CopyTo(bytes.AsSpan(head + (index * SixteenBitEntry.Size)));
            index++;
        }

        return bytes;

        void Word(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * at), (ushort)value);
    }

    /// <summary>
    /// Proves of the bytes of a panel what makes them exact: that no lane of any batch can leave 16 bits, and that the entries of each group of input channels
    /// sum to its weights.
    /// </summary>
    /// <param name="panel">The bytes.</param>
    /// <param name="weights">The centred weights, [groups][16][4].</param>
    /// <param name="hasThrees">Whether there may be batches of three.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Disprove(ReadOnlySpan<byte> panel, ReadOnlySpan<short> weights, bool hasThrees)
    {
        int[] counts = [Word(panel, 0), Word(panel, 1), Word(panel, 2), Word(panel, 3)];
        int entries = s_sizes.Zip(counts, (size, count) => size * count).Sum(), entry = 0, head = SixteenBitLayout.Head(entries);
        if (panel.Length != head + (entries * SixteenBitEntry.Size))
            return $"{panel.Length} bytes do not hold {entries} entries";
        if (counts[1] > 0 && !hasThrees)
            return "it has batches of three, which its kernel does not";
        var sums = new int[weights.Length];
        for (int size = 0; size < s_sizes.Length; size++)
        {
            for (int batch = 0; batch < counts[size]; batch++)
            {
                var positive = new int[SixteenBitEntry.Size / 2];
                var negative = new int[SixteenBitEntry.Size / 2];
                for (int i = 0; i < s_sizes[size]; i++, entry++)
                {
                    int group = Word(panel, SixteenBitLayout.HeaderWords + entry);
                    if ((group + 1) * SixteenBitEntry.Size > sums.Length)
                        return $"entry {entry} reads input channels {group * SixteenBitEntry.Inputs} and on, which do not exist";
                    for (int j = 0; j < SixteenBitEntry.Size; j++)
                    {
                        int weight = (sbyte)panel[head + (entry * SixteenBitEntry.Size) + j];
                        sums[(group * SixteenBitEntry.Size) + j] += weight;
                        (weight > 0 ? positive : negative)[j / 2] += byte.MaxValue * Math.Abs(weight);
                    }
                }

                if (positive.Max() > short.MaxValue || negative.Max() > -short.MinValue)
                    return $"a lane of the {s_sizes[size]} entries before entry {entry} sums to {positive.Max()} or −{negative.Max()}";
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i] != weights[i])
                return $"weight {i} is {weights[i]} and was packed as {sums[i]}";
        }

        return null;
    }

    private static int Word(ReadOnlySpan<byte> panel, int index) => BinaryPrimitives.ReadUInt16LittleEndian(panel[(2 * index)..]);

    /// <summary>Fills a batch after the other: with the entry that was not used and is heaviest, then with those that leave lanes emptiest for their weight.</summary>
    private static List<SixteenBitEntry[]> Batches(SixteenBitEntry[] order, int weight, bool hasThrees)
    {
        var loads = Array.ConvertAll(order, e => e.Load);
        long[] worth = Array.ConvertAll(order, e => (long)e.Load.Fullness * weight);
        List<int> free = [.. Enumerable.Range(0, order.Length)];
        List<SixteenBitEntry[]> batches = [];
        while (free.Count > 0)
        {
            List<SixteenBitEntry> batch = [];
            LaneLoad load = default;
            for (int at = 0; at >= 0 && batch.Count < s_sizes[0];)
            {
                int entry = free[at];
                batch.Add(order[entry]);
                load += loads[entry];
                free.RemoveAt(at);
                at = BestOf(free, loads, worth, load, batch.Count + 1);
            }

            // Else three are two and one: as many multiplications as four of which one is zero, and fewer bytes.
            batches.AddRange(batch.Count == 3 && !hasThrees ? [[batch[0], batch[1]], [batch[2]]] : [[.. batch]]);
        }

        return batches;
    }

    /// <summary>Which of the free entries to add, or −1 where none fits.</summary>
    private static int BestOf(List<int> free, LaneLoad[] loads, long[] worth, LaneLoad load, int count)
    {
        (int best, long least) = (-1, long.MaxValue);
        for (int i = 0; i < free.Count; i++)
        {
            LaneLoad sum = load + loads[free[i]];
            if (!sum.Fits)
                continue;
            long score = sum.Fullness - (worth[free[i]] * count);
            if (score < least)
                (best, least) = (i, score);
        }

        return best;
    }
}
