#if NET11_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512 VNNI, which .NET has from 11 on: <see cref="PlainSumsAvxVnni{TWidth}"/> with a block's 16 outputs in one vector, half the work. Any of the 32 registers may hold sums.</summary>
internal readonly unsafe struct PlainSumsAvxVnni512(Vector512<int> value) : IByteSums<PlainSumsAvxVnni512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    public static int TilePixels => SixteenBitSums512.TilePixels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni512 Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => ByteTarget.PaysInFours(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(PlainSumsAvxVnni512 a, PlainSumsAvxVnni512 b, PlainSumsAvxVnni512 c, PlainSumsAvxVnni512 d, int count, in ByteTarget target, byte* address)
        => target.Store(a._value, b._value, c._value, d._value, count, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni512 AddOne(PlainSumsAvxVnni512 sums, nint pixel, byte* i, PlainSumsAvxVnni512 wi)
        => new(AvxVnni.V512.MultiplyWideningAndAdd(sums._value, Vector512.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsByte(), wi._value.AsSByte()));
}
#endif
