using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using SkiaSharp;

namespace MobileNetGen.SkiaSharp;

/// <summary>
/// Reads photographs: JPEG, PNG, WebP, GIF (its first picture) and BMP. They come upright, as EXIF says the camera was held. Colour profiles are not applied, and transparent
/// pixels keep their colour: so it is with Pillow and TensorFlow, with which networks are trained.
/// </summary>
public static class Photo
{
    /// <summary>The most pixels of a photograph, unless a call says otherwise: 50 million, which take 200 MB.</summary>
    public const int MaximumPixels = 50_000_000;

    /// <summary>How names of photographs end.</summary>
    internal static ImmutableArray<string> Extensions { get; } = [".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"];

    /// <summary>Whether a file's name is that of a photograph.</summary>
    internal static bool IsPhotograph(string name) => Extensions.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumPixels">
    /// The most pixels, 1 or more. A larger JPEG or WebP file is decoded at a fraction of its size, the largest that keeps to this; of other kinds it is an error. A few
    /// bytes of a file can claim any size, so the claim is checked before memory is taken. A lower limit makes large photographs quicker to read.
    /// </param>
    /// <returns>The photograph, four bytes a pixel in the order red, green, blue, alpha. The caller disposes it.</returns>
    /// <exception cref="PhotoException">It cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is less than 1.</exception>
    public static SKBitmap Open(string path, int maximumPixels = MaximumPixels)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using FileStream file = File.OpenRead(path);
            return Open(file, path, maximumPixels);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PhotoException(failure is FileNotFoundException or DirectoryNotFoundException ? $"{path}: there is no such file." : $"{path}: {failure.Message}", failure);
        }
    }

    /// <summary>Reads a stream from where it stands. It is read to its end, and not closed.</summary>
    /// <param name="stream">The photograph.</param>
    /// <param name="maximumPixels">The most pixels, as for a file.</param>
    /// <returns>The photograph, four bytes a pixel in the order red, green, blue, alpha. The caller disposes it.</returns>
    /// <exception cref="PhotoException">It cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumPixels"/> is less than 1.</exception>
    public static SKBitmap Open(Stream stream, int maximumPixels = MaximumPixels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Open(stream, "the stream", maximumPixels);
    }

    /// <summary>Reads a stream that has a name of its own.</summary>
    /// <param name="stream">The photograph.</param>
    /// <param name="name">What messages begin with; null for nothing.</param>
    /// <param name="maximumPixels">The most pixels, as for a file.</param>
    internal static SKBitmap Open(Stream stream, string? name, int maximumPixels = MaximumPixels) => Read(stream, name is null ? "" : name + ": ", maximumPixels);

    private static SKBitmap Read(Stream stream, string prefix, int maximumPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumPixels, 1);
        using SKData? data = SKData.Create(stream);
        using SKCodec? codec = data is null ? null : SKCodec.Create(data);
        if (codec is null)
            throw new PhotoException($"{prefix}this is no picture of a kind that can be read: JPEG, PNG, WebP, GIF or BMP.");

        // All scans are gone through, also for a smaller picture.
        if (PictureHeader.Read(data!.Span) is { } header && header.HasTooManyScans(MaximumPixels))
            throw new PhotoException($"{prefix}a JPEG file of {header.Width}×{header.Height} pixels has {header.Scans} scans; no camera and no program writes so many, and each takes as long as a picture.");

        SKSizeI size = Size(codec, prefix, maximumPixels);
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        SKBitmap bitmap = Allocate(info, prefix);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result == SKCodecResult.Success)
            return Orientation.Upright(bitmap, codec.EncodedOrigin, () => Allocate(Orientation.Turned(info, codec.EncodedOrigin), prefix));

        bitmap.Dispose();
        throw new PhotoException(result == SKCodecResult.IncompleteInput ? $"{prefix}the picture ends too early; the file was cut off." : $"{prefix}the picture is damaged ({result}).");
    }

    /// <summary>The largest size that keeps to the limit. Decoders of JPEG can halve sides up to three times, and more finely by eighths.</summary>
    private static SKSizeI Size(SKCodec codec, string prefix, int maximumPixels)
    {
        SKSizeI whole = codec.Info.Size;
        for (int eighths = 8; eighths > 0; eighths--)
        {
            SKSizeI size = eighths == 8 ? whole : codec.GetScaledDimensions(eighths / 8f);
            if ((long)size.Width * size.Height <= maximumPixels)
                return size;
        }

        throw new PhotoException(string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}{whole.Width}×{whole.Height} pixels are more than the limit of {maximumPixels:N0}, and the picture cannot be decoded smaller. Give a higher maximumPixels if it is to be trusted."));
    }

    private static SKBitmap Allocate(SKImageInfo info, string prefix)
    {
        var bitmap = new SKBitmap();
        if (bitmap.TryAllocPixels(info))
            return bitmap;
        bitmap.Dispose();
        throw new PhotoException($"{prefix}there is no memory for {info.Width}×{info.Height} pixels.");
    }
}
