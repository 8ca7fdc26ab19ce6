using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine: half a block's outputs, an entry by its even and its odd bytes, widened.</summary>
internal readonly unsafe struct PlainSums128(Vector128<int> lower, Vector128<int> upper) : IByteSums<PlainSums128>
{
    private readonly Vector128<int> _lower = lower;
    private readonly Vector128<int> _upper = upper;

    public static int Count => 8;

    public static int TilePixels => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSums128 Load(void* address) => new(Vector128.Load((int*)address), Vector128.Load((int*)address + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        _lower.Store(address);
        _upper.Store(address + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSums128 AddOne(PlainSums128 sums, nint pixel, byte* i, PlainSums128 wi)
    {
        Vector128<short> x = Vector128.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsInt16(), even = x & Vector128.Create((short)0x00FF), odd = x >>> 8;
        Vector128<short> lower = wi._lower.AsInt16(), upper = wi._upper.AsInt16();
        return new(
            sums._lower + (MultiplyAddAdjacent(even, (lower << 8) >> 8) + MultiplyAddAdjacent(odd, lower >> 8)),
            sums._upper + (MultiplyAddAdjacent(even, (upper << 8) >> 8) + MultiplyAddAdjacent(odd, upper >> 8)));
    }

    /// <summary>
    /// a₂ᵢ·b₂ᵢ + a₂ᵢ₊₁·b₂ᵢ₊₁ in 32 bits, for a in 0 … 255 and b in −128 … 127. Such a product fits 16 bits, so instruction sets
    /// without this instruction multiply in 16 bits first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> MultiplyAddAdjacent(Vector128<short> a, Vector128<short> b)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(a, b);
        if (PackedSimd.IsSupported)
            return PackedSimd.Dot(a, b);
        Vector128<int> products = (a * b).AsInt32();
        return ((products << 16) >> 16) + (products >> 16);
    }
}
