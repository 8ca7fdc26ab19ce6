using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From 32-bit sums to bytes, exactly as TensorFlow Lite's reference kernels do it: multiply by m·2^(shift − 31) and round. Every byte kernel ends
/// here. All are exact for every 32-bit sum, multipliers 0 … 2³¹ − 1 and shifts −31 … 30; what exceeds 32 bits wraps, as it does there.
/// </summary>
internal static unsafe class Requantize
{
    /// <summary>Bias, multiplier and shift of 16 channels.</summary>
    public const int ChannelInts = 48;

    private const int Lanes = 16;

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

    /// <summary>The 16 output bytes of one pixel. The sums already hold the bias.</summary>
    /// <param name="sums">[16].</param>
    /// <param name="correction">Subtracted from every sum: weight zero point · Σ x.</param>
    /// <param name="channels">Bias, multiplier and shift of the 16 channels.</param>
    /// <param name="output">[16].</param>
    /// <param name="r">What the channels have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block(int* sums, int correction, int* channels, byte* output, Requantization r)
    {
        for (int lane = 0; lane < Lanes; lane++)
            output[lane] = ToByte(sums[lane] - correction, channels[Lanes + lane], channels[2 * Lanes + lane], r);
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
}
