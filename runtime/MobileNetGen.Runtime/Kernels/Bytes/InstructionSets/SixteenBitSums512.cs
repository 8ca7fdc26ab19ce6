using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512: a block's 16 outputs. Activations are broadcast from memory, and half of the registers hold sums. With batches of three if <typeparamref name="TThrees"/> is 1.</summary>
internal readonly unsafe struct SixteenBitSums512<TThrees>(Vector512<int> value) : IByteSums<SixteenBitSums512<TThrees>>
    where TThrees : struct, IConstant
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    public static int TilePixels => 14;

    public static bool IsSixteenBit => true;

    public static bool HasThrees
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TThrees) == typeof(N1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512<TThrees> Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> ToVector512() => _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512<TThrees> AddOne(SixteenBitSums512<TThrees> sums, nint pixel, byte* i, SixteenBitSums512<TThrees> wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512<TThrees> AddTwo(SixteenBitSums512<TThrees> sums, nint pixel, byte* i, byte* j, SixteenBitSums512<TThrees> wi, SixteenBitSums512<TThrees> wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512<TThrees> AddThree(SixteenBitSums512<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums512<TThrees> wi, SixteenBitSums512<TThrees> wj, SixteenBitSums512<TThrees> wk)
        => typeof(TThrees) == typeof(N1) ? sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk)) : throw new UnreachableException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums512<TThrees> AddFour(SixteenBitSums512<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums512<TThrees> wi, SixteenBitSums512<TThrees> wj, SixteenBitSums512<TThrees> wk, SixteenBitSums512<TThrees> wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Multiply(byte* i, SixteenBitSums512<TThrees> w)
        => Avx512BW.MultiplyAddAdjacent(Vector512.Create(Unsafe.ReadUnaligned<int>(i)).AsByte(), w._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums512<TThrees> Add(Vector512<short> pairs) => new(_value + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
}
