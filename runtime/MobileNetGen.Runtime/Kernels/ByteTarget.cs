using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Where tiles write the bytes of a block themselves, while their sums are in registers and the next tile is multiplied. That is for blocks of one step in single precision on machines
/// with AVX-512, which have the registers; other sums are written, and made bytes for a whole strip.
/// </summary>
/// <param name="rows">[rows], where each row's bytes of block 0 go.</param>
/// <param name="offset">From there to the block meant.</param>
/// <param name="channels">The block's parameters.</param>
/// <param name="r">What the channels have in common.</param>
internal readonly unsafe struct ByteTarget(byte** rows, nint offset, int* channels, in Requantization r)
{
    private const int Lanes = 16;

    private readonly byte** _rows = rows;
    private readonly nint _offset = offset;
    private readonly int* _channels = channels;
    private readonly byte _min = r.Min;
    private readonly byte _max = r.Max;

    /// <summary>Whether there is one, for tiles of so many pixels; if not, they write sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsFor<TSums>(int pixels)
        where TSums : struct, IByteSums<TSums>
        => Pays<TSums>(pixels) && _channels != null;

    /// <summary>Whether it pays for tiles at all of some places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static bool Pays<TSums>(TilePlace* places, int count)
        where TSums : struct, IByteSums<TSums>
    {
        bool pays = true;
        for (int i = 0; i < count; i++)
            pays &= Pays<TSums>(places[i].Pixels);
        return pays;
    }

    /// <summary>
    /// Whether the halves of a tile have three pixels or more, on average, for each four that are written at once: otherwise it takes longer than for a whole strip.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Pays<TSums>(int pixels)
        where TSums : struct, IByteSums<TSums>
        => Avx512BW.IsSupported && TSums.Count == Lanes && pixels >= 3 * (((pixels + 1) / 2 + 3) / 4 + (pixels / 2 + 3) / 4);

    /// <summary>Where the bytes of a row's pixel go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Pixel(int row, nint column) => _rows[row] + _offset + column * Lanes;

    /// <summary>Writes the bytes of one to four neighbouring pixels; more than that are none of it.</summary>
    /// <param name="a">The first pixel's sums.</param>
    /// <param name="b">The second's; any where there is none.</param>
    /// <param name="c">The third's, likewise.</param>
    /// <param name="d">The fourth's, likewise.</param>
    /// <param name="count">How many pixels, a constant to the JIT.</param>
    /// <param name="address">Where the first pixel's go.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSums>(TSums a, TSums b, TSums c, TSums d, int count, byte* address)
        where TSums : struct, IByteSums<TSums>
    {
        ByteVector512 factor = ByteVector512.Load(_channels + Channels.Factor), offset = ByteVector512.Load(_channels + Channels.Offset);
        ByteVector512 first = Scale(a), second = count > 1 ? Scale(b) : first, third = count > 2 ? Scale(c) : first, fourth = count > 3 ? Scale(d) : third;
        Vector512<byte> bytes = ByteVector512.ToBytes(first, second, third, fourth, new(Vector512.Create(_min).AsInt32()), new(Vector512.Create(_max).AsInt32()));
        if (count > 3)
            bytes.Store(address);
        else if (count > 1)
            bytes.GetLower().Store(address);
        else
            bytes.GetLower().GetLower().Store(address);
        if (count == 3)
            bytes.GetUpper().GetLower().Store(address + 2 * Lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        ByteVector512 Scale(TSums sums) => ByteVector512.MultiplyAdd(new(sums.ToVector512()), factor, offset);
    }
}
