using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Any Arm64 processor: half a block's outputs, two sums each, of the first two products of entries and of the last two. The products of two entries are added in 16 bits first. These hold
/// the sum of any two but (−128) · (−128), and <see cref="Takes"/> rules out that both weights are −128.
/// </summary>
internal readonly unsafe struct PairSumsAdvSimd(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) : IPairSums<PairSumsAdvSimd>
{
    private readonly Vector128<int> _a = a;
    private readonly Vector128<int> _b = b;
    private readonly Vector128<int> _c = c;
    private readonly Vector128<int> _d = d;

    public static int Count => 8;

    public static int TilePixels => 4;

    private Vector128<int> Lower
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AdvSimd.Arm64.AddPairwise(_a, _b);
    }

    private Vector128<int> Upper
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AdvSimd.Arm64.AddPairwise(_c, _d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairSumsAdvSimd Load(int* bias)
    {
        Vector128<int> lower = Vector128.Load(bias), upper = Vector128.Load(bias + 4), none = default;
        return new(AdvSimd.Arm64.ZipLow(lower, none), AdvSimd.Arm64.ZipHigh(lower, none), AdvSimd.Arm64.ZipLow(upper, none), AdvSimd.Arm64.ZipHigh(upper, none));
    }

    /// <summary>In the first two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairSumsAdvSimd LoadNumbers(int* numbers) => new(Vector128.Load(numbers), Vector128.Load(numbers + 4), default, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalfEntry LoadWeights(sbyte* weights) => HalfEntry.Load(weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        Lower.Store(address);
        Upper.Store(address + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairSumsAdvSimd AddOne(PairSumsAdvSimd sums, nint pixel, byte* i, HalfEntry wi)
    {
        Vector64<sbyte> x = Select(SignedBytes.LoadGroup(i + pixel), 0);
        return sums.Add(AdvSimd.MultiplyWideningLower(x, wi.A), AdvSimd.MultiplyWideningLower(x, wi.B), AdvSimd.MultiplyWideningLower(x, wi.C), AdvSimd.MultiplyWideningLower(x, wi.D));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairSumsAdvSimd AddSelected(PairSumsAdvSimd sums, Vector128<sbyte> run, HalfEntry wi, HalfEntry wj, [ConstantExpected(Max = (byte)3)] byte index, [ConstantExpected(Max = (byte)3)] byte next)
    {
        Vector64<sbyte> x = Select(run, index), y = Select(run, next);
        return sums.Add(
            AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(x, wi.A), y, wj.A), AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(x, wi.B), y, wj.B),
            AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(x, wi.C), y, wj.C), AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(x, wi.D), y, wj.D));
    }

    // Entries 0 and 1 meet, and 2 and 3.
    public static bool Takes(sbyte* weights)
    {
        Vector128<sbyte> lowest = Vector128.Create(sbyte.MinValue), both = Vector128<sbyte>.Zero;
        for (int i = 0; i < BlobLayout.Entry; i += 16)
        {
            both |= Vector128.Equals(Vector128.Load(weights + i), lowest) & Vector128.Equals(Vector128.Load(weights + i + BlobLayout.Entry), lowest);
            both |= Vector128.Equals(Vector128.Load(weights + i + 2 * BlobLayout.Entry), lowest) & Vector128.Equals(Vector128.Load(weights + i + 3 * BlobLayout.Entry), lowest);
        }
        return both == Vector128<sbyte>.Zero;
    }

    public static void Shift(sbyte* weights, int entries, int* bias, int* shifted)
    {
        Vector128<int> a = default, b = a, c = a, d = a;
        for (sbyte* end = weights + (nint)entries * BlobLayout.Entry; weights < end; weights += BlobLayout.Entry)
        {
            a = AddWeights(a, weights);
            b = AddWeights(b, weights + 16);
            c = AddWeights(c, weights + 32);
            d = AddWeights(d, weights + 48);
        }
        (Vector128.Load(bias) + (a << 7)).Store(shifted);
        (Vector128.Load(bias + 4) + (b << 7)).Store(shifted + 4);
        (Vector128.Load(bias + 8) + (c << 7)).Store(shifted + 8);
        (Vector128.Load(bias + 12) + (d << 7)).Store(shifted + 12);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<int> AddWeights(Vector128<int> sums, sbyte* weights) => AdvSimd.AddPairwiseWideningAndAdd(sums, AdvSimd.AddPairwiseWidening(Vector128.Load(weights)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(PairSumsAdvSimd sums, PairSumsAdvSimd factor, PairSumsAdvSimd offset, Vector128<byte> min, Vector128<byte> max, in ByteTarget target, byte* address)
    {
        Vector128<short> words = SignedBytes.Narrow(SignedBytes.Rescale(sums.Lower, factor._a, offset._a), SignedBytes.Rescale(sums.Upper, factor._b, offset._b));
        Vector64.Min(Vector64.Max(AdvSimd.ExtractNarrowingSaturateUnsignedLower(words), min.GetLower()), max.GetLower()).Store(address);
    }

    /// <summary>A group of a run, twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector64<sbyte> Select(Vector128<sbyte> run, [ConstantExpected(Max = (byte)3)] byte index) => AdvSimd.DuplicateSelectedScalarToVector64(run.AsInt32(), index).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PairSumsAdvSimd Add(Vector128<short> a, Vector128<short> b, Vector128<short> c, Vector128<short> d)
        => new(
            AdvSimd.AddPairwiseWideningAndAdd(_a, a), AdvSimd.AddPairwiseWideningAndAdd(_b, b),
            AdvSimd.AddPairwiseWideningAndAdd(_c, c), AdvSimd.AddPairwiseWideningAndAdd(_d, d));
}
