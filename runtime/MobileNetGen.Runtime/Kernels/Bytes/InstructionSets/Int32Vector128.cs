using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine: a quarter of a block. Single precision needs AdvSimd, or x86's FMA.</summary>
internal readonly unsafe struct Int32Vector128(Vector128<int> value) : IInt32Vector<Int32Vector128>
{
    private readonly Vector128<int> _value = value;

    public static int Count => 4;

    /// <summary>The vector.</summary>
    public Vector128<int> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 Load(void* address) => new(Vector128.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 Broadcast(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 Subtract(Int32Vector128 left, Int32Vector128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 ToSingle(byte* activations)
        => new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)activations).AsByte())).AsInt32()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 ToSingle(short* weights)
        => new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)weights).AsInt16())).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 MultiplyAdd(Int32Vector128 left, Int32Vector128 right, Int32Vector128 sum)
        => new(Vector128.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), sum._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 AddSingle(Int32Vector128 left, Int32Vector128 right) => new((left._value.AsSingle() + right._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector128 OrAnd(Int32Vector128 value, Int32Vector128 left, Int32Vector128 right) => new(value._value | (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        Int32Vector128 a, Int32Vector128 b, Int32Vector128 c, Int32Vector128 d, Int32Vector128 min, Int32Vector128 max, byte* pa, byte* pb, byte* pc, byte* pd)
    {
        Vector128<short> lower = Vector128.Narrow(a._value, b._value), upper = Vector128.Narrow(c._value, d._value);
        Vector128<byte> bytes = Vector128.NarrowWithSaturation(Vector128.Max(lower, Vector128<short>.Zero).AsUInt16(), Vector128.Max(upper, Vector128<short>.Zero).AsUInt16());
        Vector128<int> pixels = Vector128.Min(Vector128.Max(bytes, min._value.AsByte()), max._value.AsByte()).AsInt32();
        *(int*)pa = pixels.ToScalar();
        *(int*)pb = pixels.GetElement(1);
        *(int*)pc = pixels.GetElement(2);
        *(int*)pd = pixels.GetElement(3);
    }
}
