using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SkiaSharp;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>A digit in a picture.</summary>
/// <param name="Class">0 to 9.</param>
/// <param name="Box">The smallest upright box around its ink, in pixels.</param>
internal readonly record struct DrawnDigit(int Class, SKRect Box);

/// <summary>A picture that was drawn.</summary>
/// <param name="Bitmap">Four bytes a pixel: red, green, blue, 255.</param>
/// <param name="Digits">The digits in it.</param>
internal sealed record DrawnPicture(SKBitmap Bitmap, IReadOnlyList<DrawnDigit> Digits) : IDisposable
{
    public void Dispose() => Bitmap.Dispose();
}

/// <summary>
/// Draws digits over photographs and textures, no two pictures alike. Typefaces and photographs are those of a folder; what a picture shows depends on them and on the random numbers alone.
/// </summary>
internal sealed class DrawnPictures
{
    private const string Digits = "0123456789";

    /// <summary>What must not be taken for digits. Letters that look like one in some typeface are left out.</summary>
    private const string Distractors = "ACDEFGHJKLMNPRTUVWXYacdefhjkmnprtuvwxy&@#%?!+=<>";

    /// <summary>Heights of digits in parts of the picture's: the smallest has 16 pixels of 128.</summary>
    private const double SmallestHeight = 0.125, LargestHeight = 0.8;

    /// <summary>The shorter side of photographs. A picture shows 0.4 of it or more.</summary>
    private const int PhotographSide = 256;

    private readonly SKTypeface[] _typefaces;
    private readonly SKImage[] _photographs;

    /// <param name="folder">Holds typefaces (.ttf, .otf) and, if any are wanted, photographs (.jpg, .png).</param>
    public DrawnPictures(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DatasetException($"{folder}: there is no such folder.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        _typefaces = [.. OfKind(files, ".ttf", ".otf").Select(file => SKTypeface.FromFile(file)).Where(t => t is not null && t.ContainsGlyphs(Digits + Distractors))];
        _photographs = [.. OfKind(files, ".jpg", ".png").Select(Photograph)];
        if (_typefaces.Length == 0)
            throw new DatasetException($"{folder}: there is no typeface with digits, .ttf or .otf.");
    }

    /// <summary>What pictures are made of, for people.</summary>
    public override string ToString() => $"{_typefaces.Length} typefaces and {_photographs.Length} photographs";

    /// <summary>Draws a picture.</summary>
    public DrawnPicture Draw(Random random, int width, int height)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var digits = new List<DrawnDigit>();
        using var canvas = new SKCanvas(bitmap);
        DrawBackground(canvas, random, width, height);
        for (int i = random.Next(7); i > 0; i--)
            DrawClutter(canvas, random, width, height);

        var taken = new List<SKRect>();
        for (int i = random.Next(1, 13); i > 0; i--)
            DrawText(bitmap, canvas, random, taken, digits);
        DrawLight(canvas, random, width, height);
        return new DrawnPicture(Finish(bitmap, random), digits);
    }

    private static IEnumerable<string> OfKind(string[] files, params string[] extensions) =>
        files.Where(file => extensions.Contains(Path.GetExtension(file).ToLowerInvariant()));

