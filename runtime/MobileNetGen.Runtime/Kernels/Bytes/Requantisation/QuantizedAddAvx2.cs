using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The quantised addition of 8 pairs of bytes at once, for the rare ones that have no single precision. All three rescalings are the doubled form of <see cref="RequantizeAvx2"/>; the operands,
/// at most 255·2²⁰, and their sum are known to be small enough for it.
/// </summary>
internal readonly struct QuantizedAddAvx2
{
    private readonly Rescale _left;
    private readonly Rescale _right;
    private readonly Rescale _output;
    private readonly Vector256<int> _leftZeroPoint;
    private readonly Vector256<int> _rightZeroPoint;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QuantizedAddAvx2(in QuantizedAdd add)
    {
        _left = new Rescale(add.LeftMultiplier, add.LeftShift, 0);
        _right = new Rescale(add.RightMultiplier, add.RightShift, 0);
        _output = new Rescale(add.OutputMultiplier, add.OutputShift, add.OutputZeroPoint);
        _leftZeroPoint = Vector256.Create(add.LeftZeroPoint);
        _rightZeroPoint = Vector256.Create(add.RightZeroPoint);
    }

    /// <summary>8 sums, to be cut to the activation's range. Requires <see cref="QuantizedAdd.IsNarrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Add(Vector256<int> left, Vector256<int> right)
    {
        Vector256<int> sum = _left.Apply((left - _leftZeroPoint) << 21) + _right.Apply((right - _rightZeroPoint) << 21);
        return _output.Apply(sum + sum);
    }

    private readonly struct Rescale
    {
        private readonly Vector256<int> _multiplier;
        private readonly Vector256<long> _constant;
        private readonly Vector256<int> _negative;
        private readonly Vector256<uint> _shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rescale(int multiplier, int shift, int zeroPoint)
        {
            int right = -shift;
            long half = right == 0 ? 0 : 1L << (right + 31);
            _multiplier = Vector256.Create(multiplier);
            _constant = Vector256.Create((1L << 31) + half + ((long)zeroPoint << (right + 32)));
            _negative = Vector256.Create(right == 0 ? 0 : -1);
            _shift = Vector256.Create((uint)right);
        }

        /// <param name="doubled">Twice the values, below 2³¹.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<int> Apply(Vector256<int> doubled)
        {
            Vector256<long> even = Avx2.Multiply(doubled, _multiplier) + _constant;
            Vector256<long> odd = Avx2.Multiply(RequantizeAvx2.OddLanes(doubled), _multiplier) + _constant;
            Vector256<int> high = RequantizeAvx2.HighHalves(even, odd) + (Avx2.ShiftRightArithmetic(doubled, 31) & _negative);
            return Avx2.ShiftRightArithmeticVariable(high, _shift);
        }
    }
}
