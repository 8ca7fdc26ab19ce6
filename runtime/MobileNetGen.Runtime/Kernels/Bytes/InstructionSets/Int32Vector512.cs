using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512: all 16 outputs of a block.</summary>
internal readonly unsafe struct Int32Vector512(Vector512<int> value) : IInt32Vector<Int32Vector512>
{
    private readonly Vector512<int> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 Load(void* address) => new(Vector512.Load((int*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address) => _value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 Broadcast(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 Subtract(Int32Vector512 left, Int32Vector512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 ToSingle(byte* activations) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(activations))).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 ToSingle(short* weights) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector256.Load(weights))).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 MultiplyAdd(Int32Vector512 left, Int32Vector512 right, Int32Vector512 sum)
        => new(Avx512F.FusedMultiplyAdd(left._value.AsSingle(), right._value.AsSingle(), sum._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 AddSingle(Int32Vector512 left, Int32Vector512 right) => new((left._value.AsSingle() + right._value.AsSingle()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int32Vector512 OrAnd(Int32Vector512 value, Int32Vector512 left, Int32Vector512 right) => new(value._value | (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        Int32Vector512 a, Int32Vector512 b, Int32Vector512 c, Int32Vector512 d, Int32Vector512 min, Int32Vector512 max, byte* pa, byte* pb, byte* pc, byte* pd)
    {
        // Two pixels' integers side by side; then lanes of 16 bytes have half of a pixel of each two.
        Vector512<short> lowerHalves = Vector512.CreateSequence<short>(0, 2);
        Vector512<short> ab = Avx512BW.PermuteVar32x16x2(a._value.AsInt16(), lowerHalves, b._value.AsInt16());
        Vector512<short> cd = Avx512BW.PermuteVar32x16x2(c._value.AsInt16(), lowerHalves, d._value.AsInt16());
        Vector512<byte> bytes = Avx512F.PermuteVar8x64(Avx512BW.PackUnsignedSaturate(ab, cd).AsInt64(), Vector512.Create(0, 2, 4, 6, 1, 3, 5, 7)).AsByte();
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
