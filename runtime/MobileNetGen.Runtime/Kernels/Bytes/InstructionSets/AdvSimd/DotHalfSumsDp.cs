using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary><see cref="DotSumsDp"/> of a block whose last eight outputs are none of the layer's, or always the same: they are multiplied by zero, and not computed.</summary>
internal readonly unsafe struct DotHalfSumsDp(Vector128<int> a, Vector128<int> b) : IDotSums<DotHalfSumsDp>
{
    private readonly Vector128<int> _a = a;
    private readonly Vector128<int> _b = b;

    public static int Count => 16;

    public static int TilePixels => DotSumsDp.TilePixels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotHalfSumsDp Load(int* bias) => new(Vector128.Load(bias), Vector128.Load(bias + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotHalfSumsDp LoadNumbers(int* numbers) => Load(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotHalfSumsDp LoadWeights(sbyte* weights) => Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        _a.Store(address);
        _b.Store(address + 4);
        Vector128<int> origin = Vector128.Create(SinglePrecision.Origin).AsInt32();
        origin.Store(address + 8);
        origin.Store(address + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotHalfSumsDp AddOne(DotHalfSumsDp sums, nint pixel, byte* i, DotHalfSumsDp wi) => AddSelected(sums, SignedBytes.LoadGroup(i + pixel), wi, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotHalfSumsDp AddSelected(DotHalfSumsDp sums, Vector128<sbyte> run, DotHalfSumsDp wi, [ConstantExpected(Max = (byte)3)] byte index)
        => new(Dp.DotProductBySelectedQuadruplet(sums._a, wi._a.AsSByte(), run, index), Dp.DotProductBySelectedQuadruplet(sums._b, wi._b.AsSByte(), run, index));

    public static bool Takes(sbyte* weights) => DotSumsDp.Takes(weights);

    public static void Shift(sbyte* weights, int entries, int* bias, int* shifted) => DotSumsDp.Shift(weights, entries, bias, shifted);

    // What is multiplied by zero is the offset.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(DotHalfSumsDp sums, DotHalfSumsDp factor, DotHalfSumsDp offset, Vector128<byte> min, Vector128<byte> max, in ByteTarget target, byte* address)
    {
        Vector128<short> lower = SignedBytes.Narrow(SignedBytes.Rescale(sums._a, factor._a, offset._a), SignedBytes.Rescale(sums._b, factor._b, offset._b));
        SignedBytes.Cut(lower, SignedBytes.Narrow(Vector128.Load((short*)(target.Offset + 8)), Vector128.Load((short*)(target.Offset + 12))), min, max).Store(address);
    }
}
