using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using SkiaSharp;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>Labelled images, decoded and resized, in memory.</summary>
/// <param name="Size">The size of each.</param>
/// <param name="Pixels">One image after the other: row by row, each pixel's channels together.</param>
/// <param name="Labels">The class of each.</param>
internal sealed record ImageSet(Shape Size, byte[] Pixels, int[] Labels)
{
    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The bytes of one image.</summary>
    public ReadOnlySpan<byte> this[int index] => Pixels.AsSpan(index * (int)Size.Length, (int)Size.Length);

    /// <summary>Decodes files, and resizes what has another size, whatever its shape.</summary>
    /// <exception cref="DatasetException">One cannot be decoded, or they are too many for memory.</exception>
    public static ImageSet Decode(IReadOnlyList<LabelledFile> files, IReadOnlyList<string> classes, Shape size, PixelOrder order)
    {
        if (files.Count * size.Length > Array.MaxLength)
            throw new DatasetException($"{files.Count} images of {size} do not fit into one array of bytes: use fewer, or a smaller resolution.");
        var pixels = new byte[files.Count * size.Length];
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        for (int i = 0; i < files.Count; i++)
        {
            using Stream stream = files[i].Open();
            using SKBitmap decoded = SKBitmap.Decode(stream) ?? throw new DatasetException($"{files[i].Name}: this is no image that can be decoded.");
            using SKBitmap resized = decoded.Resize(info, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            CopyChannels(resized.GetPixelSpan(), order, pixels.AsSpan(i * (int)size.Length, (int)size.Length));
        }

        Dictionary<string, int> labels = classes.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label);
        return new ImageSet(size, pixels, [.. files.Select(file => labels[file.Class])]);
    }

    /// <summary>Copies pixels of four bytes as a network reads them.</summary>
    internal static void CopyChannels(ReadOnlySpan<byte> rgba, PixelOrder order, Span<byte> target)
    {
        for (int from = 0, to = 0; from < rgba.Length; from += 4)
        {
            (byte red, byte green, byte blue) = (rgba[from], rgba[from + 1], rgba[from + 2]);
            if (order == PixelOrder.Grey)
            {
                // ITU-R BT.601
                target[to++] = (byte)(((red * 299) + (green * 587) + (blue * 114) + 500) / 1000);
                continue;
            }

            (target[to], target[to + 1], target[to + 2]) = order == PixelOrder.Rgb ? (red, green, blue) : (blue, green, red);
            to += 3;
        }
    }
}
