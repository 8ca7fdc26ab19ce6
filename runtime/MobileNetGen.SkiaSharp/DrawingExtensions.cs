using System;
using System.Globalization;
using System.IO;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.SkiaSharp;

/// <summary>Draws results into pictures, and saves those.</summary>
public static class DrawingExtensions
{
    extension(SKBitmap bitmap)
    {
        /// <summary>Draws what was found: a box in the colour of its class, with label and score above it, the surest on top.</summary>
        /// <param name="detections">What was found, highest score first. Edges are 0 to 1 of the picture, as <c>Detect</c> gives them.</param>
        public void DrawBoxes(ReadOnlySpan<Detection> detections)
        {
            using var canvas = new SKCanvas(bitmap);
            float size = TextSize(bitmap), pen = Math.Max(size / 5, 2), band = size * 1.4f;
            using var font = new SKFont(SKTypeface.Default, size);
            using var paint = new SKPaint { IsAntialias = true, StrokeWidth = pen };
            for (int i = detections.Length - 1; i >= 0; i--)
            {
                Detection box = detections[i].In(bitmap.Width, bitmap.Height);
                (paint.Color, paint.IsStroke) = (ColourOf(box.Class), true);
                canvas.DrawRect(SKRect.Create(box.Left, box.Top, box.Width, box.Height), paint);

                // Above the box, or inside where there is no room.
                string name = string.IsNullOrEmpty(box.Label) ? string.Create(CultureInfo.InvariantCulture, $"class {box.Class}") : box.Label;
                string text = string.Create(CultureInfo.InvariantCulture, $"{name} {box.Score * 100:0}%");
                float left = Math.Max(box.Left - (pen / 2), 0), top = box.Top >= band ? box.Top - band : Math.Max(box.Top, 0);
                paint.IsStroke = false;
                canvas.DrawRect(SKRect.Create(left, top, font.MeasureText(text) + size, band), paint);
                paint.Color = SKColors.White;
                canvas.DrawText(text, left + (size / 2), top + size, font, paint);
            }
        }

        /// <summary>Draws the most probable classes as bars over the lower edge of the picture, one below the other.</summary>
        /// <param name="predictions">The classes, the most probable first.</param>
        public void DrawBars(ReadOnlySpan<Prediction> predictions)
        {
            using var canvas = new SKCanvas(bitmap);
            float size = TextSize(bitmap), row = size * 1.6f, width = bitmap.Width, top = bitmap.Height - (row * predictions.Length) - (size / 2);
            using var font = new SKFont(SKTypeface.Default, size);
            using var paint = new SKPaint { IsAntialias = true, Color = new SKColor(0, 0, 0, 170) };
            canvas.DrawRect(SKRect.Create(0, top - (size / 2), width, bitmap.Height - top + size), paint);
            foreach (Prediction prediction in predictions)
            {
                float length = Math.Max(width - size, 0) * Math.Clamp(prediction.Probability, 0, 1);
                paint.Color = ColourOf(prediction.Index);
                canvas.DrawRect(SKRect.Create(size / 2, top, Math.Max(length, 2), row - (size / 5)), paint);
                paint.Color = SKColors.White;
                canvas.DrawText(prediction.ToString(), size, top + (size * 1.05f), font, paint);
                top += row;
            }
        }

        /// <summary>Writes the picture in the format of the file's name.</summary>
        /// <param name="path">A file that ends in .png, .jpg, .jpeg or .webp.</param>
        /// <param name="quality">Of JPEG and WebP, 1 to 100.</param>
        /// <exception cref="ArgumentException">The file's name ends otherwise.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path, int quality = 92)
        {
            SKEncodedImageFormat format = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".png" => SKEncodedImageFormat.Png,
                ".jpg" or ".jpeg" => SKEncodedImageFormat.Jpeg,
                ".webp" => SKEncodedImageFormat.Webp,
                var other => throw new ArgumentException($"'{other}' is no kind of picture that can be written: name a .png, .jpg or .webp file.", nameof(path)),
            };
            using SKData data = bitmap.Encode(format, quality) ?? throw new IOException($"{path}: the picture cannot be encoded.");
            using FileStream file = File.Create(path);
            data.SaveTo(file);
        }
    }

    private static float TextSize(SKBitmap bitmap) => Math.Max(Math.Max(bitmap.Width, bitmap.Height) / 40f, 11);

    /// <summary>Steps of the golden angle: neighbours in the list of classes differ most.</summary>
    private static SKColor ColourOf(int index) => SKColor.FromHsl(index * 137.5f % 360, 80, 45);
}
