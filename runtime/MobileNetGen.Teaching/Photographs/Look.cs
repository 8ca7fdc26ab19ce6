using System;
using System.Numerics;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>
/// The look of a picture in 64 bits, in each whether it gets brighter from one of nine columns to the next in one of eight rows. Copies of other sizes, qualities or brightness have nearly the same bits.
/// </summary>
/// <param name="Bits">Of the picture.</param>
/// <param name="Mirrored">Of its mirrored image.</param>
internal readonly record struct Look(ulong Bits, ulong Mirrored)
{
    private const int Columns = 9, Rows = 8;

    /// <summary>Takes the look of a picture.</summary>
    /// <param name="pixels">The picture, row by row, each pixel's channels together.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static Look Of(ReadOnlySpan<byte> pixels, int width, int height)
    {
        int channels = pixels.Length / (width * height);
        Span<long> sums = stackalloc long[Columns * Rows], counts = stackalloc long[Columns * Rows];
        sums.Clear();
        counts.Clear();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int cell = (y * Rows / height * Columns) + (x * Columns / width);
                int start = ((y * width) + x) * channels;
                for (int c = 0; c < channels; c++)
                    sums[cell] += pixels[start + c];
                counts[cell]++;
            }
        }

        (ulong bits, ulong mirrored) = (0, 0);
        for (int y = 0; y < Rows; y++)
        {
            for (int x = 0; x < Columns - 1; x++)
            {
                int left = (y * Columns) + x, right = left + 1;

                // Means are compared without dividing.
                long difference = (sums[right] * counts[left]) - (sums[left] * counts[right]);
                if (difference > 0)
                    bits |= 1UL << ((y * 8) + x);
                if (difference < 0)
                    mirrored |= 1UL << ((y * 8) + 7 - x);
            }
        }

        return new Look(bits, mirrored);
    }

    /// <summary>In how many bits two pictures differ, or one and the mirrored image of the other.</summary>
    public int Distance(Look other) => Math.Min(BitOperations.PopCount(Bits ^ other.Bits), BitOperations.PopCount(Bits ^ other.Mirrored));
}
