using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Packing;

/// <summary>What makes a channel's sums bytes by TensorFlow Lite's definition: the multiplier, the zero point and the activation's range.</summary>
internal readonly record struct IntegerRescaling(FixedPointMultiplier Multiplier, PackedRequantization Layer)
{
    public int Min => Layer.Min;

    public int Max => Layer.Max;

    public double Factor => Math.ScaleB(Multiplier.Multiplier, Multiplier.Shift - 31);

    /// <summary>Whether negative results round the other way, and there are such: that is what rounding twice does.</summary>
    public bool IsSymmetric => Layer.Rounding == RoundingMode.Twice && Layer.Min < Layer.OutputZeroPoint;


    /// <summary>Whether the byte only grows with the sum: shifts to the left would wrap.</summary>
    public bool IsMonotone(int least, int most) => Multiplier.Shift <= 0 || (Math.Max(-(long)least, most) << Multiplier.Shift) < int.MaxValue;

    /// <summary>The byte.</summary>
    public byte Apply(int sum)
    {
        int scaled = Layer.Rounding == RoundingMode.Twice
            ? Multiplier.ApplyRoundingTwice(sum)
            : (int)((((long)sum * Multiplier.Multiplier) + (1L << (30 - Multiplier.Shift))) >> (31 - Multiplier.Shift));
        return (byte)Math.Clamp(scaled + Layer.OutputZeroPoint, Layer.Min, Layer.Max);
    }
}
