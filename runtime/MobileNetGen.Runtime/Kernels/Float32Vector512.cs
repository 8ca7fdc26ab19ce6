using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512.</summary>
internal readonly unsafe struct Float32Vector512(Vector512<float> value) : IFloat32Vector<Float32Vector512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static int TilePixels => 14;

    public static int RowPixels => 14;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Load(byte* source)
        => new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 operator +(Float32Vector512 left, Float32Vector512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 operator -(Float32Vector512 left, Float32Vector512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 operator /(Float32Vector512 left, Float32Vector512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 MultiplyAdd(Float32Vector512 left, Float32Vector512 right, Float32Vector512 sum)
        => new(Avx512F.FusedMultiplyAdd(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Clamp(Float32Vector512 value, Float32Vector512 min, Float32Vector512 max)
        => new(Avx512F.Min(Avx512F.Max(value._value, min._value), max._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Max(Float32Vector512 left, Float32Vector512 right) => new(Avx512F.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector512 Exp(Float32Vector512 value) => new(Vector512.Exp(value._value));
}
