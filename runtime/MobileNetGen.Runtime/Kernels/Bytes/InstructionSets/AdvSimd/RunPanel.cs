using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Makes a panel one of runs: its batches of four are then the entries of four groups that lie together. Panels that are packed for 16 bits have their entries in any order, and some groups
/// twice: their weights are copied in the order of the groups, once for all pixels of a strip.
/// </summary>
internal static unsafe class RunPanel
{
    /// <summary>Puts a panel and its biases in order.</summary>
    /// <param name="c">The convolution.</param>
    /// <param name="panel">A block's panel.</param>
    /// <param name="bias">[16], its biases; then those for signed activations.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Order<TSums>(in ByteConvolution c, ref BytePanel panel, ref int* bias) where TSums : struct, IRunSums<TSums>
    {
        // Up to three empty groups fill the last run; a group that no entry has is empty too, and there is not more than one for each entry.
        int entries = (int)(panel.Ones - panel.Offsets), most = 2 * entries + 3;
        var shifted = (int*)ThreadScratch.GetForPanel(BlobLayout.Alignment + (c.SixteenBitEntries > 0 && c.Kernel == 1 ? most * (BlobLayout.Entry + sizeof(int)) : 0));
        TSums.Shift(panel.Weights, entries, bias, shifted);
        bias = shifted;
        if (c.Kernel > 1 && (c.Lanes != BlobLayout.Lanes || c.Groups % 4 != 0))
            panel = panel.Single();
        else if (c.SixteenBitEntries > 0)
            panel = Sorted(panel, c.Input.BlockStride, most, (sbyte*)shifted + BlobLayout.Alignment);
        else
            panel = panel.Runs(entries & ~3);

        int taken = 0;
        for (int runs = (int)(panel.Fours - panel.Offsets); taken < runs && TSums.Takes(panel.Weights + (nint)taken * BlobLayout.Entry);)
            taken += 4;
        panel = panel.Runs(taken);
    }

    /// <summary>The entries of a panel for 16 bits in the order of the groups, then those of groups that had come before.</summary>
    private static BytePanel Sorted(in BytePanel panel, int blockStride, int most, sbyte* weights)
    {
        int entries = (int)(panel.Ones - panel.Offsets), groups = 0;
        var offsets = (int*)(weights + (nint)most * BlobLayout.Entry);
        var group = (ushort*)(panel.Weights - SixteenBitLayout.Head(entries)) + SixteenBitLayout.HeaderWords;
        for (int i = 0; i < entries; i++)
            groups = int.Max(groups, group[i] + 1);
        groups = (groups + 3) & ~3;
        if (groups > most - entries)
            return panel.Single();

        // No entry yet.
        for (int i = 0; i < groups; i += 4)
            Vector128.Create(-1).Store(offsets + i);
        sbyte* last = weights + (nint)groups * BlobLayout.Entry;
        int count = groups;
        for (int i = 0; i < entries; i++)
        {
            sbyte* source = panel.Weights + (nint)i * BlobLayout.Entry, target = weights + (nint)group[i] * BlobLayout.Entry;
            if (offsets[group[i]] >= 0)
            {
                target = last;
                last += BlobLayout.Entry;
                offsets[count++] = panel.Offsets[i];
            }
            else
            {
                offsets[group[i]] = i;
            }
            Copy(source, target);
        }
        for (int i = 0; i < groups; i++)
        {
            if (offsets[i] < 0)
                Clear(weights + (nint)i * BlobLayout.Entry);
            offsets[i] = (i >> 2) * blockStride + ((i & 3) << 2);
        }
        return new BytePanel(weights, offsets, groups, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(sbyte* source, sbyte* target)
    {
        Vector128<sbyte> a = Vector128.Load(source), b = Vector128.Load(source + 16), c = Vector128.Load(source + 32), d = Vector128.Load(source + 48);
        a.Store(target);
        b.Store(target + 16);
        c.Store(target + 32);
        d.Store(target + 48);
    }

    private static void Clear(sbyte* target)
    {
        for (int i = 0; i < BlobLayout.Entry; i += 16)
            Vector128<sbyte>.Zero.Store(target + i);
    }
}
