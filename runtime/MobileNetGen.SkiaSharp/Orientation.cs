using System;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MobileNetGen.SkiaSharp;

/// <summary>Turns pictures the way their camera was held: phones store them as the sensor saw them.</summary>
internal static class Orientation
{
    /// <summary>The size of a picture once it is upright.</summary>
    public static SKImageInfo Turned(SKImageInfo info, SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop ? info.WithSize(info.Height, info.Width) : info;

    /// <summary>The picture itself where it is upright; else a copy, and the picture is disposed.</summary>
    /// <param name="bitmap">A picture of four bytes a pixel, without gaps between its rows.</param>
    /// <param name="origin">Where its first row and column lie in the upright one.</param>
    /// <param name="create">Makes the copy.</param>
    public static SKBitmap Upright(SKBitmap bitmap, SKEncodedOrigin origin, Func<SKBitmap> create)
    {
        if (origin is SKEncodedOrigin.TopLeft or < SKEncodedOrigin.TopLeft or > SKEncodedOrigin.LeftBottom)
            return bitmap;

        using (bitmap)
        {
            SKBitmap upright = create();
            Copy(
                MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan()), bitmap.Width, bitmap.Height, origin,
                MemoryMarshal.Cast<byte, uint>(upright.GetPixelSpan()), upright.Width, upright.Height);
            return upright;
        }
    }

    /// <summary>Goes through the target row by row, and through the source as its orientation says: from where, and by how much for a step to the right and for one down.</summary>
    private static void Copy(ReadOnlySpan<uint> source, int columns, int rows, SKEncodedOrigin origin, Span<uint> target, int width, int height)
    {
        int last = (columns * rows) - 1, lastRow = columns * (rows - 1);
        (int start, int right, int down) = origin switch
        {
            SKEncodedOrigin.TopRight => (columns - 1, -1, columns),
            SKEncodedOrigin.BottomRight => (last, -1, -columns),
            SKEncodedOrigin.BottomLeft => (lastRow, 1, -columns),
            SKEncodedOrigin.LeftTop => (0, columns, 1),
            SKEncodedOrigin.RightTop => (lastRow, -columns, 1),
            SKEncodedOrigin.RightBottom => (last, -columns, -1),
            _ => (columns - 1, columns, -1),
        };
        for (int y = 0; y < height; y++)
        {
            int from = start + (y * down);
            foreach (ref uint pixel in target.Slice(y * width, width))
            {
                pixel = source[from];
                from += right;
            }
        }
    }
}
