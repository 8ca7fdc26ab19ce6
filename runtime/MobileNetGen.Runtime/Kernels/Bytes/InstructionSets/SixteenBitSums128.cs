using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine: a quarter of a block's outputs. With batches of three if <typeparamref name="TThrees"/> is 1.</summary>
internal readonly unsafe struct SixteenBitSums128<TThrees>(Vector128<int> value) : IByteSums<SixteenBitSums128<TThrees>>
    where TThrees : struct, IConstant
{
    private readonly Vector128<int> _value = value;

    public static int Count => 4;

    public static int TilePixels => 7;

    public static bool IsSixteenBit => true;

    public static bool HasThrees
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TThrees) == typeof(N1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128<TThrees> Load(void* address) => new(Vector128.Load((int*)address));

    public Vector512<int> ToVector512() => throw new UnreachableException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128<TThrees> AddOne(SixteenBitSums128<TThrees> sums, nint pixel, byte* i, SixteenBitSums128<TThrees> wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128<TThrees> AddTwo(SixteenBitSums128<TThrees> sums, nint pixel, byte* i, byte* j, SixteenBitSums128<TThrees> wi, SixteenBitSums128<TThrees> wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128<TThrees> AddThree(SixteenBitSums128<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums128<TThrees> wi, SixteenBitSums128<TThrees> wj, SixteenBitSums128<TThrees> wk)
        => typeof(TThrees) == typeof(N1) ? sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk)) : throw new UnreachableException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums128<TThrees> AddFour(SixteenBitSums128<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums128<TThrees> wi, SixteenBitSums128<TThrees> wj, SixteenBitSums128<TThrees> wk, SixteenBitSums128<TThrees> wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Multiply(byte* i, SixteenBitSums128<TThrees> wi)
    {
        Vector128<int> activations = Vector128.Create(Unsafe.ReadUnaligned<int>(i));
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(activations.AsByte(), wi._value.AsSByte());
        Vector128<short> x = activations.AsInt16(), w = wi._value.AsInt16();
        return (x & Vector128.Create((short)0x00FF)) * ((w << 8) >> 8) + (x >>> 8) * (w >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums128<TThrees> Add(Vector128<short> pairs) => new(_value + ((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16));
}
