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
/// <param name="rescaling">The block's numbers.</param>
/// <param name="r">What the channels have in common.</param>
internal readonly unsafe struct ByteTarget(byte** rows, nint offset, int* rescaling, in Requantization r)
{
    private const int Lanes = BlobLayout.Lanes;

    private readonly byte** _rows = rows;
    private readonly nint _offset = offset;
    private readonly int* _rescaling = rescaling;
    private readonly byte _min = r.Min;
    private readonly byte _max = r.Max;

    /// <summary>Whether there is one; if not, tiles write sums.</summary>
    public bool IsPresent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _rescaling != null;
    }

    /// <summary>What the block's sums are multiplied by.</summary>
    public int* Factor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _rescaling + RescalingLayout.Factor;
    }

    /// <summary>What is added then.</summary>
    public int* Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _rescaling + RescalingLayout.Offset;
    }

    /// <summary>Lower end of the activation.</summary>
    public Vector128<byte> Min
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(_min);
    }

    /// <summary>Upper end of the activation.</summary>
    public Vector128<byte> Max
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(_max);
    }

    /// <summary>Whether it takes such sums: all 16 outputs of a block in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Takes<TSums>() where TSums : struct, IByteSums<TSums> => Avx512BW.IsSupported && TSums.Count == Lanes;

    /// <summary>
    /// Whether the halves of a tile of so many pixels have three or more of them, on average, for each four that are written at once: otherwise it takes longer than for a whole strip.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Pays(int pixels) => pixels >= 3 * (((pixels + 1) / 2 + 3) / 4 + (pixels / 2 + 3) / 4);

    /// <summary>Whether it pays for a strip: in the tiles of every place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static bool Pays(TilePlace* places, int count)
    {
        bool pays = true;
        for (int i = 0; i < count; i++)
            pays &= Pays(places[i].Pixels);
        return pays;
    }

    /// <summary>Where the bytes of a row's pixel go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Pixel(int row, nint column) => _rows[row] + _offset + column * Lanes;

    /// <summary>Writes the bytes of neighbouring pixels, of the first four if there are more.</summary>
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
        Vector512<float> factor = *(Vector512<float>*)(_rescaling + RescalingLayout.Factor), offset = *(Vector512<float>*)(_rescaling + RescalingLayout.Offset);
        Vector512<short> lowerHalves = Vector512.CreateSequence<short>(0, 2);
        Vector512<short> first = Avx512F.FusedMultiplyAdd(a.ToVector512().AsSingle(), factor, offset).AsInt16(), second = first;
        if (count > 1)
            second = Avx512F.FusedMultiplyAdd(b.ToVector512().AsSingle(), factor, offset).AsInt16();
        Vector512<short> pairs = Avx512BW.PermuteVar32x16x2(first, lowerHalves, second), others = pairs;
        if (count > 2)
        {
            Vector512<short> third = Avx512F.FusedMultiplyAdd(c.ToVector512().AsSingle(), factor, offset).AsInt16(), fourth = third;
            if (count > 3)
                fourth = Avx512F.FusedMultiplyAdd(d.ToVector512().AsSingle(), factor, offset).AsInt16();
            others = Avx512BW.PermuteVar32x16x2(third, lowerHalves, fourth);
        }

        Vector512<byte> bytes = Avx512F.PermuteVar8x64(Avx512BW.PackUnsignedSaturate(pairs, others).AsInt64(), Vector512.Create(0, 2, 4, 6, 1, 3, 5, 7)).AsByte();
        bytes = Avx512BW.Min(Avx512BW.Max(bytes, Vector512.Create(_min)), Vector512.Create(_max));
        if (count > 3)
            bytes.Store(address);
        else if (count > 1)
            bytes.GetLower().Store(address);
        else
            bytes.GetLower().GetLower().Store(address);
        if (count == 3)
            bytes.GetUpper().GetLower().Store(address + 2 * Lanes);
    }
}
