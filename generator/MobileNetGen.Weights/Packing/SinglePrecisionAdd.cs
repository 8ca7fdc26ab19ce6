using System;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// A quantised addition in single precision: left · <see cref="LeftFactor"/> + (right · <see cref="RightFactor"/> + <see cref="Offset"/>), each product and addition rounded once.
/// Added to <see cref="Origin"/>, that is rounded to an integer in the lowest bits. There are only 65536 pairs of bytes, and it is compared with the
/// integer definition for all of them; where the nearest factors miss a pair, their neighbours and other offsets are tried.
/// </summary>
internal readonly record struct SinglePrecisionAdd(float LeftFactor, float RightFactor, float Offset)
{
    /// <summary>2²³ + 2²², as in <see cref="SinglePrecisionScale"/>, and what the offset takes away: numbers about zero are the most precise.</summary>
    private const float Origin = SinglePrecisionScale.Origin + Middle;

    private const int Middle = 128;

    // Offsets tried beside the nearest one, and their distance.
    private const int Offsets = 16;
    private const float OffsetStep = 1f / (1 << 18);

    // The factors tried: neighbours of the nearest one.
    private static readonly int[] s_neighbours = [0, -1, 1, -2, 2];

    /// <summary>Finds one that gives the very bytes, or null.</summary>
    /// <param name="add">The integer form.</param>
    public static SinglePrecisionAdd? Find(PackedAdd add)
    {
        FixedPointMultiplier left = new(add.LeftMultiplier, add.LeftShift), right = new(add.RightMultiplier, add.RightShift), output = new(add.OutputMultiplier, add.OutputShift);
        byte[,] bytes = Bytes(add, left, right, output);
        double scale = Real(output) * (1 << 20), leftFactor = Real(left) * scale, rightFactor = Real(right) * scale;
        for (int i = 0; i <= Offsets; i++)
        {
            float shift = OffsetStep * (i % 2 == 0 ? -i / 2 : (i + 1) / 2);
            foreach (int j in s_neighbours)
            {
                foreach (int k in s_neighbours)
                {
                    // A factor that is a little too large or small is least so in the middle.
                    float a = Neighbour((float)leftFactor, j), b = Neighbour((float)rightFactor, k);
                    double middle = (leftFactor * (Middle - add.LeftZeroPoint)) + (rightFactor * (Middle - add.RightZeroPoint)) + add.OutputZeroPoint - Middle;
                    var candidate = new SinglePrecisionAdd(a, b, (float)(middle - (Middle * ((double)a + b)) + shift));
                    if (candidate.Equals(bytes, add))
                        return candidate;
                }
            }
        }

        return null;
    }

    /// <summary>The byte, as kernels compute it.</summary>
    public int Apply(int left, int right, PackedAdd add)
    {
        float sum = MathF.FusedMultiplyAdd(left, LeftFactor, MathF.FusedMultiplyAdd(right, RightFactor, Offset)) + Origin;
        return Math.Clamp((short)BitConverter.SingleToInt32Bits(sum), add.Min, add.Max);
    }

    private bool Equals(byte[,] bytes, PackedAdd add)
    {
        for (int left = 0; left < 256; left++)
        {
            for (int right = 0; right < 256; right++)
            {
                if (Apply(left, right, add) != bytes[left, right])
                    return false;
            }
        }

        return LeftFactor > 0;
    }

    /// <summary>What TensorFlow Lite's definition gives for a pair.</summary>
    public static int Exact(PackedAdd add, int left, int right)
    {
        int a = new FixedPointMultiplier(add.LeftMultiplier, add.LeftShift).ApplyRoundingTwice((left - add.LeftZeroPoint) << 20);
        int b = new FixedPointMultiplier(add.RightMultiplier, add.RightShift).ApplyRoundingTwice((right - add.RightZeroPoint) << 20);
        int sum = new FixedPointMultiplier(add.OutputMultiplier, add.OutputShift).ApplyRoundingTwice(unchecked(a + b));
        return Math.Clamp(unchecked(sum + add.OutputZeroPoint), add.Min, add.Max);
    }

    /// <summary>The same for every pair.</summary>
    private static byte[,] Bytes(PackedAdd add, FixedPointMultiplier left, FixedPointMultiplier right, FixedPointMultiplier output)
    {
        var bytes = new byte[256, 256];
        var scaledRight = new int[256];
        for (int j = 0; j < 256; j++)
            scaledRight[j] = right.ApplyRoundingTwice((j - add.RightZeroPoint) << 20);
        for (int i = 0; i < 256; i++)
        {
            int scaled = left.ApplyRoundingTwice((i - add.LeftZeroPoint) << 20);
            for (int j = 0; j < 256; j++)
            {
                int sum = output.ApplyRoundingTwice(unchecked(scaled + scaledRight[j]));
                bytes[i, j] = (byte)Math.Clamp(unchecked(sum + add.OutputZeroPoint), add.Min, add.Max);
            }
        }

        return bytes;
    }

    private static double Real(FixedPointMultiplier factor) => Math.ScaleB(factor.Multiplier, factor.Shift - 31);

    private static float Neighbour(float value, int distance) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + distance);
}
