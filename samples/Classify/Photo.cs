using System;
using System.IO;
using SkiaSharp;

namespace MobileNetGen.Samples.Classify;

/// <summary>A decoded picture: RGB bytes, row by row, the way its camera was held.</summary>
internal readonly record struct Photo(byte[] Rgb, int Width, int Height)
{
    /// <summary>Decodes a file. Returns what is wrong with it, or null.</summary>
    public static string? TryDecode(string path, out Photo photo)
    {
        photo = default;
        if (!File.Exists(path))
            return $"{path}: there is no such file.";
        using SKCodec? codec = SKCodec.Create(path);
        if (codec is null)
            return $"{path}: this is no image of a kind that can be read.";

        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using var bitmap = new SKBitmap(info);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
            return $"{path}: cannot be decoded ({result}).";

        photo = Upright(bitmap, codec.EncodedOrigin);
        return null;
    }

    /// <summary>Copies the pixels in the order that the camera's orientation says: phones store pictures as the sensor saw them.</summary>
    private static Photo Upright(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        bool sideways = origin >= SKEncodedOrigin.LeftTop;
        (int width, int height) = sideways ? (bitmap.Height, bitmap.Width) : (bitmap.Width, bitmap.Height);
        var rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int sx, int sy) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, width - 1 - x),
                    SKEncodedOrigin.RightBottom => (height - 1 - y, width - 1 - x),
                    SKEncodedOrigin.LeftBottom => (height - 1 - y, x),
                    _ => (x, y),
                };
                rgba.Slice(((sy * bitmap.Width) + sx) * 4, 3).CopyTo(rgb.AsSpan(((y * width) + x) * 3));
            }
        }

        return new Photo(rgb, width, height);
    }
}
