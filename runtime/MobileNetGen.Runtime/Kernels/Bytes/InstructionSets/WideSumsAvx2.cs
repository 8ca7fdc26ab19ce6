using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2: a block's 16 outputs, two products an output at a time with vpmaddwd, of activations and weights that <see cref="WidePanel"/> made 16 bits wide.</summary>
internal readonly unsafe struct WideSumsAvx2(Vector256<int> lower, Vector256<int> upper) : IByteSums<WideSumsAvx2>
{
    private readonly Vector256<int> _lower = lower;
    private readonly Vector256<int> _upper = upper;

    public static int Count => 16;

    public static int TilePixels => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(WideSumsAvx2 a, WideSumsAvx2 b, WideSumsAvx2 c, WideSumsAvx2 d, int count, in ByteTarget target, byte* address)
        => target.Store(a._lower, a._upper, b._lower, b._upper, c._lower, c._upper, d._lower, d._upper, count, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSumsAvx2 Load(void* address) => new(Vector256.Load((int*)address), Vector256.Load((int*)address + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        _lower.Store(address);
        _upper.Store(address + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSumsAvx2 AddOne(WideSumsAvx2 sums, nint pixel, byte* i, WideSumsAvx2 wi)
    {
        Vector256<short> x = Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsInt16();
        return new(sums._lower + Avx2.MultiplyAddAdjacent(x, wi._lower.AsInt16()), sums._upper + Avx2.MultiplyAddAdjacent(x, wi._upper.AsInt16()));
    }
}
