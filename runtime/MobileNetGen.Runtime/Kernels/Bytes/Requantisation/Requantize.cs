using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From 32-bit sums to bytes, exactly as TensorFlow Lite's reference kernels do it: multiply by m·2^(shift − 31) and round. What has
/// no <see cref="SinglePrecision"/> ends here. All are exact for every 32-bit sum, multipliers 0 … 2³¹ − 1 and shifts −31 … 30; what exceeds 32 bits
/// wraps, as it does there.
/// </summary>
internal static unsafe class Requantize
{
    private const int Lanes = BlobLayout.Lanes;

    /// <summary>value·multiplier·2^(shift − 31), rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rescale(int value, int multiplier, int shift, Rounding rounding)
        => rounding == Rounding.Once ? RescaleOnce(value, multiplier, shift) : RescaleTwice(value, multiplier, shift);

    /// <summary>
    /// gemmlowp's saturating rounding doubling high multiplication (ties up; it cannot saturate here, as the multiplier is never −2³¹),
    /// then its rounding division by a power of two (ties away from zero).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RescaleTwice(int value, int multiplier, int shift)
    {
        int left = Math.Max(shift, 0), right = Math.Max(-shift, 0);
        int high = (int)(((long)(value << left) * multiplier + (1L << 30)) >> 31);
        int mask = (int)((1L << right) - 1);
        int threshold = (mask >> 1) + (high < 0 ? 1 : 0);
        return (high >> right) + ((high & mask) > threshold ? 1 : 0);
    }

    /// <summary>One 64-bit product, rounded with ties up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RescaleOnce(int value, int multiplier, int shift)
        => (int)(((long)value * multiplier + (1L << (30 - shift))) >> (31 - shift));

    /// <summary>One output byte of a layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ToByte(int sum, int multiplier, int shift, Requantization r)
        => (byte)Math.Clamp(Rescale(sum, multiplier, shift, r.Rounding) + r.OutputZeroPoint, r.Min, r.Max);

    /// <summary>The output bytes of some rows' pixels in one block of 16 channels. The sums already hold the bias.</summary>
    /// <param name="sums">[rows][width][16].</param>
    /// <param name="corrections">[rows][width], subtracted from a pixel's sums: weight zero point · Σ x. Not read where that zero point is 0.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Pixels of a row, which lie side by side in the output too.</param>
    /// <param name="rescaling">The block's numbers.</param>
    /// <param name="outputs">[rows], where each row's bytes of block 0 go.</param>
    /// <param name="offset">From there to the block meant.</param>
    /// <param name="r">What the channels have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVector>(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
    {
        if (SinglePrecision.Has(rescaling) || SinglePrecision.HasTwoSteps(rescaling))
            SinglePrecision.Store<TVector>(sums, corrections, rows, width, rescaling, outputs, offset, r);
        else
            StoreIntegers(sums, corrections, rows, width, rescaling, outputs, offset, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreIntegers(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, nint offset, in Requantization r)
    {
        RequantizeAvx2 lower = default, upper = default;
        if (Avx2.IsSupported)
            (lower, upper) = (new(rescaling, r), new(rescaling + 8, r));
        for (int row = 0; row < rows; row++)
        {
            byte* output = outputs[row] + offset;
            for (int i = 0; i < width; i++, sums += Lanes, output += Lanes)
            {
                int correction = r.WeightZeroPoint == 0 ? 0 : *corrections++;
                if (lower.IsNarrow && upper.IsNarrow)
                {
                    Vector256<int> a = lower.Scale(Vector256.Load(sums) - Vector256.Create(correction)), b = upper.Scale(Vector256.Load(sums + 8) - Vector256.Create(correction));
                    RequantizeAvx2.ToBytes(a, b, r.Min, r.Max).Store(output);
                }
                else
                {
                    for (int lane = 0; lane < Lanes; lane++)
                        output[lane] = ToByte(sums[lane] - correction, rescaling[RescalingLayout.Multiplier + lane], rescaling[RescalingLayout.Shift + lane], r);
                }
            }
        }
    }

    /// <summary>The 16 output bytes of one pixel.</summary>
    public static void Store<TVector>(int* sums, int* rescaling, byte* output, in Requantization r) where TVector : struct, IInt32Vector<TVector>
    {
        int correction = 0;
        Store<TVector>(sums, &correction, 1, 1, rescaling, &output, 0, r);
    }

    /// <summary>Quantised additions of runs of bytes, whole blocks of 16.</summary>
    /// <param name="left">[rows][count].</param>
    /// <param name="rights">[rows], where each row's run of block 0 begins.</param>
    /// <param name="rightOffset">From there to the block meant.</param>
    /// <param name="outputs">[rows], likewise; the memory may be that of either operand.</param>
    /// <param name="outputOffset">From there to the block meant.</param>
    /// <param name="rows">Runs.</param>
    /// <param name="count">Bytes of each, a multiple of 16.</param>
    /// <param name="add">Zero points, scales and clamp.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TVector>(byte* left, byte** rights, nint rightOffset, byte** outputs, nint outputOffset, int rows, int count, in QuantizedAdd add)
        where TVector : struct, IInt32Vector<TVector>
    {
        if (add.IsSinglePrecision)
            SinglePrecision.Add<TVector>(left, rights, rightOffset, outputs, outputOffset, rows, count, add);
        else
            AddIntegers(left, rights, rightOffset, outputs, outputOffset, rows, count, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddIntegers(byte* left, byte** rights, nint rightOffset, byte** outputs, nint outputOffset, int rows, int count, in QuantizedAdd add)
    {
        if (Avx2.IsSupported && add.IsNarrow)
        {
            var adder = new QuantizedAddAvx2(add);
            for (int row = 0; row < rows; row++, left += count)
            {
                byte* right = rights[row] + rightOffset, output = outputs[row] + outputOffset;
                for (int i = 0; i < count; i += Lanes)
                {
                    Vector256<int> lower = adder.Add(Avx2.ConvertToVector256Int32(left + i), Avx2.ConvertToVector256Int32(right + i));
                    Vector256<int> upper = adder.Add(Avx2.ConvertToVector256Int32(left + i + 8), Avx2.ConvertToVector256Int32(right + i + 8));
                    RequantizeAvx2.ToBytes(lower, upper, add.Min, add.Max).Store(output + i);
                }
            }
        }
        else
        {
            for (int row = 0; row < rows; row++, left += count)
            {
                byte* right = rights[row] + rightOffset, output = outputs[row] + outputOffset;
                for (int i = 0; i < count; i++)
                    output[i] = Add(left[i], right[i], add);
            }
        }
    }

    /// <summary>One output byte of a quantised addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Add(int left, int right, in QuantizedAdd add)
    {
        int scaledLeft = RescaleTwice((left - add.LeftZeroPoint) << 20, add.LeftMultiplier, add.LeftShift);
        int scaledRight = RescaleTwice((right - add.RightZeroPoint) << 20, add.RightMultiplier, add.RightShift);
        int sum = RescaleTwice(scaledLeft + scaledRight, add.OutputMultiplier, add.OutputShift);
        return (byte)Math.Clamp(sum + add.OutputZeroPoint, add.Min, add.Max);
    }

    /// <summary>One output byte of a quantised multiplication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Multiply(int value, int factor, in QuantizedMultiply multiply)
    {
        int scaled = RescaleTwice((value - multiply.MapZeroPoint) * (factor - multiply.FactorZeroPoint), multiply.Multiplier, multiply.Shift);
        return (byte)Math.Clamp(scaled + multiply.OutputZeroPoint, multiply.Min, multiply.Max);
    }
}
