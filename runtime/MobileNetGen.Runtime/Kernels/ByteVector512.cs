using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512: all 16 outputs of a block.</summary>
internal readonly unsafe struct ByteVector512(Vector512<int> value) : IByteVector<ByteVector512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 Broadcast(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 MultiplyBytes(ByteVector512 activations, ByteVector512 weights) => new(Avx512BW.MultiplyAddAdjacent(activations._value.AsByte(), weights._value.AsSByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 AddWords(ByteVector512 left, ByteVector512 right) => new((left._value.AsInt16() + right._value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 AddPairs(ByteVector512 sum, ByteVector512 pairs) => new(sum._value + Avx512BW.MultiplyAddAdjacent(pairs._value.AsInt16(), Vector512<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 Subtract(ByteVector512 left, ByteVector512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 ToSingle(byte* activations) => ToSingle(new ByteVector512(Avx512F.ConvertToVector512Int32(Vector128.Load(activations))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 ToSingle(short* weights) => ToSingle(new ByteVector512(Avx512F.ConvertToVector512Int32(Vector256.Load(weights))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 ToSingle(ByteVector512 sums) => new(Avx512F.ConvertToVector512Single(sums._value).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 MultiplyAdd(ByteVector512 left, ByteVector512 right, ByteVector512 sum)
        => new(Avx512F.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), sum._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 Round(ByteVector512 values) => new(Avx512F.ConvertToVector512Int32(values._value.AsSingle()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 OrAnd(ByteVector512 value, ByteVector512 left, ByteVector512 right) => new(value._value | (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        ByteVector512 a, ByteVector512 b, ByteVector512 c, ByteVector512 d, ByteVector512 zero, ByteVector512 min, ByteVector512 max, byte* pa, byte* pb, byte* pc, byte* pd)
    {
        Vector512<short> lower = Avx512BW.AddSaturate(Avx512BW.PackSignedSaturate(a._value, b._value), zero._value.AsInt16());
        Vector512<short> upper = Avx512BW.AddSaturate(Avx512BW.PackSignedSaturate(c._value, d._value), zero._value.AsInt16());
        Vector512<byte> bytes = Avx512BW.PackUnsignedSaturate(lower, upper);
        bytes = Avx512F.PermuteVar16x32(bytes.AsInt32(), Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).AsByte();
        bytes = Avx512BW.Min(Avx512BW.Max(bytes, min._value.AsByte()), max._value.AsByte());
        if (pb == pa + Count && pd == pc + Count)
        {
            bytes.GetLower().Store(pa);
            bytes.GetUpper().Store(pc);
        }
        else
        {
            bytes.GetLower().GetLower().Store(pa);
            bytes.GetLower().GetUpper().Store(pb);
            bytes.GetUpper().GetLower().Store(pc);
            bytes.GetUpper().GetUpper().Store(pd);
        }
    }
}
