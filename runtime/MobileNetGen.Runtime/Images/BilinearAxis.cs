using System;

namespace MobileNetGen.Runtime;

/// <summary>
/// Along one axis, the two source pixels nearest to each target pixel and their weights, of 11 bits: OpenCV's INTER_LINEAR on bytes, whose positions are computed in double
/// precision, rounded to floats and then to the weights' steps, halves to even.
/// </summary>
internal readonly unsafe struct BilinearAxis
{
    /// <summary>Bits of a weight.</summary>
    public const int FractionBits = 11;

    private readonly int* _entries;

    /// <summary>Computes the weights.</summary>
    /// <param name="memory">Room for <see cref="Ints"/> ints, kept by the axis.</param>
    /// <param name="sourceLength">Pixels of the source.</param>
    /// <param name="start">Where the part to resample starts.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="targetLength">Pixels of the target.</param>
    /// <param name="isRow">
    /// Whether it goes along a row, where a pixel beyond an end has its neighbour's weight. Down a column it keeps its own, though it is the same pixel: products are cut before they are added.
    /// </param>
    public BilinearAxis(int* memory, int sourceLength, double start, double length, int targetLength, bool isRow)
    {
        _entries = memory;
        double scale = 1 / (targetLength / length);
        for (int i = 0; i < targetLength; i++)
        {
            float position = (float)(start + (i + 0.5) * scale - 0.5);
            int first = (int)MathF.Floor(position);
            float fraction = position - first;
            if (isRow && first < 0)
                (first, fraction) = (0, 0);
            if (isRow && first >= sourceLength - 1)
                (first, fraction) = (sourceLength - 1, 0);

            _entries[i * 3] = first;
            _entries[i * 3 + 1] = (int)MathF.Round((1 - fraction) * (1 << FractionBits));
            _entries[i * 3 + 2] = (int)MathF.Round(fraction * (1 << FractionBits));
        }
    }

    /// <summary>How many ints the weights of an axis take.</summary>
    public static long Ints(int targetLength) => 3L * targetLength;

    /// <summary>The first of the two pixels, −1 or more, its weight, and that of the next.</summary>
    public (int First, int Weight, int NextWeight) this[int target] => (_entries[target * 3], _entries[target * 3 + 1], _entries[target * 3 + 2]);
}