    /// <summary>A photograph at the size in which parts of it are wanted.</summary>
    private static SKImage Photograph(string path)
    {
        using SKBitmap decoded = SKBitmap.Decode(path) ?? throw new DatasetException($"{path}: this is no image that can be decoded.");
        float scale = (float)PhotographSide / Math.Min(decoded.Width, decoded.Height);
        using SKBitmap resized = decoded.Resize(new SKSizeI((int)MathF.Ceiling(decoded.Width * scale), (int)MathF.Ceiling(decoded.Height * scale)), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return SKImage.FromBitmap(resized);
    }

    private void DrawBackground(SKCanvas canvas, Random random, int width, int height)
    {
        if (_photographs.Length > 0 && random.NextDouble() < 0.5)
        {
            SKImage photograph = _photographs[random.Next(_photographs.Length)];
            double side = Between(random, 0.4, 1) * PhotographSide;
            float left = (float)(random.NextDouble() * (photograph.Width - side)), top = (float)(random.NextDouble() * (photograph.Height - side));
            canvas.DrawImage(photograph, SKRect.Create(left, top, (float)side, (float)side), SKRect.Create(width, height), new SKSamplingOptions(SKFilterMode.Linear));
            return;
        }

        using var paint = new SKPaint();
        SKPoint from = Point(random, width, height), to = Point(random, width, height);
        SKColor[] colours = [Colour(random), Colour(random), Colour(random)];
        using SKShader gradient = random.Next(3) switch
        {
            0 => SKShader.CreateLinearGradient(from, to, colours, SKShaderTileMode.Mirror),
            1 => SKShader.CreateRadialGradient(from, width, colours, SKShaderTileMode.Mirror),
            _ => SKShader.CreateColor(colours[0]),
        };
        paint.Shader = gradient;
        canvas.DrawPaint(paint);
        if (random.Next(2) == 0)
            return;

        // Cloth, clouds, plaster: noise over the colour.
        float frequency = (float)Between(random, 0.01, 0.3);
        using SKShader noise = random.Next(2) == 0
            ? SKShader.CreatePerlinNoiseFractalNoise(frequency, frequency * (float)Between(random, 0.3, 3), random.Next(1, 5), random.Next(1000))
            : SKShader.CreatePerlinNoiseTurbulence(frequency, frequency * (float)Between(random, 0.3, 3), random.Next(1, 5), random.Next(1000));
        paint.Shader = noise;
        paint.BlendMode = random.Next(2) == 0 ? SKBlendMode.SoftLight : SKBlendMode.SrcOver;
        paint.Color = SKColors.White.WithAlpha((byte)random.Next(60, 220));
        canvas.DrawPaint(paint);
    }

    /// <summary>A line, a shape, stripes or a letter.</summary>
    private void DrawClutter(SKCanvas canvas, Random random, int width, int height)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true, Color = Colour(random).WithAlpha((byte)random.Next(80, 256)), IsStroke = random.Next(2) == 0, StrokeWidth = (float)Between(random, 0.5, 5),
        };
        SKPoint a = Point(random, width, height), b = Point(random, width, height);
        var box = new SKRect(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Max(a.X, b.X), Math.Max(a.Y, b.Y));
        switch (random.Next(6))
        {
            case 0:
                canvas.DrawLine(a, b, paint);
                break;
            case 1:
                canvas.DrawRect(box, paint);
                break;
            case 2:
                // An outline would be a zero.
                paint.IsStroke = false;
                canvas.DrawOval(box, paint);
                break;
            case 3:
                float step = (float)Between(random, 4, 24);
                for (float x = box.Left; x < box.Right; x += step)
                    canvas.DrawLine(x, box.Top, x + b.X - a.X, box.Bottom, paint);
                break;
            default:
                paint.IsStroke = false;
                using (var font = new SKFont(_typefaces[random.Next(_typefaces.Length)], (float)(height * LogBetween(random, 0.1, 0.7))))
                {
                    canvas.Save();
                    canvas.RotateDegrees((float)Between(random, -40, 40), a.X, a.Y);
                    canvas.DrawText(Text(random, Distractors, random.Next(1, 5)), a, font, paint);
                    canvas.Restore();
                }

                break;
        }
    }

    /// <summary>One digit or a number, where there is room for it.</summary>
    private void DrawText(SKBitmap bitmap, SKCanvas canvas, Random random, List<SKRect> taken, List<DrawnDigit> digits)
    {
        SKTypeface typeface = _typefaces[random.Next(_typefaces.Length)];
        string text = Text(random, Digits, random.Next(3) == 0 ? random.Next(2, 5) : 1);
        double size = bitmap.Height * LogBetween(random, SmallestHeight, text.Length == 1 ? LargestHeight : LargestHeight / text.Length);
        using var font = new SKFont(typeface, 100);

        // Glyphs side by side, turned, slanted and squeezed as one, and laid somewhere in the picture.
        SKPath[] glyphs = Glyphs(font, text, (float)Between(random, 0, 12));
        SKRect ink = Bounds(glyphs);
        Transform(glyphs, SKMatrix.CreateScale((float)(size / ink.Height * LogBetween(random, 0.7, 1.4)), (float)(size / ink.Height))
            .PostConcat(SKMatrix.CreateSkew((float)Between(random, -0.2, 0.2), 0))
            .PostConcat(SKMatrix.CreateRotationDegrees((float)((random.NextDouble() + random.NextDouble() - 1) * 30))));
        SKRect whole = Bounds(glyphs);
        float left = random.NextSingle() * (bitmap.Width - whole.Width), top = random.NextSingle() * (bitmap.Height - whole.Height);
        Transform(glyphs, SKMatrix.CreateTranslation(left - whole.Left, top - whole.Top));
        SKRect[] boxes = [.. glyphs.Select(g => g.TightBounds)];
        whole = Bounds(glyphs);
        bool hasPlate = random.Next(4) == 0;
        SKRect room = hasPlate ? SKRect.Inflate(whole, whole.Width * 0.5f, whole.Height * 0.5f) : SKRect.Inflate(whole, 2, 2);
        if (boxes.Min(b => b.Height) >= bitmap.Height * SmallestHeight * 0.8 && SKRect.Create(bitmap.Width, bitmap.Height).Contains(whole) && !taken.Any(t => t.IntersectsWith(room)))
        {
            taken.Add(room);
            digits.AddRange(text.Zip(boxes, (c, b) => new DrawnDigit(c - '0', b)));
            DrawGlyphs(bitmap, canvas, random, glyphs, whole, hasPlate);
        }

        Array.ForEach(glyphs, g => g.Dispose());
    }

    private static void DrawGlyphs(SKBitmap bitmap, SKCanvas canvas, Random random, SKPath[] glyphs, SKRect whole, bool hasPlate)
    {
        using var paint = new SKPaint { IsAntialias = true };
        double behind = Luminance(bitmap, whole);
        if (hasPlate)
        {
            // A plate, as house numbers and signs have.
            paint.Color = Colour(random);
            behind = Luminance(paint.Color);
            SKRect plate = SKRect.Inflate(whole, whole.Width * (float)Between(random, 0.1, 0.3), whole.Height * (float)Between(random, 0.1, 0.3));
            if (random.Next(2) == 0)
                canvas.DrawRoundRect(plate, plate.Height / 8, plate.Height / 8, paint);
            else
                canvas.DrawOval(SKRect.Inflate(plate, whole.Width * 0.2f, whole.Height * 0.2f), paint);
        }

        SKColor ink;
        do
            ink = Colour(random);
        while (Math.Abs(Luminance(ink) - behind) < 60);
        int style = random.Next(10);
        foreach (SKPath glyph in glyphs)
        {
            if (style < 2)
            {
                // A shadow.
                canvas.Save();
                canvas.Translate(whole.Height * 0.04f, whole.Height * 0.05f);
                paint.Color = (behind < 128 ? SKColors.White : SKColors.Black).WithAlpha(100);
                canvas.DrawPath(glyph, paint);
                canvas.Restore();
            }

            if (style == 2)
            {
                // A line around, which belongs to the digit no more than its shadow.
                paint.Color = Luminance(ink) < 128 ? SKColors.White : SKColors.Black;
                (paint.IsStroke, paint.StrokeWidth) = (true, whole.Height * 0.05f);
                canvas.DrawPath(glyph, paint);
                paint.IsStroke = false;
            }

            paint.Color = ink;
            canvas.DrawPath(glyph, paint);
        }
    }

    private static SKRect Bounds(SKPath[] glyphs) => glyphs.Select(g => g.TightBounds).Aggregate(SKRect.Union);

    private static void Transform(SKPath[] glyphs, SKMatrix matrix) => Array.ForEach(glyphs, g => g.Transform(matrix));

    private static SKPath[] Glyphs(SKFont font, string text, float spacing)
    {
        var glyphs = new SKPath[text.Length];
        float x = 0;
        for (int i = 0; i < glyphs.Length; i++)
        {
            glyphs[i] = font.GetTextPath(text.AsSpan(i, 1), new SKPoint(x, 0));
            x += font.MeasureText(text.AsSpan(i, 1)) + spacing;
        }

        return glyphs;
    }

    /// <summary>Light from one side, in half of the pictures.</summary>
    private static void DrawLight(SKCanvas canvas, Random random, int width, int height)
    {
        if (random.Next(2) == 0)
            return;
        SKColor[] colours = [SKColors.White.WithAlpha((byte)random.Next(100)), SKColors.Black.WithAlpha((byte)random.Next(140))];
        using SKShader shader = SKShader.CreateLinearGradient(Point(random, width, height), Point(random, width, height), colours, SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
    }

    /// <summary>What a camera adds: blur, the noise of its sensor, and JPEG.</summary>
    private static SKBitmap Finish(SKBitmap bitmap, Random random)
    {
        if (random.Next(3) == 0)
        {
            using SKBitmap sharp = bitmap.Copy();
            float sigma = (float)Between(random, 0.3, 1.2) * bitmap.Height / 128;
            using SKImageFilter blur = SKImageFilter.CreateBlur(sigma, sigma, SKShaderTileMode.Clamp);
            using var paint = new SKPaint { ImageFilter = blur };
            using var canvas = new SKCanvas(bitmap);
            canvas.DrawBitmap(sharp, 0, 0, paint);
        }

        if (random.Next(3) == 0)
        {
            int most = random.Next(4, 50);
            Span<byte> pixels = bitmap.GetPixelSpan();
            for (int i = 0; i < pixels.Length; i++)
            {
                if (i % 4 != 3)
                    pixels[i] = (byte)Math.Clamp(pixels[i] + ((random.NextDouble() + random.NextDouble() - 1) * most), 0, 255);
            }
        }

        if (random.Next(3) != 0)
            return bitmap;
        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, random.Next(25, 95));
        SKImageInfo info = bitmap.Info;
        bitmap.Dispose();
        return SKBitmap.Decode(jpeg, info);
    }

    /// <summary>The average in a part of a picture.</summary>
    private static double Luminance(SKBitmap bitmap, SKRect part)
    {
        double sum = 0;
        for (int i = 0; i < 25; i++)
            sum += Luminance(bitmap.GetPixel((int)(part.Left + (part.Width * (i % 5) / 5)), (int)(part.Top + (part.Height * (i / 5) / 5))));
        return sum / 25;
    }

    private static double Luminance(SKColor colour) => (0.299 * colour.Red) + (0.587 * colour.Green) + (0.114 * colour.Blue);

    private static SKColor Colour(Random random) => random.Next(4) switch
    {
        0 => SKColor.FromHsl(0, 0, random.Next(101)),
        _ => SKColor.FromHsl(random.Next(360), random.Next(20, 101), random.Next(5, 96)),
    };

    private static SKPoint Point(Random random, int width, int height) => new(random.NextSingle() * width, random.NextSingle() * height);

    private static string Text(Random random, string letters, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)]));

    private static double Between(Random random, double least, double most) => least + (random.NextDouble() * (most - least));

    private static double LogBetween(Random random, double least, double most) => least * Math.Pow(most / least, random.NextDouble());
}
