using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Weights of 16 outputs for some groups of four inputs, [16][4], in a batch whose products are added in 16 bits.</summary>
internal sealed record SixteenBitBatch(params (int Group, sbyte[] Weights)[] Entries);

/// <summary>Panels for the kernels that add products in 16 bits, made without the packer: batches come first and the weights are what they sum to.</summary>
internal static class SixteenBitPanels
{
    /// <summary>The bytes of panels, one after the other.</summary>
    public static sbyte[] Write(IEnumerable<SixteenBitBatch[]> panels)
    {
        List<byte> bytes = [];
        foreach (SixteenBitBatch[] panel in panels)
        {
            (int, sbyte[])[] entries = [.. Sized(4), .. Sized(3), .. Sized(2), .. Sized(1)];
            int[] words = [Sized(4).Count() / 4, Sized(3).Count() / 3, Sized(2).Count() / 2, Sized(1).Count(), .. entries.Select(e => e.Item1)];
            bytes.AddRange(words.SelectMany(word => BitConverter.GetBytes((ushort)word)));
            while (bytes.Count % 64 != 0)
                bytes.Add(0);
            bytes.AddRange(entries.SelectMany(e => e.Item2).Select(w => (byte)w));

            IEnumerable<(int, sbyte[])> Sized(int size) => panel.Where(b => b.Entries.Length == size).SelectMany(b => b.Entries);
        }
        return [.. bytes.Select(b => (sbyte)b)];
    }

    /// <summary>The weights, [output, 0, 0, input]. Those of outputs and inputs that do not exist must be zero.</summary>
    public static sbyte[,,,] Weights(IReadOnlyList<SixteenBitBatch[]> panels, int outputs, int inputs)
    {
        var weights = new sbyte[outputs, 1, 1, inputs];
        for (int panel = 0; panel < panels.Count; panel++)
            foreach ((int group, sbyte[] entry) in panels[panel].SelectMany(b => b.Entries))
                for (int i = 0; i < 64; i++)
                {
                    (int output, int input) = (panel * 16 + i / 4, group * 4 + i % 4);
                    if (output < outputs && input < inputs)
                        weights[output, 0, 0, input] = checked((sbyte)(weights[output, 0, 0, input] + entry[i]));
                    else
                        Assert.Equal(0, entry[i]);
                }
        return weights;
    }

    /// <summary>
    /// Panels in which every group occurs, some twice, in batches of all sizes and any order; lanes are as full as 16 bits allow: weights of one sign sum to
    /// ±128 in a lane of a batch at most.
    /// </summary>
    public static SixteenBitBatch[][] Any(Noise noise, int outputs, int inputs, bool hasThrees) => [.. Enumerable.Range(0, (outputs + 15) / 16).Select(panel =>
    {
        int groups = (inputs + 3) / 4;
        List<int> order = [.. Enumerable.Range(0, groups), .. Enumerable.Range(0, groups).Where(_ => noise.Integer(0, 3) == 0)];
        List<SixteenBitBatch> batches = [];
        while (order.Count > 0)
        {
            int size = new[] { 1, 2, hasThrees ? 3 : 4, 4, 4 }[noise.Integer(0, 4)];
            if (size > order.Count)
                size = 1;
            (int Group, sbyte[] Weights)[] entries = new (int, sbyte[])[size];
            var room = new (int Positive, int Negative)[32];
            Array.Fill(room, (128, 128));
            for (int e = 0; e < size; e++)
            {
                int at = noise.Integer(0, order.Count - 1), group = order[at];
                order.RemoveAt(at);
                entries[e] = (group, new sbyte[64]);
                for (int i = 0; i < 64; i++)
                {
                    // Half of the range, so that both entries of a group together are signed bytes.
                    if (panel * 16 + i / 4 >= outputs || group * 4 + i % 4 >= inputs)
                        continue;
                    ref (int Positive, int Negative) left = ref room[i / 2];
                    int weight = noise.Integer(-Math.Min(left.Negative, 63), Math.Min(left.Positive, 63));
                    left = (left.Positive - Math.Max(weight, 0), left.Negative + Math.Min(weight, 0));
                    entries[e].Weights[i] = (sbyte)weight;
                }
            }
            batches.Add(new SixteenBitBatch(entries));
        }
        return batches.ToArray();
    })];
}
