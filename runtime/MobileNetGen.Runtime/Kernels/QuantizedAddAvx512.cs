using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The quantised addition of 16 pairs of bytes at once. All three rescalings are the doubled form of <see cref="RequantizeAvx2"/>; the operands,
/// at most 255·2²⁰, and their sum are known to be small enough for it.
/// </summary>
internal readonly struct QuantizedAddAvx512
{
    private readonly Rescale _left;
    private readonly Rescale _right;
    private readonly Rescale _output;
    private readonly Vector512<int> _leftZeroPoint;
    private readonly Vector512<int> _rightZeroPoint;
    private readonly Vector512<int> _min;
    private readonly Vector128<byte> _max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QuantizedAddAvx512(in QuantizedAdd add)
    {
        _left = new Rescale(add.LeftMultiplier, add.LeftShift, 0);
        _right = new Rescale(add.RightMultiplier, add.RightShift, 0);
        _output = new Rescale(add.OutputMultiplier, add.OutputShift, add.OutputZeroPoint);
        _leftZeroPoint = Vector512.Create(add.LeftZeroPoint);
        _rightZeroPoint = Vector512.Create(add.RightZeroPoint);
        _min = Vector512.Create((int)add.Min);
        _max = Vector128.Create(add.Max);
    }

    /// <summary>The 16 sums. Requires <see cref="QuantizedAdd.IsNarrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Add(Vector128<byte> left, Vector128<byte> right)
    {
        Vector512<int> a = _left.Apply((Avx512F.ConvertToVector512Int32(left) - _leftZeroPoint) << 21);
        Vector512<int> b = _right.Apply((Avx512F.ConvertToVector512Int32(right) - _rightZeroPoint) << 21);
        Vector512<int> sum = a + b;
        sum = Avx512F.Max(_output.Apply(sum + sum), _min);
        return Sse2.Min(Avx512F.ConvertToVector128ByteWithSaturation(sum.AsUInt32()), _max);
    }

    private readonly struct Rescale
    {
        private readonly Vector512<int> _multiplier;
        private readonly Vector512<long> _constant;
        private readonly Vector512<int> _negative;
        private readonly Vector512<uint> _shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rescale(int multiplier, int shift, int zeroPoint)
        {
            int right = -shift;
            long half = right == 0 ? 0 : 1L << (right + 31);
            _multiplier = Vector512.Create(multiplier);
            _constant = Vector512.Create((1L << 31) + half + ((long)zeroPoint << (right + 32)));
            _negative = Vector512.Create(right == 0 ? 0 : -1);
            _shift = Vector512.Create((uint)right);
        }

        /// <param name="doubled">Twice the values, below 2³¹.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<int> Apply(Vector512<int> doubled)
        {
            Vector512<long> even = Avx512F.Multiply(doubled, _multiplier) + _constant;
            Vector512<long> odd = Avx512F.Multiply(OddLanes(doubled), _multiplier) + _constant;
            Vector512<int> high = HighHalves(even, odd) + (Avx512F.ShiftRightArithmetic(doubled, 31) & _negative);
            return Avx512F.ShiftRightArithmeticVariable(high, _shift);
        }
    }

    /// <summary>Each odd lane, moved to the even one below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> OddLanes(Vector512<int> values) => Avx512F.ShiftRightLogical(values.AsInt64(), 32).AsInt32();

    /// <summary>The upper 32 bits of each sum, in the order of the channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> HighHalves(Vector512<long> even, Vector512<long> odd)
        => Avx512F.PermuteVar16x32x2(even.AsInt32(), Vector512.Create(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31), odd.AsInt32());
}
