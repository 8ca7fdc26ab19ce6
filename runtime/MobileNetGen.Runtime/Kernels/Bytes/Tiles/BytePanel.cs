using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The weights of a block of outputs as entries, [16][4] each, and where the four activations that an entry's weights meet lie from a pixel's window.</summary>
internal readonly unsafe struct BytePanel
{
    /// <summary>A plain panel, whose entries are all single.</summary>
    /// <param name="weights">Its weights.</param>
    /// <param name="offsets">The offset of each entry.</param>
    /// <param name="entries">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BytePanel(sbyte* weights, int* offsets, int entries)
    {
        Weights = weights;
        Offsets = Fours = Threes = Twos = offsets;
        Ones = offsets + entries;
        End = weights + (nint)entries * BlobLayout.Entry;
    }

    /// <summary>A panel packed for 16 bits.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="blockStride">From one block of the input to the next.</param>
    /// <param name="window">Where the groups of a window of several pixels lie, or null.</param>
    /// <param name="offsets">Room for the offsets of its entries, and up to seven more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BytePanel(sbyte* panel, int blockStride, int* window, int* offsets)
    {
        var head = (ushort*)panel;
        int fours = 4 * head[0], threes = 3 * head[1], twos = 2 * head[2], count = fours + threes + twos + head[3];
        Offsets = offsets;
        Fours = offsets + fours;
        Threes = Fours + threes;
        Twos = Threes + twos;
        Ones = offsets + count;
        Weights = panel + SixteenBitLayout.Head(count);
        End = Weights + (nint)count * BlobLayout.Entry;

        for (int i = 0; i < count && window != null; i++)
            offsets[i] = window[head[SixteenBitLayout.HeaderWords + i]];

        // A block holds four groups. What is read behind the last one is padding or weights.
        for (int i = 0; i < count && window == null; i += Vector256<int>.Count)
        {
            (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.Load(head + SixteenBitLayout.HeaderWords + i));
            Vector256<int> group = Vector256.Create(lower, upper).AsInt32();
            ((group >> 2) * blockStride + ((group & Vector256.Create(3)) << 2)).Store(offsets + i);
        }
    }

    /// <summary>A plain panel that begins with batches of four.</summary>
    /// <param name="weights">Its weights.</param>
    /// <param name="offsets">The offset of each entry.</param>
    /// <param name="fours">Entries in such batches.</param>
    /// <param name="entries">All entries.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BytePanel(sbyte* weights, int* offsets, int fours, int entries)
        : this(weights, offsets, entries)
        => Fours = Threes = Twos = offsets + fours;

    private BytePanel(in BytePanel all, int lane)
    {
        this = all;
        Weights += 4 * lane;
        Lane = lane;
    }

    /// <summary>The first entry's weights.</summary>
    public sbyte* Weights { get; }

    /// <summary>The first of its outputs that is meant.</summary>
    public int Lane { get; }

    /// <summary>The offsets of the entries.</summary>
    public int* Offsets { get; }

    /// <summary>End of the offsets of batches of four, which come first.</summary>
    public int* Fours { get; }

    /// <summary>End of those of batches of three.</summary>
    public int* Threes { get; }

    /// <summary>End of those of batches of two.</summary>
    public int* Twos { get; }

    /// <summary>End of those of single entries.</summary>
    public int* Ones { get; }

    /// <summary>The next panel.</summary>
    public sbyte* End { get; }

    /// <summary>The same for the outputs from one on.</summary>
    public BytePanel From(int lane) => new(this, lane);

    /// <summary>The same entries one by one.</summary>
    public BytePanel Single() => new(Weights, Offsets, (int)(Ones - Offsets));

    /// <summary>None of its entries, for the same outputs.</summary>
    public BytePanel Empty() => new(new BytePanel(Weights, Offsets, 0), Lane);

    /// <summary>The same entries, of which the first are batches of four.</summary>
    public BytePanel Runs(int fours) => new(Weights, Offsets, fours, (int)(Ones - Offsets));
}
