using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2: half of a block's outputs.</summary>
internal readonly unsafe struct SixteenBitSums256(Vector256<int> value) : IBatchSums<SixteenBitSums256>
{
    private readonly Vector256<int> _value = value;

    public static int Count => 8;

    public static int TilePixels => 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256 Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256 AddOne(SixteenBitSums256 sums, nint pixel, byte* i, SixteenBitSums256 wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256 AddTwo(SixteenBitSums256 sums, nint pixel, byte* i, byte* j, SixteenBitSums256 wi, SixteenBitSums256 wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256 AddThree(SixteenBitSums256 sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums256 wi, SixteenBitSums256 wj, SixteenBitSums256 wk)
        => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256 AddFour(SixteenBitSums256 sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums256 wi, SixteenBitSums256 wj, SixteenBitSums256 wk, SixteenBitSums256 wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Multiply(byte* i, SixteenBitSums256 w)
        => Avx2.MultiplyAddAdjacent(Vector256.Create(Unsafe.ReadUnaligned<int>(i)).AsByte(), w._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums256 Add(Vector256<short> pairs) => new(_value + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
}
