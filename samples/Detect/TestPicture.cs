using System;
using System.Collections.Generic;
using SkiaSharp;

namespace MobileNetGen.Samples.Detect;

/// <summary>
/// Draws digits as the network has not seen them: with a round pen along lines of our own, which are of no typeface, over patterns that its training does not have. It needs no file and no font.
/// </summary>
public static class TestPicture
{
    /// <summary>The way of the pen, 10 high about the middle.</summary>
    private static readonly string[] s_digits =
    [
        "M0 -5 A3 5 0 0 1 0 5 A3 5 0 0 1 0 -5",
        "M-1.6 -3.4 L0.4 -5 L0.4 5",
        "M-3 -2.2 A2.9 2.8 0 1 1 2.3 -0.6 L-3 5 L3.1 5",
        "M-2.7 -3.2 A2.6 2.4 0 1 1 0 -0.2 A2.9 2.6 0 1 1 -2.9 3.2",
        "M1.4 5 L1.4 -5 L-3.2 2.2 L3.2 2.2",
        "M2.7 -5 L-2.1 -5 L-2.6 -0.4 A3 3.1 0 1 1 -2.9 3.4",
        "M1.8 -5 Q-3 -2.2 -3 2 A3 3 0 1 0 3 2 A3 3 0 0 0 -3 2",
        "M-3 -5 L3 -5 L-0.8 5",
        "M0 -0.2 A2.4 2.4 0 0 1 0 -5 A2.4 2.4 0 0 1 0 -0.2 A2.9 2.6 0 0 0 0 5 A2.9 2.6 0 0 0 0 -0.2",
        "M-1.8 5 Q3 2.2 3 -2 A3 3 0 1 0 -3 -2 A3 3 0 0 0 3 -2",
    ];

    /// <summary>Draws a picture; the same for the same seed.</summary>
    /// <param name="seed">Of everything random.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="digits">Gets what is in it, and the box around each, in pixels.</param>
    public static SKBitmap Draw(int seed, int width, int height, out IReadOnlyList<(int Digit, SKRect Box)> digits)
    {
        var random = new Random(seed);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        bool isDark = random.Next(2) == 0;
        DrawPattern(canvas, random, width, height, isDark);

        var drawn = new List<(int Digit, SKRect Box)>();
        for (int i = 0; i < 200 && drawn.Count < 9; i++)
        {
            int digit = random.Next(10);
            float size = height * Between(random, 0.15f, 0.36f);
            using SKPath path = SKPath.ParseSvgPathData(s_digits[digit]);
            SKMatrix matrix = SKMatrix.CreateScale(size / 10, size / 10)
                .PostConcat(SKMatrix.CreateRotationDegrees(Between(random, -15, 15)))
                .PostConcat(SKMatrix.CreateTranslation(random.NextSingle() * width, random.NextSingle() * height));
            path.Transform(matrix);
            float pen = size * Between(random, 0.08f, 0.18f);
            SKRect box = SKRect.Inflate(path.TightBounds, pen / 2, pen / 2);
            if (!SKRect.Create(width, height).Contains(box) || drawn.Exists(other => SKRect.Inflate(other.Box, 8, 8).IntersectsWith(box)))
                continue;
            using var paint = new SKPaint
            {
                IsAntialias = true, IsStroke = true, StrokeWidth = pen, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round, Color = Colour(random, !isDark),
            };
            canvas.DrawPath(path, paint);
            drawn.Add((digit, box));
        }

        digits = drawn;
        return bitmap;
    }

    /// <summary>A chequerboard, rings, waves or tiles of colours that are all dark or all light.</summary>
    private static void DrawPattern(SKCanvas canvas, Random random, int width, int height, bool isDark)
    {
        using var paint = new SKPaint { IsAntialias = true };
        int kind = random.Next(4);
        float cell = height * Between(random, 0.04f, 0.15f);
        SKColor[] colours = [Colour(random, isDark), Colour(random, isDark)];
        canvas.Clear(colours[0]);
        paint.Color = colours[1];
        switch (kind)
        {
            case 0:
                for (int y = 0; y * cell < height; y++)
                {
                    for (int x = y % 2; x * cell < width; x += 2)
                        canvas.DrawRect(SKRect.Create(x * cell, y * cell, cell, cell), paint);
                }

                break;
            case 1:
                (paint.IsStroke, paint.StrokeWidth) = (true, cell / 2);
                var middle = new SKPoint(random.NextSingle() * width, random.NextSingle() * height);
                for (float radius = cell / 2; radius < width + height; radius += cell)
                    canvas.DrawCircle(middle, radius, paint);
                break;
            case 2:
                (paint.IsStroke, paint.StrokeWidth) = (true, cell / 3);
                for (float y = -cell; y < height + cell; y += cell)
                {
                    using var wave = new SKPath();
                    wave.MoveTo(0, y);
                    for (float x = 0; x < width; x += cell * 2)
                        wave.RCubicTo(cell * 0.7f, cell, cell * 1.3f, -cell, cell * 2, 0);
                    canvas.DrawPath(wave, paint);
                }

                break;
            default:
                for (float y = 0; y < height; y += cell)
                {
                    for (float x = 0; x < width; x += cell)
                    {
                        paint.Color = Colour(random, isDark);
                        canvas.DrawRect(SKRect.Create(x, y, cell + 1, cell + 1), paint);
                    }
                }

                break;
        }
    }

    private static SKColor Colour(Random random, bool isDark) => SKColor.FromHsl(random.Next(360), random.Next(30, 100), isDark ? random.Next(8, 32) : random.Next(68, 92));

    private static float Between(Random random, float least, float most) => least + (random.NextSingle() * (most - least));
}
