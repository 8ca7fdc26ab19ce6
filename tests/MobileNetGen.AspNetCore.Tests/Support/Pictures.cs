using System;
using System.IO;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>Pictures to send.</summary>
internal static class Pictures
{
    /// <summary>The photograph of a cat, as a JPEG file.</summary>
    public static byte[] Cat { get; } = File.ReadAllBytes(Path.Combine(BuildProperty.RepositoryRoot, "samples", "Classify", "photos", "cat.jpg"));

    /// <summary>The same without loss.</summary>
    public static byte[] CatPng { get; } = Png();

    /// <summary>Pixels without meaning, the same for the same seed.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var pixels = new byte[length];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    /// <summary>A file decoded to red, green and blue.</summary>
    public static byte[] Rgb(byte[] file, out int width, out int height)
    {
        using SKBitmap bitmap = Photo.Open(new MemoryStream(file));
        (width, height) = (bitmap.Width, bitmap.Height);
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
            rgba.Slice(i * 4, 3).CopyTo(rgb.AsSpan(i * 3));
        return rgb;
    }

    private static byte[] Png()
    {
        using SKBitmap bitmap = Photo.Open(new MemoryStream(Cat));
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }
}
