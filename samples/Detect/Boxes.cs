using System;
using System.IO;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Classify;
using SkiaSharp;

namespace MobileNetGen.Samples.Detect;

/// <summary>Draws what was found into a picture: a box in the colour of its class, and its label and score.</summary>
internal static class Boxes
{
    /// <summary>Writes the picture with its boxes as PNG.</summary>
    public static void Save(Photo photo, ReadOnlySpan<Detection> found, string path)
    {
        using SKBitmap bitmap = ToBitmap(photo);
        using var canvas = new SKCanvas(bitmap);
        float line = Math.Max(2, Math.Min(photo.Width, photo.Height) / 160f);
        using var font = new SKFont(SKTypeface.Default, line * 6);
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = line };

        // The best last, on top.
        for (int i = found.Length - 1; i >= 0; i--)
        {
            Detection box = found[i].In(photo.Width, photo.Height);
            string label = $"{box.Label} {box.Score * 100:0}%";
            (paint.Color, paint.IsStroke) = (SKColor.FromHsl(box.Class * 137.5f % 360, 90, 45), true);
            canvas.DrawRect(SKRect.Create(box.Left, box.Top, box.Width, box.Height), paint);

            // Above the box, or inside where there is no room.
            float height = font.Size * 1.2f, top = box.Top >= height ? box.Top - height : box.Top;
            paint.IsStroke = false;
            canvas.DrawRect(SKRect.Create(box.Left - (line / 2), top, font.MeasureText(label) + font.Size / 2, height), paint);
            paint.Color = SKColors.White;
            canvas.DrawText(label, box.Left + font.Size / 4, top + font.Size, font, paint);
        }

        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    private static SKBitmap ToBitmap(Photo photo)
    {
        var bitmap = new SKBitmap(new SKImageInfo(photo.Width, photo.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> rgba = bitmap.GetPixelSpan();
        for (int i = 0; i < photo.Width * photo.Height; i++)
        {
            photo.Rgb.AsSpan(i * 3, 3).CopyTo(rgba[(i * 4)..]);
            rgba[(i * 4) + 3] = 255;
        }

        return bitmap;
    }
}
