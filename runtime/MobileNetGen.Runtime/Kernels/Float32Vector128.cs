using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine. On Arm64, where multiplication and addition are always fused, this is AdvSimd.</summary>
internal readonly unsafe struct Float32Vector128(Vector128<float> value) : IFloat32Vector<Float32Vector128>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static int TilePixels => AdvSimd.IsSupported ? 14 : 6;

    public static int RowPixels => AdvSimd.IsSupported ? 14 : 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Load(byte* source)
        => new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte())).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Create(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 operator +(Float32Vector128 left, Float32Vector128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 operator -(Float32Vector128 left, Float32Vector128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 operator /(Float32Vector128 left, Float32Vector128 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 MultiplyAdd(Float32Vector128 left, Float32Vector128 right, Float32Vector128 sum)
        => new(Vector128.MultiplyAddEstimate(left._value, right._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Clamp(Float32Vector128 value, Float32Vector128 min, Float32Vector128 max)
        => new(Vector128.MinNative(Vector128.MaxNative(value._value, min._value), max._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Max(Float32Vector128 left, Float32Vector128 right) => new(Vector128.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32Vector128 Exp(Float32Vector128 value) => new(Vector128.Exp(value._value));
}
