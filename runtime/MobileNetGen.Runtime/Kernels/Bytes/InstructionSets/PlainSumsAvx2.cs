using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// AVX2: a block's 16 outputs. vpmaddubsw could saturate; so bytes are widened, the even and the odd ones of each entry apart, and nothing can. The JIT widens an
/// entry's weights once for all pixels.
/// </summary>
internal readonly unsafe struct PlainSumsAvx2(Vector256<int> lower, Vector256<int> upper) : IByteSums<PlainSumsAvx2>
{
    private readonly Vector256<int> _lower = lower;
    private readonly Vector256<int> _upper = upper;

    public static int Count => 16;

    public static int TilePixels => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvx2 Load(void* address) => new(Vector256.Load((int*)address), Vector256.Load((int*)address + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        _lower.Store(address);
        _upper.Store(address + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvx2 AddOne(PlainSumsAvx2 sums, nint pixel, byte* i, PlainSumsAvx2 wi)
    {
        Vector256<short> x = Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsInt16(), even = x & Vector256.Create((short)0x00FF), odd = x >>> 8;
        Vector256<short> lower = wi._lower.AsInt16(), upper = wi._upper.AsInt16();
        return new(
            sums._lower + (Avx2.MultiplyAddAdjacent(even, (lower << 8) >> 8) + Avx2.MultiplyAddAdjacent(odd, lower >> 8)),
            sums._upper + (Avx2.MultiplyAddAdjacent(even, (upper << 8) >> 8) + Avx2.MultiplyAddAdjacent(odd, upper >> 8)));
    }
}
