using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512: a block's 16 outputs. Activations are broadcast from memory, and half of the registers hold sums.</summary>
internal readonly unsafe struct SixteenBitSums512(Vector512<int> value) : IBatchSums<SixteenBitSums512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    public static int TilePixels => 14;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512 Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => ByteTarget.PaysInFours(pixels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(SixteenBitSums512 a, SixteenBitSums512 b, SixteenBitSums512 c, SixteenBitSums512 d, int count, in ByteTarget target, byte* address)
        => target.Store(a._value, b._value, c._value, d._value, count, address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512 AddOne(SixteenBitSums512 sums, nint pixel, byte* i, SixteenBitSums512 wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512 AddTwo(SixteenBitSums512 sums, nint pixel, byte* i, byte* j, SixteenBitSums512 wi, SixteenBitSums512 wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512 AddThree(SixteenBitSums512 sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums512 wi, SixteenBitSums512 wj, SixteenBitSums512 wk)
        => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512 AddFour(SixteenBitSums512 sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums512 wi, SixteenBitSums512 wj, SixteenBitSums512 wk, SixteenBitSums512 wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Multiply(byte* i, SixteenBitSums512 w)
        => Avx512BW.MultiplyAddAdjacent(Vector512.Create(Unsafe.ReadUnaligned<int>(i)).AsByte(), w._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums512 Add(Vector512<short> pairs) => new(_value + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
}
