using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Terminal;
using SkiaSharp;

namespace MobileNetGen.Tool.Detect;

/// <summary>Draws what was found into a photograph: a box in its class's colour, with name and score above it.</summary>
internal static class DetectionPicture
{
    private static readonly string[] s_formats = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>Whether pictures of a file's kind can be written.</summary>
    public static bool IsPicture(string file) => Array.IndexOf(s_formats, Path.GetExtension(file).ToLowerInvariant()) >= 0;

    /// <summary>Draws into the photograph, and writes it in the format of the file's name.</summary>
    /// <param name="photograph">The photograph, which is changed.</param>
    /// <param name="found">What was found, highest score first.</param>
    /// <param name="file">The picture to write.</param>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write(Photograph photograph, ImmutableArray<FoundObject> found, string file)
    {
        float size = Math.Max(Math.Max(photograph.Width, photograph.Height) / 40f, 11);
        using (var canvas = new SKCanvas(photograph.Bitmap))
        using (var font = new SKFont(SKTypeface.Default, size))
        {
            // The surest last, so that it is on top.
            for (int i = found.Length - 1; i >= 0; i--)
                Draw(canvas, font, size, found[i]);
        }

        using SKData data = photograph.Bitmap.Encode(Format(file), quality: 92) ?? throw new InputException($"{file}: the picture cannot be encoded.");
        Results.Write(file, data.ToArray());
    }

    private static void Draw(SKCanvas canvas, SKFont font, float size, FoundObject found)
    {
        // Steps of the golden angle: neighbours in the list of classes differ most.
        SKColor colour = SKColor.FromHsl(found.Class * 137.5f % 360, 80, 45);
        float pen = Math.Max(size / 8, 2), band = size * 1.4f;
        using var line = new SKPaint { Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = pen, IsAntialias = true };
        canvas.DrawRect(new SKRect(found.Left, found.Top, found.Right, found.Bottom), line);

        string text = string.Create(CultureInfo.InvariantCulture, $"{found.Name()} {found.Score * 100:0}%");
        float top = Math.Max(found.Top - band, 0), left = Math.Max(found.Left - (pen / 2), 0);
        using var fill = new SKPaint { Color = colour };
        canvas.DrawRect(new SKRect(left, top, left + font.MeasureText(text) + size, top + band), fill);
        using var ink = new SKPaint { Color = SKColors.White, IsAntialias = true };
        canvas.DrawText(text, left + (size / 2), top + size, font, ink);
    }

    private static SKEncodedImageFormat Format(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => SKEncodedImageFormat.Jpeg,
        ".webp" => SKEncodedImageFormat.Webp,
        _ => SKEncodedImageFormat.Png,
    };
}
