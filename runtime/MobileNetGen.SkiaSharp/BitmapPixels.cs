using System;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.SkiaSharp;

/// <summary>The bytes of a bitmap as <c>Prepare</c> takes them: its own, where their order is one of the usual; else those of a copy.</summary>
internal readonly ref struct BitmapPixels
{
    private readonly SKBitmap _bitmap;
    private readonly SKBitmap? _copy;

    /// <summary>Finds them. They are valid until this is disposed, and as long as the bitmap is not changed.</summary>
    /// <exception cref="ArgumentException">The bitmap has no pixels.</exception>
    public BitmapPixels(SKBitmap bitmap)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        if (bitmap.IsEmpty || bitmap.IsNull)
            throw new ArgumentException("The bitmap has no pixels.", nameof(bitmap));
        _bitmap = bitmap;
        if (FormatOf(bitmap.ColorType) is { } format)
        {
            Format = format;
            return;
        }

        _bitmap = _copy = bitmap.Copy(SKColorType.Rgba8888) ?? throw new ArgumentException($"The bitmap's colour type, {bitmap.ColorType}, cannot be converted.", nameof(bitmap));
        Format = PixelFormat.Rgba;
    }

    /// <summary>How they store a pixel.</summary>
    public PixelFormat Format { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bitmap.GetPixelSpan();

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => _bitmap.RowBytes;

    /// <summary>Frees the copy.</summary>
    public void Dispose() => _copy?.Dispose();

    private static PixelFormat? FormatOf(SKColorType type) => type switch
    {
        SKColorType.Rgba8888 or SKColorType.Rgb888x => PixelFormat.Rgba,
        SKColorType.Bgra8888 => PixelFormat.Bgra,
        SKColorType.Gray8 => PixelFormat.Grey,
        _ => null,
    };
}
