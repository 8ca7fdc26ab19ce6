using System;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// A channel's rescaling in single precision: (sum + Shift) · Factor + Offset in one rounding, to the nearest integer in a second. That is no
/// approximation: both it and TensorFlow Lite's integer rescaling only grow with the sum, so they are equal everywhere if they are equal on both sides of
/// each of the at most 255 sums at which the output byte changes, and there they are compared. It takes three instructions where the integers take nine
/// to fourteen. Which of the many such numbers are exact is a matter of trying: the smaller the factor, the fewer.
/// </summary>
/// <param name="Shift">Added to the bias. A change of it by one moves results by less than the last place of the offset does.</param>
/// <param name="Factor">About the multiplier.</param>
/// <param name="Offset">
/// What brings the two roundings together, and the output's zero point less 128. Where negative results round the other way it takes the sum's sign, and the
/// zero point is added later.
/// </param>
internal readonly record struct SinglePrecisionScale(int Shift, float Factor, float Offset)
{
    // Factors tried above and below the multiplier, in units of the last place. Those further away miss sums at the ends of the range.
    private const int Factors = 32;

    // Offsets tried for a factor, evenly over those that would do were there no rounding.
    private const int Offsets = 8;

    // Shifts tried for a factor.
    private const int Shifts = 64;

    /// <summary>Finds one that gives the very bytes, or null.</summary>
    /// <param name="rescaling">The integer form.</param>
    /// <param name="least">The least sum that there can be.</param>
    /// <param name="most">The largest.</param>
    public static SinglePrecisionScale? Find(in IntegerRescaling rescaling, long least, long most)
    {
        if (least < int.MinValue || most > int.MaxValue - Shifts || !rescaling.IsMonotone((int)least, (int)most))
            return null;
        int[] sums = [.. Edges(rescaling, (int)least, (int)most)];
        byte[] bytes = Array.ConvertAll(sums, rescaling.Apply);
        for (int i = 0; i <= 2 * Factors; i++)
        {
            float factor = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)rescaling.Factor) + (i % 2 == 0 ? -i / 2 : (i + 1) / 2));
            (double low, double high) = Range(rescaling, sums, bytes, factor);
            int shifts = rescaling.IsSymmetric || !(low <= high) ? 1 : Shifts;
            for (int j = 0; j < shifts * Offsets && low <= high; j++)
            {
                double offset = low + ((high - low) * ((j % Offsets) + 0.5) / Offsets);
                int shift = j / Offsets;
                var scale = new SinglePrecisionScale(shift, factor, (float)(offset - ((double)shift * factor)));
                if (scale.IsExact(rescaling, sums, bytes))
                    return scale;
            }
        }

        return null;
    }

    /// <summary>The byte, as kernels compute it.</summary>
    public int Apply(int sum, in IntegerRescaling rescaling)
    {
        float shifted = sum + Shift, offset = rescaling.IsSymmetric ? MathF.CopySign(Offset, shifted) : Offset;
        float scaled = MathF.Round(MathF.FusedMultiplyAdd(shifted, Factor, offset), MidpointRounding.ToEven);
        return Math.Clamp((int)scaled + rescaling.Base, rescaling.Min, rescaling.Max);
    }

    private bool IsExact(in IntegerRescaling rescaling, int[] sums, byte[] bytes)
    {
        // Beyond this, conversions to integers would give a number of the other sign.
        const float most = 1 << 30;
        if (Math.Abs((float)sums[0] * Factor) > most || Math.Abs((float)sums[^1] * Factor) > most || (rescaling.IsSymmetric && Offset < 0))
            return false;
        for (int i = 0; i < sums.Length; i++)
        {
            if (Apply(sums[i], rescaling) != bytes[i])
                return false;
        }

        return true;
    }

    /// <summary>The least and the largest sum, and between them, in order, those whose byte is larger than that of the one before, and the ones before.</summary>
    private static IEnumerable<int> Edges(IntegerRescaling rescaling, int least, int most)
    {
        yield return least;
        int last = rescaling.Apply(most);
        for (int from = least, value = rescaling.Apply(least); value < last; value = rescaling.Apply(from))
        {
            // The first sum with a larger byte is in (from, to].
            int to = most;
            while ((long)to - from > 1)
            {
                int middle = (int)(((long)from + to) >> 1);
                if (rescaling.Apply(middle) > value)
                    to = middle;
                else
                    from = middle;
            }

            yield return from;
            yield return to;
            from = to;
        }

        yield return most;
    }

    /// <summary>The offsets with which a factor would do if neither product nor sum were rounded.</summary>
    private static (double Low, double High) Range(in IntegerRescaling rescaling, int[] sums, byte[] bytes, float factor)
    {
        (double low, double high) = rescaling.IsSymmetric ? (0, 0.5) : (-256, 256);
        for (int i = 0; i < sums.Length; i++)
        {
            // From below only the first sum of a byte matters, from above the last.
            bool isNegative = rescaling.IsSymmetric && sums[i] < 0;
            double nearest = bytes[i] - rescaling.Base - ((double)sums[i] * factor);
            if (i % 2 == 0 && bytes[i] > rescaling.Min)
                Limit(nearest - 0.5, isLower: true);
            if (i % 2 != 0 && bytes[i] < rescaling.Max)
                Limit(nearest + 0.5, isLower: false);

            void Limit(double offset, bool isLower)
            {
                if (isNegative)
                    (offset, isLower) = (-offset, !isLower);
                if (isLower)
                    low = Math.Max(low, offset);
                else
                    high = Math.Min(high, offset);
            }
        }

        return (low, high);
    }
}
