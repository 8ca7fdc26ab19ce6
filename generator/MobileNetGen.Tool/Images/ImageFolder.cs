using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Terminal;
using SkiaSharp;

namespace MobileNetGen.Tool.Images;

/// <summary>A folder of images, as commands take one.</summary>
internal static class ImageFolder
{
    /// <summary>Sides beyond this are no photographs: a few bytes of a file can claim them.</summary>
    private const int MaximumSide = 1 << 15;

    private static readonly string[] s_extensions = [".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"];

    /// <summary>The image files of a folder and those below it, by path: the same order on every machine.</summary>
    /// <exception cref="InputException">There is no such folder, or no image in it.</exception>
    public static ImmutableArray<string> Files(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such folder.");
        ImmutableArray<string> files =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => s_extensions.Contains(Path.GetExtension(f).ToLowerInvariant()))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files : throw new InputException($"{folder}: there is no image in it; {string.Join(", ", s_extensions)} files are read.");
    }

    /// <summary>Decodes an image, turned the way its camera was held, and brings it to a network's size, as the generated class's <c>Prepare</c> does.</summary>
    /// <param name="file">The image.</param>
    /// <param name="network">The network.</param>
    /// <param name="crop">The part that is used.</param>
    /// <returns>Bytes, height × width × channels, in the network's channel order.</returns>
    /// <exception cref="InputException">It cannot be decoded.</exception>
    public static byte[] Prepare(string file, Network network, Crop crop = default)
    {
        using SKData? data = SKData.Create(file);
        using SKCodec? codec = data is null ? null : SKCodec.Create(data);
        if (codec is null || codec.Info.Width > MaximumSide || codec.Info.Height > MaximumSide)
            throw new InputException($"{file}: this is no image that can be read.");

        // An image, unlike a codec, follows the orientation that the file states.
        using SKImage image = SKImage.FromEncodedData(data) ?? throw new InputException($"{file}: this image cannot be decoded.");
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        if (!image.ReadPixels(info, bitmap.GetPixels(), info.RowBytes, 0, 0))
            throw new InputException($"{file}: this image cannot be decoded.");
        var pixels = new byte[network.Input.Length];
        ImagePreparation.Resize(
            bitmap.GetPixelSpan(), info.Width, info.Height, pixels, network.Input.Width, network.Input.Height, PixelFormat.Rgba, Enum.Parse<ChannelOrder>(network.Order.ToString()), crop);
        return pixels;
    }
}
