using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2: half a block. Single precision needs FMA too.</summary>
internal readonly unsafe struct ByteVector256(Vector256<int> value) : IByteVector<ByteVector256>
{
    private readonly Vector256<int> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 Load(void* address) => new(Vector256.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 Broadcast(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 Subtract(ByteVector256 left, ByteVector256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 ToSingle(byte* activations) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(activations)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 ToSingle(short* weights) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(weights)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 MultiplyAdd(ByteVector256 left, ByteVector256 right, ByteVector256 sum)
        => new(Fma.MultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), sum._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 AddSingle(ByteVector256 left, ByteVector256 right) => new((left._value.AsSingle() + right._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 OrAnd(ByteVector256 value, ByteVector256 left, ByteVector256 right) => new(value._value | (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        ByteVector256 a, ByteVector256 b, ByteVector256 c, ByteVector256 d, ByteVector256 min, ByteVector256 max, byte* pa, byte* pb, byte* pc, byte* pd)
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
