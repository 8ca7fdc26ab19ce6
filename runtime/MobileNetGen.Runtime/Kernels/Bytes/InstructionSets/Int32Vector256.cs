using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2: half a block. Single precision needs FMA too.</summary>
internal readonly unsafe struct Int32Vector256(Vector256<int> value) : IInt32Vector<Int32Vector256>
{
    private readonly Vector256<int> _value = value;

    public static int Count => 8;

    /// <summary>The vector.</summary>
    public Vector256<int> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 Broadcast(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 Subtract(Int32Vector256 left, Int32Vector256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 ToSingle(byte* activations) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(activations)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 ToSingle(short* weights) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(weights)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 MultiplyAdd(Int32Vector256 left, Int32Vector256 right, Int32Vector256 sum)
        => new(Fma.MultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), sum._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 AddSingle(Int32Vector256 left, Int32Vector256 right) => new((left._value.AsSingle() + right._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector256 OrAnd(Int32Vector256 value, Int32Vector256 left, Int32Vector256 right) => new(value._value | (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        Int32Vector256 a, Int32Vector256 b, Int32Vector256 c, Int32Vector256 d, Int32Vector256 min, Int32Vector256 max, byte* pa, byte* pb, byte* pc, byte* pd)
    {
        Vector256<int> origin = Vector256.Create(SinglePrecision.Origin).AsInt32();
        Vector256<short> lower = Avx2.PackSignedSaturate(a._value - origin, b._value - origin);
        Vector256<short> upper = Avx2.PackSignedSaturate(c._value - origin, d._value - origin);
        Vector256<byte> bytes = Avx2.PackUnsignedSaturate(lower, upper);
        bytes = Avx2.PermuteVar8x32(bytes.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsByte();
        Vector256<long> pixels = Avx2.Min(Avx2.Max(bytes, min._value.AsByte()), max._value.AsByte()).AsInt64();
        *(long*)pa = pixels.ToScalar();
        *(long*)pb = pixels.GetElement(1);
        *(long*)pc = pixels.GetElement(2);
        *(long*)pd = pixels.GetElement(3);
    }
}
