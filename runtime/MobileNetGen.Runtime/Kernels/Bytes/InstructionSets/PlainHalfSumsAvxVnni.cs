using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// <see cref="PlainSumsAvxVnni{TWidth}"/> of a block whose last eight outputs are none of the layer's, or always the same: their sums, which <see cref="SinglePrecision"/> multiplies by zero, are not
/// computed.
/// </summary>
/// <typeparam name="TWidth">As there.</typeparam>
internal readonly unsafe struct PlainHalfSumsAvxVnni<TWidth>(Vector256<int> lower) : IByteSums<PlainHalfSumsAvxVnni<TWidth>> where TWidth : struct, IConstant
{
    private readonly Vector256<int> _lower = lower;

    public static int Count => 16;

    public static int TilePixels => PlainSumsAvxVnni<TWidth>.TilePixels;

    public static bool PrefetchesWeights => PlainSumsAvxVnni<TWidth>.PrefetchesWeights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => PlainSumsAvxVnni<TWidth>.MakesBytes(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainHalfSumsAvxVnni<TWidth> Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        PlainHalfSumsAvxVnni<TWidth> a, PlainHalfSumsAvxVnni<TWidth> b, PlainHalfSumsAvxVnni<TWidth> c, PlainHalfSumsAvxVnni<TWidth> d, int count, in ByteTarget target, byte* address)
        => PlainSumsAvxVnni<TWidth>.StoreBytes(a.Whole(), b.Whole(), c.Whole(), d.Whole(), count, target, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => Whole().Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainHalfSumsAvxVnni<TWidth> AddOne(PlainHalfSumsAvxVnni<TWidth> sums, nint pixel, byte* i, PlainHalfSumsAvxVnni<TWidth> wi)
        => new(AvxVnni.MultiplyWideningAndAdd(sums._lower, Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsByte(), wi._lower.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PlainSumsAvxVnni<TWidth> Whole() => new(_lower, Vector256.Create(SinglePrecision.Origin).AsInt32());
}
