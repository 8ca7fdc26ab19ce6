using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine: a quarter of a block's outputs.</summary>
internal readonly unsafe struct SixteenBitSums128(Vector128<int> value) : IBatchSums<SixteenBitSums128>
{
    private readonly Vector128<int> _value = value;

    public static int Count => 4;

    public static int TilePixels => 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128 Load(void* address) => new(Vector128.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128 AddOne(SixteenBitSums128 sums, nint pixel, byte* i, SixteenBitSums128 wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128 AddTwo(SixteenBitSums128 sums, nint pixel, byte* i, byte* j, SixteenBitSums128 wi, SixteenBitSums128 wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128 AddThree(SixteenBitSums128 sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums128 wi, SixteenBitSums128 wj, SixteenBitSums128 wk)
        => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128 AddFour(SixteenBitSums128 sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums128 wi, SixteenBitSums128 wj, SixteenBitSums128 wk, SixteenBitSums128 wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Multiply(byte* i, SixteenBitSums128 wi)
    {
        Vector128<int> activations = Vector128.Create(Unsafe.ReadUnaligned<int>(i));
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(activations.AsByte(), wi._value.AsSByte());
        Vector128<short> x = activations.AsInt16(), w = wi._value.AsInt16();
        return (x & Vector128.Create((short)0x00FF)) * ((w << 8) >> 8) + (x >>> 8) * (w >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums128 Add(Vector128<short> pairs) => new(_value + ((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16));
}
