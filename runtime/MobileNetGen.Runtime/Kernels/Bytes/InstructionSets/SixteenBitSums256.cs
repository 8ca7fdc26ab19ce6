using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2: half of a block's outputs. With batches of three if <typeparamref name="TThrees"/> is 1.</summary>
internal readonly unsafe struct SixteenBitSums256<TThrees>(Vector256<int> value) : IByteSums<SixteenBitSums256<TThrees>>
    where TThrees : struct, IConstant
{
    private readonly Vector256<int> _value = value;

    public static int Count => 8;

    public static int TilePixels => 7;

    public static bool IsSixteenBit => true;

    public static bool HasThrees
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TThrees) == typeof(N1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256<TThrees> Load(void* address) => new(Vector256.Load((int*)address));

    public Vector512<int> ToVector512() => throw new UnreachableException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256<TThrees> AddOne(SixteenBitSums256<TThrees> sums, nint pixel, byte* i, SixteenBitSums256<TThrees> wi) => sums.Add(Multiply(i + pixel, wi));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256<TThrees> AddTwo(SixteenBitSums256<TThrees> sums, nint pixel, byte* i, byte* j, SixteenBitSums256<TThrees> wi, SixteenBitSums256<TThrees> wj) => sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256<TThrees> AddThree(SixteenBitSums256<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, SixteenBitSums256<TThrees> wi, SixteenBitSums256<TThrees> wj, SixteenBitSums256<TThrees> wk)
        => typeof(TThrees) == typeof(N1) ? sums.Add(Multiply(i + pixel, wi) + Multiply(j + pixel, wj) + Multiply(k + pixel, wk)) : throw new UnreachableException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenBitSums256<TThrees> AddFour(SixteenBitSums256<TThrees> sums, nint pixel, byte* i, byte* j, byte* k, byte* l, SixteenBitSums256<TThrees> wi, SixteenBitSums256<TThrees> wj, SixteenBitSums256<TThrees> wk, SixteenBitSums256<TThrees> wl)
        => sums.Add((Multiply(i + pixel, wi) + Multiply(j + pixel, wj)) + (Multiply(k + pixel, wk) + Multiply(l + pixel, wl)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Multiply(byte* i, SixteenBitSums256<TThrees> w)
        => Avx2.MultiplyAddAdjacent(Vector256.Create(Unsafe.ReadUnaligned<int>(i)).AsByte(), w._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenBitSums256<TThrees> Add(Vector256<short> pairs) => new(_value + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
}
