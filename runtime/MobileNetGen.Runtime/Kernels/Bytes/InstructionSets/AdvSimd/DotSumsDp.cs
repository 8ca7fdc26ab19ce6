using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Arm64 with dot products: a block's 16 outputs, four products an output at a time. The group that weights meet is selected by the instruction.</summary>
internal readonly unsafe struct DotSumsDp(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) : IDotSums<DotSumsDp>
{
    private readonly Vector128<int> _a = a;
    private readonly Vector128<int> _b = b;
    private readonly Vector128<int> _c = c;
    private readonly Vector128<int> _d = d;

    public static int Count => 16;

    // Four vectors each, a run each, and an entry's weights.
    public static int TilePixels => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotSumsDp Load(int* bias)
        => new(Vector128.Load(bias), Vector128.Load(bias + 4), Vector128.Load(bias + 8), Vector128.Load(bias + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotSumsDp LoadNumbers(int* numbers) => Load(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotSumsDp LoadWeights(sbyte* weights) => Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        _a.Store(address);
        _b.Store(address + 4);
        _c.Store(address + 8);
        _d.Store(address + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotSumsDp AddOne(DotSumsDp sums, nint pixel, byte* i, DotSumsDp wi) => AddSelected(sums, SignedBytes.LoadGroup(i + pixel), wi, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotSumsDp AddSelected(DotSumsDp sums, Vector128<sbyte> run, DotSumsDp wi, [ConstantExpected(Max = (byte)3)] byte index)
        => new(
            Dp.DotProductBySelectedQuadruplet(sums._a, wi._a.AsSByte(), run, index), Dp.DotProductBySelectedQuadruplet(sums._b, wi._b.AsSByte(), run, index),
            Dp.DotProductBySelectedQuadruplet(sums._c, wi._c.AsSByte(), run, index), Dp.DotProductBySelectedQuadruplet(sums._d, wi._d.AsSByte(), run, index));

    public static bool Takes(sbyte* weights) => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shift(sbyte* weights, int entries, int* bias, int* shifted)
    {
        Vector128<sbyte> lowest = Vector128.Create(sbyte.MinValue);
        Vector128<int> a = default, b = a, c = a, d = a;
        for (sbyte* end = weights + (nint)entries * BlobLayout.Entry; weights < end; weights += BlobLayout.Entry)
        {
            a = Dp.DotProduct(a, Vector128.Load(weights), lowest);
            b = Dp.DotProduct(b, Vector128.Load(weights + 16), lowest);
            c = Dp.DotProduct(c, Vector128.Load(weights + 32), lowest);
            d = Dp.DotProduct(d, Vector128.Load(weights + 48), lowest);
        }
        DotSumsDp begin = Load(bias);
        new DotSumsDp(begin._a - a, begin._b - b, begin._c - c, begin._d - d).Store(shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(DotSumsDp sums, DotSumsDp factor, DotSumsDp offset, Vector128<byte> min, Vector128<byte> max, in ByteTarget target, byte* address)
        => SignedBytes.Cut(
            SignedBytes.Narrow(SignedBytes.Rescale(sums._a, factor._a, offset._a), SignedBytes.Rescale(sums._b, factor._b, offset._b)),
            SignedBytes.Narrow(SignedBytes.Rescale(sums._c, factor._c, offset._c), SignedBytes.Rescale(sums._d, factor._d, offset._d)), min, max).Store(address);
}
