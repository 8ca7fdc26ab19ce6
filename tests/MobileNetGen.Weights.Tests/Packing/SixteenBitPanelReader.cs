using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>Panels whose products are added in 16 bits, read as kernels read them and checked by the definition of what is exact.</summary>
internal static class SixteenBitPanelReader
{
    /// <summary>A panel's batches, and where the next panel starts.</summary>
    public static (IReadOnlyList<(int Group, sbyte[] Weights)[]> Batches, int End) Read(ReadOnlySpan<byte> blob)
    {
        List<int> sizes = [];
        for (int i = 0; i < 4; i++)
            sizes.AddRange(Enumerable.Repeat(4 - i, Word(blob, i)));
        int count = sizes.Sum(), weights = (2 * (4 + count) + 63) / 64 * 64, entry = 0;
        List<(int, sbyte[])[]> batches = [];
        foreach (int size in sizes)
        {
            var batch = new (int, sbyte[])[size];
            for (int i = 0; i < size; i++, entry++)
                batch[i] = (Word(blob, 4 + entry), Array.ConvertAll(blob.Slice(weights + (entry * 64), 64).ToArray(), b => (sbyte)b));
            batches.Add(batch);
        }

        return (batches, weights + (count * 64));
    }

    /// <summary>
    /// The largest and smallest value of any 16-bit sum of products, over all activations of 0 … 255 and however many of a batch's are added first: each weight's
    /// product is 0 or 255 times it at the worst.
    /// </summary>
    public static (int Smallest, int Largest) Extremes(IEnumerable<(int Group, sbyte[] Weights)[]> batches)
    {
        (int smallest, int largest) = (0, 0);
        foreach ((int, sbyte[] Weights)[] batch in batches)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                int[] products = [.. batch.SelectMany(e => new[] { e.Weights[2 * lane] * 255, e.Weights[(2 * lane) + 1] * 255 })];
                smallest = Math.Min(smallest, products.Where(p => p < 0).Sum());
                largest = Math.Max(largest, products.Where(p => p > 0).Sum());
            }
        }

        return (smallest, largest);
    }

    /// <summary>What the entries sum to, [groups][16][4].</summary>
    public static int[] Weights(IEnumerable<(int Group, sbyte[] Weights)[]> batches, int groups)
    {
        var sums = new int[groups * 64];
        foreach ((int group, sbyte[] weights) in batches.SelectMany(b => b))
        {
            for (int i = 0; i < 64; i++)
                sums[(group * 64) + i] += weights[i];
        }

        return sums;
    }

    /// <summary>The weights of a layer's panels, each [groups][16][4].</summary>
    public static int[][] Panels(ReadOnlySpan<byte> blob, int count, int groups)
    {
        var panels = new int[count][];
        for ((int i, int at) = (0, 0); i < count; i++)
        {
            (IReadOnlyList<(int Group, sbyte[] Weights)[]> batches, int end) = Read(blob[at..]);
            panels[i] = Weights(batches, groups);
            at += end;
        }

        return panels;
    }

    private static int Word(ReadOnlySpan<byte> blob, int index) => BinaryPrimitives.ReadUInt16LittleEndian(blob[(2 * index)..]);
}
