using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.Teaching.Tests.Support;

/// <summary>Numbers, photographs and a network for tests, the same on every machine.</summary>
internal static class Drawn
{
    public const int Side = 32, Cells = 4, FeatureLength = Cells * Cells * 3;

    /// <summary>A network of sorts: the mean colour of each of sixteen squares.</summary>
    public static FeatureExtractor Extractor(Action? called = null) => new(new ImageInput(Side, Side, ChannelOrder.Rgb, Resampling.Antialiased, Fit.Stretch, 0), FeatureLength, (pixels, features) =>
    {
        called?.Invoke();
        features.Clear();
        const int cell = Side / Cells;
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % Side, y = i / 3 / Side;
            features[(((y / cell * Cells) + (x / cell)) * 3) + (i % 3)] += pixels[i] / (255f * cell * cell);
        }
    });

    /// <summary>Writes photographs of a class: a noisy picture with more of one colour.</summary>
    /// <param name="folder">The folder of the class, which is made.</param>
    /// <param name="color">0 red, 1 green, 2 blue.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">What tells them from others.</param>
    /// <param name="width">Columns.</param>
    public static void Photographs(string folder, int color, int count, int seed, int width = 48)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < count; i++)
        {
            using SKBitmap photo = Photograph(color, (seed * 1000) + i, width);
            Write(photo, Path.Combine(folder, $"{i:000}.png"));
        }
    }

    public static SKBitmap Photograph(int color, int seed, int width = 48)
    {
        var random = new Random(seed);
        var photo = new SKBitmap(width, 40);
        var blocks = new SKColor[6, 6];
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 6; x++)
            {
                byte[] rgb = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
                rgb[color] = (byte)Math.Min(255, rgb[color] + 60);
                blocks[y, x] = new SKColor(rgb[0], rgb[1], rgb[2]);
            }
        }

        for (int y = 0; y < photo.Height; y++)
        {
            for (int x = 0; x < photo.Width; x++)
                photo.SetPixel(x, y, blocks[y * 6 / photo.Height, x * 6 / photo.Width]);
        }

        return photo;
    }

    public static void Write(SKBitmap photo, string path)
    {
        using SKData data = photo.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }

    /// <summary>Numbers of a normal distribution.</summary>
    public static IEnumerable<double> Normal(int seed)
    {
        var random = new Random(seed);
        while (true)
            yield return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Rows of features.</summary>
    public static float[][] Rows(int count, int length, int seed) => [.. Normal(seed).Take(count * length).Select(v => (float)v).Chunk(length)];
}
