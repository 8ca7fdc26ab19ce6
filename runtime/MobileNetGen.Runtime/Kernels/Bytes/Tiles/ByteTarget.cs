using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Where tiles write the bytes of a block themselves, while their sums are in registers and the next tile is multiplied. That is for blocks of one step in single precision on machines
/// that have the registers; other sums are written, and made bytes for a whole strip.
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

    /// <summary>
    /// Whether the halves of a tile of so many pixels have three or more of them, on average, for each four that are written at once: otherwise it takes longer than for a whole strip.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool PaysInFours(int pixels) => pixels >= 3 * (((pixels + 1) / 2 + 3) / 4 + (pixels / 2 + 3) / 4);

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
    public void Store(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, int count, byte* address)
    {
        Vector512<float> factor = *(Vector512<float>*)(_rescaling + RescalingLayout.Factor), offset = *(Vector512<float>*)(_rescaling + RescalingLayout.Offset);
        Vector512<short> lowerHalves = Vector512.CreateSequence<short>(0, 2);
        Vector512<short> first = Avx512F.FusedMultiplyAdd(a.AsSingle(), factor, offset).AsInt16(), second = first;
        if (count > 1)
            second = Avx512F.FusedMultiplyAdd(b.AsSingle(), factor, offset).AsInt16();
        Vector512<short> pairs = Avx512BW.PermuteVar32x16x2(first, lowerHalves, second), others = pairs;
        if (count > 2)
        {
            Vector512<short> third = Avx512F.FusedMultiplyAdd(c.AsSingle(), factor, offset).AsInt16(), fourth = third;
            if (count > 3)
                fourth = Avx512F.FusedMultiplyAdd(d.AsSingle(), factor, offset).AsInt16();
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

    /// <summary>The same of sums in halves: of each pixel those of the lower eight channels, then those of the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector256<int> a, Vector256<int> upperA, Vector256<int> b, Vector256<int> upperB, Vector256<int> c, Vector256<int> upperC, Vector256<int> d, Vector256<int> upperD, int count, byte* address)
    {
        StoreTwo(a, upperA, b, upperB, count, address);
        if (count > 2)
            StoreTwo(c, upperC, d, upperD, count - 2, address + 2 * Lanes);
    }

    /// <summary>Writes the bytes of two neighbouring pixels, or of the first.</summary>
    /// <param name="a">The first pixel's sums of the lower eight channels.</param>
    /// <param name="b">Those of the upper ones.</param>
    /// <param name="c">The second pixel's, likewise; any where there is none.</param>
    /// <param name="d">Those of the upper ones.</param>
    /// <param name="count">How many pixels, a constant to the JIT.</param>
    /// <param name="address">Where the first pixel's go.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreTwo(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, int count, byte* address)
    {
        Vector256<float> lowerFactor = Vector256.Load((float*)Factor), upperFactor = Vector256.Load((float*)Factor + 8);
        Vector256<float> lowerOffset = Vector256.Load((float*)Offset), upperOffset = Vector256.Load((float*)Offset + 8);
        Vector256<short> first = Words(Fma.MultiplyAdd(a.AsSingle(), lowerFactor, lowerOffset), Fma.MultiplyAdd(b.AsSingle(), upperFactor, upperOffset)), second = first;
        if (count > 1)
            second = Words(Fma.MultiplyAdd(c.AsSingle(), lowerFactor, lowerOffset), Fma.MultiplyAdd(d.AsSingle(), upperFactor, upperOffset));

        // Packed, each half of the vector has some channels of both pixels: 0 8 1 9 2 10 3 11, or 4 12 5 13 6 14 7 15.
        Vector256<byte> bytes = Avx2.Permute4x64(Avx2.PackUnsignedSaturate(first, second).AsInt64(), 0b11_01_10_00).AsByte();
        bytes = Avx2.Shuffle(bytes, Vector256.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
        bytes = Avx2.Min(Avx2.Max(bytes, Vector256.Create(_min)), Vector256.Create(_max));
        if (count > 1)
            bytes.Store(address);
        else
            bytes.GetLower().Store(address);

        // The integers in the results' lowest bits, the upper channels' between the lower ones'.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<short> Words(Vector256<float> lower, Vector256<float> upper) => Avx2.Blend(lower.AsInt16(), (upper.AsInt32() << 16).AsInt16(), 0b1010_1010);
    }
}
