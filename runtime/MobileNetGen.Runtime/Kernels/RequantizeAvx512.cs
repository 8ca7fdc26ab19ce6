using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Requantisation of 16 channels at once. For a right shift s of 1 … 20 both roundings are one 64-bit sum, as floors nest:
/// (acc·m + c) &gt;&gt; (31 + s), whose constant c holds the halves to add and the output's zero point. It is the high half of the sum, shifted once more.
/// Rounding twice also subtracts one in front of the shift where the sum is negative. That vanishes where the activation's lower end is the zero point;
/// elsewhere the product is doubled, so that the one falls on the high half's lowest bit, and the sum is cut to ±(2³⁰ − 1) in front of that: with
/// a normalised multiplier and s ≤ 20 what is cut off gives 0 or 255 anyway. So neither form needs a bound on the sums, only on the parameters,
/// and a block of channels whose parameters are beyond it takes the general form: <see cref="IsNarrow"/> says so once for all pixels.
/// </summary>
internal readonly unsafe struct RequantizeAvx512
{
    private const int MaxShift = 20;

    private readonly Vector512<int> _multiplier;
    private readonly Vector512<int> _oddMultiplier;
    private readonly Vector512<long> _even;
    private readonly Vector512<long> _odd;
    private readonly Vector512<int> _shift;
    private readonly Vector512<byte> _min;
    private readonly Vector512<byte> _max;

    /// <param name="channels">Bias, multiplier and shift of the 16 channels.</param>
    /// <param name="r">What they have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequantizeAvx512(int* channels, in Requantization r)
    {
        bool twice = r.Rounding == Rounding.Twice;
        IsSigned = twice && r.Min < r.OutputZeroPoint;
        Vector512<int> multiplier = Vector512.Load(channels + 16), shift = -Vector512.Load(channels + 32);

        // A multiplier of 0 gives 0 with any shift; lanes that only pad the block have shift 0.
        Vector512<int> isZero = Vector512.Equals(multiplier, Vector512<int>.Zero);
        shift = Vector512.ConditionalSelect(isZero, Vector512<int>.One, shift);
        Vector512<int> tooWide = Vector512.GreaterThan((shift - Vector512<int>.One).AsUInt32(), Vector512.Create(MaxShift - 1u)).AsInt32();
        if (IsSigned)
            tooWide |= Vector512.AndNot(Vector512.LessThan(multiplier, Vector512.Create(1 << 30)), isZero);
        IsNarrow = tooWide == Vector512<int>.Zero;

        int unit = IsSigned ? 31 : 30;
        Vector512<long> half = Vector512.Create((1L + 2 * r.OutputZeroPoint) << unit), nudge = Vector512.Create(twice ? 1L << unit : 0);
        _even = Avx512F.ShiftLeftLogicalVariable(half, shift.AsUInt64() & Vector512.Create((ulong)uint.MaxValue)) + nudge;
        _odd = Avx512F.ShiftLeftLogicalVariable(half, shift.AsUInt64() >> 32) + nudge;
        _multiplier = multiplier;
        _oddMultiplier = OddLanes(multiplier);
        _shift = IsSigned ? shift : shift - Vector512<int>.One;
        _min = Vector512.Create(r.Min);
        _max = Vector512.Create(r.Max);
    }

    /// <summary>Whether the parameters allow <see cref="Scale"/>.</summary>
    public bool IsNarrow { get; }

    private bool IsSigned { get; }

    /// <summary>16 sums, rescaled and with the zero point added: to be cut to the activation's range. Requires <see cref="IsNarrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Scale(Vector512<int> sums)
    {
        Vector512<int> scaled;
        if (IsSigned)
        {
            sums = Avx512F.Max(Avx512F.Min(sums, Vector512.Create((1 << 30) - 1)), Vector512.Create(1 - (1 << 30)));
            scaled = ScaledHigh(sums + sums) + Avx512F.ShiftRightArithmetic(sums, 31);
        }
        else
        {
            scaled = ScaledHigh(sums);
        }
        return Avx512F.ShiftRightArithmeticVariable(scaled, _shift.AsUInt32());
    }

    /// <summary>A pixel of rescaled sums, cut to the activation's range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> ToBytes(Vector512<int> scaled)
    {
        Vector128<byte> bytes = Avx512F.ConvertToVector128ByteWithSaturation(Avx512F.Max(scaled, Vector512<int>.Zero).AsUInt32());
        return Sse2.Min(Sse2.Max(bytes, _min.GetLower().GetLower()), _max.GetLower().GetLower());
    }

    /// <summary>Four pixels at once, which needs fewer instructions than one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<byte> ToBytes(Vector512<int> first, Vector512<int> second, Vector512<int> third, Vector512<int> fourth)
    {
        Vector512<byte> bytes = Avx512BW.PackUnsignedSaturate(Avx512BW.PackSignedSaturate(first, second), Avx512BW.PackSignedSaturate(third, fourth));
        bytes = Avx512F.PermuteVar16x32(bytes.AsInt32(), Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).AsByte();
        return Avx512BW.Min(Avx512BW.Max(bytes, _min), _max);
    }

    /// <summary><see cref="Requantize.Store(int*, int*, int, int*, byte**, nint, in Requantization)"/> for any multiplier and shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreGeneral(int* sums, int* corrections, int count, int* channels, byte** outputs, nint offset, in Requantization r)
    {
        for (int i = 0; i < count; i++, sums += 16)
            ToBytesGeneral(Vector512.Load(sums) - Vector512.Create(corrections[i]), channels, r).Store(outputs[i] + offset);
    }

    /// <summary>
    /// The bytes of 16 sums for any multiplier and shift, in 64 bits throughout:
    /// ((sum &lt;&lt; left)·m + half₁ &gt;&gt; shift₁) + half₂, less one where negative, &gt;&gt; shift₂.
    /// </summary>
    private static Vector128<byte> ToBytesGeneral(Vector512<int> sums, int* channels, in Requantization r)
    {
        Vector512<int> multiplier = Vector512.Load(channels + 16), shift = Vector512.Load(channels + 32);
        Vector512<int> rightShift = Avx512F.Max(-shift, Vector512<int>.Zero), first = Vector512.Create(31), second = rightShift;
        if (r.Rounding == Rounding.Twice)
        {
            sums = Avx512F.ShiftLeftLogicalVariable(sums, Avx512F.Max(shift, Vector512<int>.Zero).AsUInt32());
        }
        else
        {
            first -= shift;
            second = Vector512<int>.Zero;
        }

        Vector512<ulong> low = Vector512.Create((ulong)uint.MaxValue);
        Vector512<long> even = General(Avx512F.Multiply(sums, multiplier), first.AsUInt64() & low, second.AsUInt64() & low);
        Vector512<long> odd = General(Avx512F.Multiply(OddLanes(sums), OddLanes(multiplier)), first.AsUInt64() >> 32, second.AsUInt64() >> 32);
        Vector512<int> evenLanes = Vector512.Create(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        Vector512<int> scaled = Avx512F.PermuteVar16x32x2(even.AsInt32(), evenLanes, odd.AsInt32()) + Vector512.Create(r.OutputZeroPoint);
        scaled = Avx512F.Max(scaled, Vector512.Create((int)r.Min));
        return Sse2.Min(Avx512F.ConvertToVector128ByteWithSaturation(scaled.AsUInt32()), Vector128.Create(r.Max));
    }

    private static Vector512<long> General(Vector512<long> product, Vector512<ulong> first, Vector512<ulong> second)
    {
        Vector512<long> one = Vector512<long>.One;
        product += Avx512F.ShiftLeftLogicalVariable(one, first - Vector512<ulong>.One);
        product = Avx512F.ShiftRightArithmeticVariable(product, first);

        // A shift by 0 − 1 counts as 64 or more: there is no half then. Nor is there a tie to move.
        Vector512<long> half = Avx512F.ShiftLeftLogicalVariable(one, second - Vector512<ulong>.One);
        Vector512<long> negative = Vector512.AndNot(Avx512F.ShiftRightArithmetic(product, 63), Vector512.Equals(second, Vector512<ulong>.Zero).AsInt64());
        return Avx512F.ShiftRightArithmeticVariable(product + half + negative, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> ScaledHigh(Vector512<int> values)
        => HighHalves(Avx512F.Multiply(values, _multiplier) + _even, Avx512F.Multiply(OddLanes(values), _oddMultiplier) + _odd);

    /// <summary>Each odd lane, moved to the even one below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> OddLanes(Vector512<int> values) => Avx512F.ShiftRightLogical(values.AsInt64(), 32).AsInt32();

    /// <summary>The upper 32 bits of each sum, in the order of the channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> HighHalves(Vector512<long> even, Vector512<long> odd)
        => Avx512F.PermuteVar16x32x2(even.AsInt32(), Vector512.Create(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31), odd.AsInt32());
}
