using System;
using System.IO;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Teaching;

/// <summary>A small copy of a photograph, inside a page.</summary>
internal static class Thumbnail
{
    private const int Height = 192, MaximumWidth = 4 * Height, Quality = 80;

    /// <summary>A data URI; null where the photograph is there no longer.</summary>
    public static string? Of(string? path)
    {
        if (path is null || !File.Exists(path))
            return null;
        try
        {
            using SKBitmap photo = Photo.Open(path);
            int height = Math.Min(Height, photo.Height), width = Math.Clamp((int)((long)photo.Width * height / photo.Height), 1, MaximumWidth);
            using SKBitmap? small = photo.Resize(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            using SKData? data = small?.Encode(SKEncodedImageFormat.Jpeg, Quality);
            return data is null ? null : $"data:image/jpeg;base64,{Convert.ToBase64String(data.AsSpan())}";
        }
        catch (PhotoException)
        {
            return null;
        }
    }
}
