using System;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// A channel's rescaling in single precision. That is no approximation: both it and TensorFlow Lite's integer rescaling only grow with the sum, so they
/// are equal everywhere if they are equal on both sides of each of the at most 255 sums at which the output byte changes, and there they are compared.
/// A sum is 2²³ + 2²² larger than it is, and <see cref="Shift"/>, so that its bits are those of a number in single precision; so is the result, whose
/// lowest bits are then an integer: the one multiplication and addition also rounds to it. Where it cannot be exact, there are two steps.
/// </summary>
/// <param name="Shift">Added to the bias. The offset being an integer, this is what moves the results by less than one.</param>
/// <param name="Gain">
/// What the sum is multiplied with first, or 0 in one step. Of products of two factors there are many more than factors, so one is nearer to the multiplier.
/// </param>
/// <param name="Factor">About the multiplier, or what the gain leaves of it.</param>
/// <param name="Offset">
/// What the result begins with, the output's zero point included. Where negative results round the other way it takes the sum's sign, is small, and the
/// rest is added to the result.
/// </param>
internal readonly record struct SinglePrecisionScale(long Shift, float Gain, float Factor, float Offset)
{
    /// <summary>2²³ + 2²²: the middle of the numbers in single precision whose last place is 1.</summary>
    public const float Origin = 3 << 22;

    /// <summary>The bits of <see cref="Origin"/>, in front of those of an integer.</summary>
    public const int OriginBits = 0x4B400000;

    // The gains tried: 1 and the next so many sixteenths, and then finer ones, with which sums are not exact any more.
    private const int ShortGains = 16, Gains = 128;

    // Offsets tried for a factor, evenly over those that would do were there no rounding; or integers, with the shift that each needs.
    private const int Offsets = 8, Integers = 1 << 14;

    /// <summary>Finds those of a block's channels, or null. They have the same number of steps: one for which there is none sends all of them the other way.</summary>
    /// <param name="rescalings">The integer forms.</param>
    /// <param name="ranges">The least and the largest sum of each.</param>
    /// <param name="inSinglePrecision">Whether kernels add sums up in single precision where there is one step, so that they have to be exact.</param>
    public static SinglePrecisionScale[]? FindBlock(IntegerRescaling[] rescalings, (long Least, long Most)[] ranges, bool inSinglePrecision)
    {
        return WithSteps(inOneStep: true) ?? WithSteps(inOneStep: false);

        SinglePrecisionScale[]? WithSteps(bool inOneStep)
        {
            var scales = new SinglePrecisionScale[rescalings.Length];
            for (int i = 0; i < scales.Length; i++)
            {
                if (Find(rescalings[i], ranges[i].Least, ranges[i].Most, inOneStep, inSinglePrecision && inOneStep) is not { } scale)
                    return null;
                scales[i] = scale;
            }

            return scales;
        }
    }

    /// <summary>Finds one that gives the very bytes, or null.</summary>
    /// <param name="rescaling">The integer form.</param>
    /// <param name="least">The least sum that there can be.</param>
    /// <param name="most">The largest.</param>
    /// <param name="inOneStep">Whether it is to have one step. Results that round differently where they are negative take two.</param>
    /// <param name="inSinglePrecision">Whether sums are added up in single precision, and have to be exact.</param>
    public static SinglePrecisionScale? Find(in IntegerRescaling rescaling, long least, long most, bool inOneStep, bool inSinglePrecision = false)
    {
        if (least < int.MinValue || most > int.MaxValue || most - least > 1 << 29 || !rescaling.IsMonotone((int)least, (int)most) || (inOneStep && rescaling.IsSymmetric))
            return null;
        (int[] sums, byte[] bytes) = Edges(rescaling, (int)least, (int)most);
        if (bytes[0] == bytes[^1])
            return Constant(bytes[0], rescaling, least, most, inOneStep);

        (long leastShift, long mostShift) = inSinglePrecision ? (-(1 << 22) - least, (1 << 22) - 1 - most) : (-(1 << 21), 1 << 21);
        int suspect = 0;
        for (int i = 0; i < (inOneStep ? 1 : Gains); i++)
        {
            float gain = inOneStep ? 0 : 1 + (i < ShortGains ? (float)i / ShortGains : (float)i / Gains), factor = (float)(rescaling.Factor / (inOneStep ? 1 : gain));
            foreach (float candidate in new[] { factor, MathF.BitDecrement(factor), MathF.BitIncrement(factor) })
            {
                double slope = inOneStep ? candidate : (double)gain * candidate;
                (double low, double high) = Range(rescaling, sums, bytes, slope);
                if (low > high)
                    continue;
                if (rescaling.IsSymmetric)
                {
                    for (int j = 0; j < Offsets; j++)
                    {
                        var scale = new SinglePrecisionScale(0, gain, candidate, (float)(low + ((high - low) * (j + 0.5) / Offsets)));
                        if (scale.IsExact(rescaling, sums, bytes, ref suspect))
                            return scale;
                    }

                    continue;
                }

                // The number that stands for the largest sum grows faster than the shift, so that its result is least with the least one: where it leaves 16 bits there, it does so with all.
                double largest = BitConverter.Int32BitsToSingle((int)Math.Min(OriginBits + leastShift + most, 0x7F800000)) - (double)Origin - leastShift;
                if ((largest * slope) + low > short.MaxValue + 4 + (4 * slope))
                    continue;

                // Integers in turn below and above what needs no shift, until both ways lead too far.
                double start = inOneStep ? (double)Origin * candidate : 0, nearest = Math.Round(start - low);
                bool isLeast = false, isMost = false;
                for (int j = 0; j < Integers && !(isLeast && isMost); j++)
                {
                    bool isBelow = j % 2 == 0;
                    if (isBelow ? isLeast : isMost)
                        continue;
                    double integer = nearest + (isBelow ? -j / 2 : (j + 1) / 2), shift = Math.Ceiling((integer + low - start) / slope);
                    isLeast |= isBelow && shift < leastShift;
                    isMost |= !isBelow && shift > mostShift;
                    if (shift < leastShift || shift > mostShift || (shift * slope) + start - integer > high)
                        continue;
                    var scale = new SinglePrecisionScale((long)shift, gain, candidate, (float)(Origin - integer));
                    if (scale.IsExact(rescaling, sums, bytes, ref suspect))
                        return scale;
                }
            }
        }

        return null;
    }

    /// <summary>The byte, as kernels compute it.</summary>
    public int Apply(int sum, in IntegerRescaling rescaling) => Math.Clamp((short)BitConverter.SingleToInt32Bits(Scale(sum, rescaling)), rescaling.Min, rescaling.Max);

    private float Scale(int sum, in IntegerRescaling rescaling)
    {
        float value = BitConverter.Int32BitsToSingle((int)(OriginBits + Shift + sum));
        if (Gain == 0)
            return MathF.FusedMultiplyAdd(value, Factor, Offset);
        value = MathF.FusedMultiplyAdd(value, Gain, -Origin * Gain);
        return rescaling.IsSymmetric
            ? MathF.FusedMultiplyAdd(value, Factor, MathF.CopySign(Offset, value)) + (Origin + rescaling.Layer.OutputZeroPoint)
            : MathF.FusedMultiplyAdd(value, Factor, Offset);
    }

    /// <param name="rescaling">The integer form.</param>
    /// <param name="sums">The sums to compare at.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="suspect">Where the last one failed, and the next is likely to fail too.</param>
    private bool IsExact(in IntegerRescaling rescaling, int[] sums, byte[] bytes, ref int suspect)
    {
        // Sums must not leave the positive numbers, nor results 16 bits.
        if (OriginBits + Shift + sums[0] <= 0 || OriginBits + Shift + sums[^1] >= 0x7F800000 || (rescaling.IsSymmetric && Offset < 0)
            || Math.Abs(Scale(sums[0], rescaling) - Origin) > short.MaxValue || Math.Abs(Scale(sums[^1], rescaling) - Origin) > short.MaxValue)
        {
            return false;
        }
        if (Apply(sums[suspect], rescaling) != bytes[suspect])
            return false;
        for (int i = 0; i < sums.Length; i++)
        {
            if (Apply(sums[i], rescaling) == bytes[i])
                continue;
            suspect = i;
            return false;
        }

        return true;
    }

    /// <summary>A channel all of whose sums give one byte, such as those that pad a block: however far from zero sums are, the shift takes them back.</summary>
    private static SinglePrecisionScale Constant(byte value, in IntegerRescaling rescaling, long least, long most, bool inOneStep)
    {
        float offset = rescaling.IsSymmetric ? value - rescaling.Layer.OutputZeroPoint : Origin + value;
        return new SinglePrecisionScale(offset < 0 ? -most - 1 : -least, inOneStep ? 0 : 1, 0, Math.Abs(offset));
    }

    /// <summary>The least and the largest sum, and between them, in order, those whose byte is larger than that of the one before, and the ones before; with the bytes.</summary>
    private static (int[] Sums, byte[] Bytes) Edges(in IntegerRescaling rescaling, int least, int most)
    {
        byte value = rescaling.Apply(least), last = rescaling.Apply(most);
        var sums = new int[2 * (last - value + 1)];
        var bytes = new byte[sums.Length];
        (sums[0], bytes[0]) = (least, value);
        int count = 1;
        double factor = rescaling.Factor;
        for (int from = least; value < last;)
        {
            // The first sum with a larger byte is in (from, to], and hardly ever far from the one whose result lies between two bytes.
            int to = most;
            byte next = last;
            double between = Math.Ceiling((value + 0.5 - rescaling.Layer.OutputZeroPoint) / factor);
            int sum = (int)Math.Max(Math.Min(between, (double)most - 1), (double)from + 1);
            for (long step = 1; (long)to - from > 1; step *= 2)
            {
                byte reached = rescaling.Apply(sum);
                if (reached > value)
                    (to, next) = (sum, reached);
                else
                    from = sum;
                long middle = ((long)from + to) >> 1;
                sum = (int)(to == sum ? Math.Max(middle, to - step) : Math.Min(middle, from + step));
            }

            (sums[count], bytes[count++]) = (from, value);
            (sums[count], bytes[count++]) = (to, next);
            (from, value) = (to, next);
        }

        (sums[count], bytes[count++]) = (most, last);
        return (sums[..count], bytes[..count]);
    }

    /// <summary>The offsets with which a slope would do if nothing but the result were rounded. From below only the first sum of a byte matters, from above the last.</summary>
    private static (double Low, double High) Range(in IntegerRescaling rescaling, int[] sums, byte[] bytes, double slope)
    {
        (bool isSymmetric, int min, int max) = (rescaling.IsSymmetric, rescaling.Min, rescaling.Max);
        int zeroPoint = isSymmetric ? rescaling.Layer.OutputZeroPoint : 0;
        (double low, double high) = isSymmetric ? (0, 0.5) : (-256, 512);
        for (int i = 0; i < sums.Length; i += 2)
        {
            double first = bytes[i] - zeroPoint - (sums[i] * slope) - 0.5, last = bytes[i + 1] - zeroPoint - (sums[i + 1] * slope) + 0.5;
            if (bytes[i] > min)
            {
                if (isSymmetric && sums[i] < 0)
                    high = Math.Min(high, -first);
                else
                    low = Math.Max(low, first);
            }

            if (bytes[i + 1] < max)
            {
                if (isSymmetric && sums[i + 1] < 0)
                    low = Math.Max(low, -last);
                else
                    high = Math.Min(high, last);
            }
        }

        return (low, high);
    }
}
