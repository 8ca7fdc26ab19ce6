using System;

namespace MobileNetGen.Runtime;

/// <summary>
/// Along one axis, which source pixels make up each target pixel, and with which weights: Pillow's BILINEAR, a triangle as wide as the scale
/// when shrinking, so that every source pixel counts, and plain linear interpolation when enlarging. Pixel centres are at halves. Weights are
/// fixed-point numbers of 22 bits, as Pillow has them.
/// </summary>
internal readonly unsafe struct ResampleAxis
{
    private const int FractionBits = 22;

    private readonly int* _entries;
    private readonly int _entryInts;

    /// <summary>Computes the weights.</summary>
    /// <param name="memory">Room for <see cref="Ints"/> ints, kept by the axis.</param>
    /// <param name="sourceLength">Pixels of the source.</param>
    /// <param name="start">Where the part to resample starts.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="targetLength">Pixels of the target.</param>
    public ResampleAxis(int* memory, int sourceLength, double start, double length, int targetLength)
    {
        _entries = memory;
        _entryInts = (int)(2 + Taps(length, targetLength));

        double scale = length / targetLength, filterScale = Math.Max(scale, 1), inverse = 1 / filterScale;
        for (int i = 0; i < targetLength; i++)
        {
            double centre = start + (i + 0.5) * scale;
            int first = Math.Max((int)(centre - filterScale + 0.5), 0);
            int count = Math.Min((int)(centre + filterScale + 0.5), sourceLength) - first;

            double total = 0;
            for (int tap = 0; tap < count; tap++)
                total += Triangle((tap + first - centre + 0.5) * inverse);

            int* entry = Entry(i);
            entry[0] = first;
            entry[1] = count;
            for (int tap = 0; tap < count; tap++)
                entry[2 + tap] = (int)(0.5 + Triangle((tap + first - centre + 0.5) * inverse) / total * (1 << FractionBits));
        }
    }

    /// <summary>The most source pixels that one target pixel takes in.</summary>
    public static long Taps(double length, int targetLength) => (long)Math.Ceiling(Math.Max(length / targetLength, 1)) * 2 + 1;

    /// <summary>How many ints the weights of an axis take.</summary>
    public static long Ints(double length, int targetLength) => targetLength * (2 + Taps(length, targetLength));

    /// <summary>The first source pixel of a target pixel.</summary>
    public int First(int target) => Entry(target)[0];

    /// <summary>How many source pixels a target pixel takes in.</summary>
    public int Count(int target) => Entry(target)[1];

    /// <summary>A target pixel's weights, summing to about 2²².</summary>
    public int* Weights(int target) => Entry(target) + 2;

    /// <summary>A weighted sum to a byte.</summary>
    public static byte Round(int sum) => (byte)Math.Clamp((sum + (1 << (FractionBits - 1))) >> FractionBits, 0, 255);

    private static double Triangle(double distance) => Math.Max(0, 1 - Math.Abs(distance));

    private int* Entry(int target) => _entries + (nint)target * _entryInts;
}
