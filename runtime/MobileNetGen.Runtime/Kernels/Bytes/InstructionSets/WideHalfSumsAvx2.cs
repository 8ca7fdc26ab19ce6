using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary><see cref="WideSumsAvx2"/> of a block whose last eight outputs do not depend on their sums: see <see cref="PlainHalfSumsAvxVnni{TWidth}"/>.</summary>
internal readonly unsafe struct WideHalfSumsAvx2(Vector256<int> lower) : IByteSums<WideHalfSumsAvx2>
{
    private readonly Vector256<int> _lower = lower;

    public static int Count => 16;

    public static int TilePixels => WideSumsAvx2.TilePixels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => WideSumsAvx2.MakesBytes(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(WideHalfSumsAvx2 a, WideHalfSumsAvx2 b, WideHalfSumsAvx2 c, WideHalfSumsAvx2 d, int count, in ByteTarget target, byte* address)
        => WideSumsAvx2.StoreBytes(a.Whole(), b.Whole(), c.Whole(), d.Whole(), count, target, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideHalfSumsAvx2 Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => Whole().Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideHalfSumsAvx2 AddOne(WideHalfSumsAvx2 sums, nint pixel, byte* i, WideHalfSumsAvx2 wi)
        => new(sums._lower + Avx2.MultiplyAddAdjacent(Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsInt16(), wi._lower.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WideSumsAvx2 Whole() => new(_lower, Vector256.Create(SinglePrecision.Origin).AsInt32());
}
