using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Requantisation of 8 channels at once, for the few blocks that have no single precision. For a right shift s of 1 … 20 both roundings are one 64-bit sum, as floors nest:
/// (acc·m + c) &gt;&gt; (31 + s), whose constant c holds the halves to add and the output's zero point. It is the high half of the sum, shifted once more.
/// Rounding twice also subtracts one in front of the shift where the sum is negative. That vanishes where the activation's lower end is the zero point;
/// elsewhere the product is doubled, so that the one falls on the high half's lowest bit, and the sum is cut to ±(2³⁰ − 1) in front of that: with
/// a normalised multiplier and s ≤ 20 what is cut off gives 0 or 255 anyway. So neither form needs a bound on the sums, only on the parameters,
/// and channels whose parameters are beyond it are done one by one: <see cref="IsNarrow"/> says so once for all pixels.
/// </summary>
internal readonly unsafe struct RequantizeAvx2
{
    private const int MaxShift = 20;

    private readonly Vector256<int> _multiplier;
    private readonly Vector256<int> _oddMultiplier;
    private readonly Vector256<long> _even;
    private readonly Vector256<long> _odd;
    private readonly Vector256<int> _shift;

    /// <param name="rescaling">The block's numbers, from the first of its channels that is meant: the block's start or 8 further.</param>
    /// <param name="r">What they have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequantizeAvx2(int* rescaling, in Requantization r)
    {
        bool twice = r.Rounding == Rounding.Twice;
        IsSigned = twice && r.Min < r.OutputZeroPoint;
        Vector256<int> multiplier = Vector256.Load(rescaling + RescalingLayout.Multiplier), shift = -Vector256.Load(rescaling + RescalingLayout.Shift);

        Vector256<int> isZero = Vector256.Equals(multiplier, Vector256<int>.Zero);
        shift = Vector256.ConditionalSelect(isZero, Vector256<int>.One, shift);
        Vector256<int> tooWide = Vector256.GreaterThan(shift, Vector256.Create(MaxShift)) | Vector256.LessThan(shift, Vector256<int>.One);
        if (IsSigned)
            tooWide |= Vector256.AndNot(Vector256.LessThan(multiplier, Vector256.Create(1 << 30)), isZero);
        IsNarrow = tooWide == Vector256<int>.Zero;

        int unit = IsSigned ? 31 : 30;
        Vector256<long> half = Vector256.Create((1L + 2 * r.OutputZeroPoint) << unit), nudge = Vector256.Create(twice ? 1L << unit : 0);
        _even = Avx2.ShiftLeftLogicalVariable(half, shift.AsUInt64() & Vector256.Create((ulong)uint.MaxValue)) + nudge;
        _odd = Avx2.ShiftLeftLogicalVariable(half, shift.AsUInt64() >> 32) + nudge;
        _multiplier = multiplier;
        _oddMultiplier = OddLanes(multiplier);
        _shift = IsSigned ? shift : shift - Vector256<int>.One;
    }

    /// <summary>Whether the parameters allow <see cref="Scale"/>.</summary>
    public bool IsNarrow { get; }

    private bool IsSigned { get; }

    /// <summary>8 sums, rescaled and with the zero point added: to be cut to the activation's range. Requires <see cref="IsNarrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Scale(Vector256<int> sums)
    {
        Vector256<int> scaled;
        if (IsSigned)
        {
            sums = Avx2.Max(Avx2.Min(sums, Vector256.Create((1 << 30) - 1)), Vector256.Create(1 - (1 << 30)));
            scaled = ScaledHigh(sums + sums) + Avx2.ShiftRightArithmetic(sums, 31);
        }
        else
        {
            scaled = ScaledHigh(sums);
        }
        return Avx2.ShiftRightArithmeticVariable(scaled, _shift.AsUInt32());
    }

    /// <summary>16 rescaled sums, cut to the activation's range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToBytes(Vector256<int> lower, Vector256<int> upper, byte min, byte max)
    {
        Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(lower, upper).AsInt64(), 0b11_01_10_00).AsInt16();
        Vector128<byte> bytes = Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
        return Sse2.Min(Sse2.Max(bytes, Vector128.Create(min)), Vector128.Create(max));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> ScaledHigh(Vector256<int> values)
        => HighHalves(Avx2.Multiply(values, _multiplier) + _even, Avx2.Multiply(OddLanes(values), _oddMultiplier) + _odd);

    /// <summary>Each odd lane, moved to the even one below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> OddLanes(Vector256<int> values) => Avx2.ShiftRightLogical(values.AsInt64(), 32).AsInt32();

    /// <summary>The upper 32 bits of each sum, in the order of the channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> HighHalves(Vector256<long> even, Vector256<long> odd)
        => Avx2.Blend(OddLanes(even.AsInt32()), odd.AsInt32(), 0b10101010);
}
