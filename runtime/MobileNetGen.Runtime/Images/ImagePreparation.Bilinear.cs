using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime;

public static unsafe partial class ImagePreparation
{
    private static Int128 BilinearBytes(in Source source, int channels, int columns, int rows)
        => ((Int128)BilinearAxis.Ints(columns) + BilinearAxis.Ints(rows) + 2 * (Int128)columns * channels) * sizeof(int) + (Int128)source.Width * channels;

    private static void Bilinear(byte* pixels, in Source source, int channels, byte* target, nint targetStride, int targetWidth, int targetHeight, byte* scratch)
    {
        var columns = new BilinearAxis((int*)scratch, source.Width, source.Left, source.UsedWidth, targetWidth, isRow: true);
        int* rest = (int*)scratch + BilinearAxis.Ints(targetWidth);
        var rows = new BilinearAxis(rest, source.Height, source.Top, source.UsedHeight, targetHeight, isRow: false);
        rest += BilinearAxis.Ints(targetHeight);

        // Row y of the source, along which pixels are interpolated already, is in line y mod 2.
        int lineInts = targetWidth * channels, next = 0;
        int* lines = rest;
        byte* converted = (byte*)(lines + 2 * (nint)lineInts);
        for (int y = 0; y < targetHeight; y++)
        {
            (int first, int weight, int nextWeight) = rows[y];
            int second = Math.Min(first + 1, source.Height - 1);
            first = Math.Max(first, 0);
            for (next = Math.Max(next, first); next <= second; next++)
                InterpolateRow(Reorder(pixels + next * source.Stride, converted, source.Width, source.Format, source.Order), lines + next % 2 * (nint)lineInts, source.Width, targetWidth, channels, columns);
            BlendLines(lines + first % 2 * (nint)lineInts, lines + second % 2 * (nint)lineInts, weight, nextWeight, target + y * targetStride, lineInts);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterpolateRow(byte* row, int* line, int sourceWidth, int targetWidth, int channels, BilinearAxis columns)
    {
        for (int x = 0; x < targetWidth; x++)
        {
            (int first, int weight, int nextWeight) = columns[x];
            byte* pixel = row + (nint)first * channels;
            byte* next = first + 1 < sourceWidth ? pixel + channels : pixel;
            for (int channel = 0; channel < channels; channel++)
                *line++ = pixel[channel] * weight + next[channel] * nextWeight;
        }
    }

    /// <summary>Four of the sums' 22 bits are dropped first and sixteen of each product, so that OpenCV's products fit its registers; two are left to round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlendLines(int* line, int* nextLine, int weight, int nextWeight, byte* target, int count)
    {
        for (int i = 0; i < count; i++)
            target[i] = (byte)(((weight * (line[i] >> 4) >> 16) + (nextWeight * (nextLine[i] >> 4) >> 16) + 2) >> 2);
    }
}
