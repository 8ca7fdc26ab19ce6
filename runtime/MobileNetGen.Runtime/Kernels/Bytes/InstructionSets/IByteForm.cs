using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The tiles of a convolution of bytes: an arithmetic, and how it reads weights.</summary>
internal unsafe interface IByteForm
{
    /// <summary>Outputs of a tile.</summary>
    static abstract int Count { get; }

    /// <summary>The most pixels of a tile.</summary>
    static abstract int TilePixels { get; }

    /// <summary>Whether tiles of so many pixels had better make bytes of their sums, and can.</summary>
    static abstract bool MakesBytes(int pixels);

    /// <summary>Whether it adds weights that are packed for 16 bits in batches; if not, entry by entry.</summary>
    static virtual bool HasBatches => true;

    /// <summary>Whether there are tiles for blocks of whose outputs only the first half is meant.</summary>
    static virtual bool HasHalf => false;

    /// <summary>Whether it has to put panels in order before it uses them.</summary>
    static virtual bool HasOrder => false;

    /// <summary>Puts a block's panel in order, and its biases. The memory stays until the next panel.</summary>
    static virtual void Order(in ByteConvolution c, ref BytePanel panel, ref int* bias)
    {
    }

    /// <summary>Whether it makes activations wider before it uses them.</summary>
    static virtual bool Widens => false;

    /// <summary>The tiles of a place.</summary>
    static abstract void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target);
}

/// <summary>Entries one by one.</summary>
/// <typeparam name="TSums">The arithmetic.</typeparam>
/// <typeparam name="THalf">That for half a block; the same where it would save nothing.</typeparam>
internal readonly unsafe struct PlainForm<TSums, THalf> : IByteForm where TSums : struct, IByteSums<TSums> where THalf : struct, IByteSums<THalf>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => TSums.MakesBytes(pixels);

    public static bool HasBatches => false;

    public static bool HasHalf => typeof(TSums) != typeof(THalf);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
    {
        if (isHalf)
            UInt8Kernels.PlainTiles<THalf>(strip, place, panel, bias, target);
        else
            UInt8Kernels.PlainTiles<TSums>(strip, place, panel, bias, target);
    }
}

/// <summary>Entries one by one, of activations and weights of 16 bits.</summary>
/// <typeparam name="TSums">The arithmetic.</typeparam>
/// <typeparam name="THalf">That for half a block; the same where it would save nothing.</typeparam>
internal readonly unsafe struct WideForm<TSums, THalf> : IByteForm where TSums : struct, IByteSums<TSums> where THalf : struct, IByteSums<THalf>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => TSums.MakesBytes(pixels);

    public static bool HasHalf => typeof(TSums) != typeof(THalf);

    public static bool HasOrder => true;

    public static bool Widens => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Order(in ByteConvolution c, ref BytePanel panel, ref int* bias) => WidePanel.Order(c, ref panel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
    {
        if (isHalf)
            UInt8Kernels.PlainTiles<THalf, N32>(strip, place, panel, bias, target);
        else
            UInt8Kernels.PlainTiles<TSums, N32>(strip, place, panel, bias, target);
    }
}

/// <summary>Batches of four and of two.</summary>
internal readonly unsafe struct BatchForm<TSums> : IByteForm where TSums : struct, IBatchSums<TSums>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => TSums.MakesBytes(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
        => UInt8Kernels.BatchTiles<TSums>(strip, place, panel, bias, target);
}

/// <summary>Batches of four, of three and of two: longer code, for weights that seldom go into batches of four.</summary>
internal readonly unsafe struct TripleForm<TSums> : IByteForm where TSums : struct, IBatchSums<TSums>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => TSums.MakesBytes(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
        => UInt8Kernels.TripleTiles<TSums>(strip, place, panel, bias, target);
}

/// <summary>Runs, entry by entry, then single entries.</summary>
/// <typeparam name="TSums">The arithmetic.</typeparam>
/// <typeparam name="THalf">That for half a block.</typeparam>
internal readonly unsafe struct DotForm<TSums, THalf> : IByteForm where TSums : struct, IDotSums<TSums> where THalf : struct, IDotSums<THalf>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => true;

    public static bool HasHalf => true;

    public static bool HasOrder => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Order(in ByteConvolution c, ref BytePanel panel, ref int* bias) => RunPanel.Order<TSums>(c, ref panel, ref bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
    {
        if (isHalf)
            UInt8Kernels.DotTiles<THalf>(strip, place, panel, bias, target);
        else
            UInt8Kernels.DotTiles<TSums>(strip, place, panel, bias, target);
    }
}

/// <summary>Runs, two entries at a time, then single entries.</summary>
internal readonly unsafe struct PairForm<TSums> : IByteForm where TSums : struct, IPairSums<TSums>
{
    public static int Count => TSums.Count;

    public static int TilePixels => TSums.TilePixels;

    public static bool MakesBytes(int pixels) => true;

    public static bool HasHalf => true;

    public static bool HasOrder => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Order(in ByteConvolution c, ref BytePanel panel, ref int* bias) => RunPanel.Order<TSums>(c, ref panel, ref bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(bool isHalf, in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
        => UInt8Kernels.PairTiles<TSums>(strip, place, isHalf && panel.Lane > 0 ? panel.Empty() : panel, bias, target);
}
