using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// <see cref="PlainSumsAvxVnni"/> of a block whose last eight outputs are none of the layer's, or always the same: their sums, which <see cref="SinglePrecision"/> multiplies by zero, are not
/// computed.
/// </summary>
internal readonly unsafe struct PlainHalfSumsAvxVnni(Vector256<int> lower) : IByteSums<PlainHalfSumsAvxVnni>
{
    private readonly Vector256<int> _lower = lower;

    public static int Count => 16;

    public static int TilePixels => PlainSumsAvxVnni.TilePixels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainHalfSumsAvxVnni Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> ToVector512() => Whole().ToVector512();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => Whole().Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainHalfSumsAvxVnni AddOne(PlainHalfSumsAvxVnni sums, nint pixel, byte* i, PlainHalfSumsAvxVnni wi)
        => new(AvxVnni.MultiplyWideningAndAdd(sums._lower, Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsByte(), wi._lower.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PlainSumsAvxVnni Whole() => new(_lower, Vector256.Create(SinglePrecision.Origin).AsInt32());
}
