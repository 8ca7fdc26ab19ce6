using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A vector of 32-bit lanes, one output channel each, that holds four products' bytes, two 16-bit sums of products, or their 32-bit sum. 16-bit sums wrap,
/// and no operation saturates as long as both products of each pair and all sums of pairs fit 16 bits, which the packer proves of every weight.
/// </summary>
internal unsafe interface ISixteenBitVector<TVector>
    where TVector : struct
{
    /// <summary>Output channels of a vector.</summary>
    static abstract int Outputs { get; }

    /// <summary>Weights, [outputs][4], or sums.</summary>
    static abstract TVector Load(void* address);

    /// <summary>Four activations for every output.</summary>
    static abstract TVector Broadcast(byte* activations);

    /// <summary>a₀·w₀ + a₁·w₁ and a₂·w₂ + a₃·w₃ in 16 bits.</summary>
    static abstract TVector Multiply(TVector activations, TVector weights);

    /// <summary>Sums of 16-bit sums.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>A 32-bit sum plus both 16-bit sums.</summary>
    static abstract TVector Accumulate(TVector sum, TVector pairs);

    /// <summary>Writes sums.</summary>
    static abstract void Store(TVector sums, int* address);
}

/// <summary>AVX-512: all 16 outputs of a block.</summary>
internal readonly unsafe struct SixteenBitVector512 : ISixteenBitVector<Vector512<int>>
{
    public static int Outputs => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(void* address) => Vector512.Load((int*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(byte* activations) => Vector512.Create(Unsafe.ReadUnaligned<int>(activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> activations, Vector512<int> weights) => Avx512BW.MultiplyAddAdjacent(activations.AsByte(), weights.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => (left.AsInt16() + right.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Accumulate(Vector512<int> sum, Vector512<int> pairs) => sum + Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sums, int* address) => sums.Store(address);
}

/// <summary>AVX2: half a block.</summary>
internal readonly unsafe struct SixteenBitVector256 : ISixteenBitVector<Vector256<int>>
{
    public static int Outputs => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(void* address) => Vector256.Load((int*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* activations) => Vector256.Create(Unsafe.ReadUnaligned<int>(activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> activations, Vector256<int> weights) => Avx2.MultiplyAddAdjacent(activations.AsByte(), weights.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => (left.AsInt16() + right.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Accumulate(Vector256<int> sum, Vector256<int> pairs) => sum + Avx2.MultiplyAddAdjacent(pairs.AsInt16(), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sums, int* address) => sums.Store(address);
}

/// <summary>Any machine: a quarter of a block.</summary>
internal readonly unsafe struct SixteenBitVector128 : ISixteenBitVector<Vector128<int>>
{
    public static int Outputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(void* address) => Vector128.Load((int*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* activations) => Vector128.Create(Unsafe.ReadUnaligned<int>(activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> activations, Vector128<int> weights)
    {
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(activations.AsByte(), weights.AsSByte()).AsInt32();
        Vector128<short> x = activations.AsInt16(), w = weights.AsInt16();
        Vector128<short> even = (x & Vector128.Create((short)0x00FF)) * ((w << 8) >> 8), odd = (x >>> 8) * (w >> 8);
        return (even + odd).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => (left.AsInt16() + right.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Accumulate(Vector128<int> sum, Vector128<int> pairs) => sum + ((pairs << 16) >> 16) + (pairs >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sums, int* address) => sums.Store(address);
}
