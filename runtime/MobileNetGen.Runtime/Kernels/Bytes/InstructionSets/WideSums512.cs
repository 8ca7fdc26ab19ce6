using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512: <see cref="WideSumsAvx2"/> with a block's 16 outputs in one vector.</summary>
internal readonly unsafe struct WideSums512(Vector512<int> value) : IByteSums<WideSums512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    public static int TilePixels => 14;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => ByteTarget.PaysInFours(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(WideSums512 a, WideSums512 b, WideSums512 c, WideSums512 d, int count, in ByteTarget target, byte* address)
        => target.Store(a._value, b._value, c._value, d._value, count, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSums512 Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSums512 AddOne(WideSums512 sums, nint pixel, byte* i, WideSums512 wi)
        => new(sums._value + Avx512BW.MultiplyAddAdjacent(Vector512.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsInt16(), wi._value.AsInt16()));
}
