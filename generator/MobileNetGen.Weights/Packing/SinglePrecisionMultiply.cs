using System;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// A quantised multiplication in single precision: product · <see cref="Scale"/> ± <see cref="Nudge"/>, rounded once, the nudge with the product's sign, where the product of what two bytes
/// lie above their zero points is an integer. Added to 2²³ + 2²² and the output's zero point, that is rounded to an integer in the lowest bits. The nudge is what TensorFlow Lite's first
/// rounding adds at most to a number that its second then rounds up. There are only 65536 pairs of bytes, and it is compared with the integer definition for all of them; where
/// the nearest numbers miss a pair, their neighbours are tried.
/// </summary>
internal readonly record struct SinglePrecisionMultiply(float Scale, float Nudge)
{
    // Scales and nudges tried on either side of the nearest, and how far nudges lie apart.
    private const int Scales = 4;
    private const int Nudges = 8;
    private const float NudgeStep = 1f / (1 << 18);

    /// <summary>Finds one that gives the very bytes, or null.</summary>
    /// <param name="mapZeroPoint">Zero point of the map, 0 … 255.</param>
    /// <param name="factorZeroPoint">Zero point of the factors, 0 … 255.</param>
    /// <param name="rescaling">From products to the output.</param>
    /// <param name="outputZeroPoint">Zero point of the output, 0 … 255.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static SinglePrecisionMultiply? Find(int mapZeroPoint, int factorZeroPoint, FixedPointMultiplier rescaling, int outputZeroPoint, int min, int max)
    {
        var bytes = new byte[256, 256];
        for (int i = 0; i < 256; i++)
        {
            for (int j = 0; j < 256; j++)
                bytes[i, j] = (byte)Math.Clamp(unchecked(rescaling.ApplyRoundingTwice((i - mapZeroPoint) * (j - factorZeroPoint)) + outputZeroPoint), min, max);
        }

        float scale = (float)Math.ScaleB(rescaling.Multiplier, rescaling.Shift - 31), nudge = rescaling.Shift < 0 ? (float)Math.ScaleB(1, rescaling.Shift - 1) : 0;
        for (int i = 0; i <= 2 * Nudges; i++)
        {
            for (int j = 0; j <= 2 * Scales; j++)
            {
                float neighbour = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(scale) + Alternate(j));
                var candidate = new SinglePrecisionMultiply(neighbour, Math.Max(nudge + (NudgeStep * Alternate(i)), 0));
                if (candidate.Equals(bytes, mapZeroPoint, factorZeroPoint, outputZeroPoint, min, max))
                    return candidate;
            }
        }

        return null;
    }

    /// <summary>The byte, as kernels compute it.</summary>
    public int Apply(int product, int outputZeroPoint, int min, int max)
    {
        float rescaled = MathF.FusedMultiplyAdd(product, Scale, product < 0 ? -Nudge : Nudge) + (SinglePrecisionScale.Origin + outputZeroPoint);
        return Math.Clamp((short)BitConverter.SingleToInt32Bits(rescaled), min, max);
    }

    private bool Equals(byte[,] bytes, int mapZeroPoint, int factorZeroPoint, int outputZeroPoint, int min, int max)
    {
        for (int i = 0; i < 256; i++)
        {
            for (int j = 0; j < 256; j++)
            {
                if (Apply((i - mapZeroPoint) * (j - factorZeroPoint), outputZeroPoint, min, max) != bytes[i, j])
                    return false;
            }
        }

        return Scale > 0;
    }

    /// <summary>0, 1, −1, 2, −2 …</summary>
    private static int Alternate(int i) => i % 2 == 0 ? -i / 2 : (i + 1) / 2;
}
