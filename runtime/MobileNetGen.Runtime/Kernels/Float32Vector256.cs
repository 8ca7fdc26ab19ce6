using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2 with FMA.</summary>
internal readonly unsafe struct Float32Vector256(Vector256<float> value) : IFloat32Vector<Float32Vector256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static int TilePixels => 6;

    public static int RowPixels => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Load(byte* source)
        => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 operator +(Float32Vector256 left, Float32Vector256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 operator -(Float32Vector256 left, Float32Vector256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 operator /(Float32Vector256 left, Float32Vector256 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 MultiplyAdd(Float32Vector256 left, Float32Vector256 right, Float32Vector256 sum)
        => new(Fma.MultiplyAdd(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Clamp(Float32Vector256 value, Float32Vector256 min, Float32Vector256 max)
        => new(Avx.Min(Avx.Max(value._value, min._value), max._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Max(Float32Vector256 left, Float32Vector256 right) => new(Avx.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector256 Exp(Float32Vector256 value) => new(Vector256.Exp(value._value));
}
