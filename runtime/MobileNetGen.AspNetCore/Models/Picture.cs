using System;
using System.IO;
using System.Runtime.InteropServices;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A picture of a request, decoded.</summary>
internal readonly ref struct Picture
{
    private readonly SKBitmap? _bitmap;

    private Picture(ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format)
    {
        Pixels = pixels;
        (Width, Height, Format) = (width, height, format);
    }

    private Picture(SKBitmap bitmap)
        : this(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height, PixelFormat.Rgba)
    {
        _bitmap = bitmap;
        Stride = bitmap.RowBytes;
    }

    /// <summary>The bytes, valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How a pixel is stored.</summary>
    public PixelFormat Format { get; }

    /// <summary>Bytes from one row to the next; 0 where rows follow without a gap.</summary>
    public int Stride { get; }

    /// <summary>A picture of a tensor that was checked.</summary>
    /// <exception cref="InferenceException">It cannot be decoded.</exception>
    public static Picture Of(InputTensor input, int index)
    {
        if (input.Type == DataType.Bytes)
            return new Picture(Open(input.Items[index], index));

        int height = (int)input.Shape[^3], width = (int)input.Shape[^2], channels = (int)input.Shape[^1], length = height * width * channels;
        PixelFormat format = channels switch { 1 => PixelFormat.Grey, 3 => PixelFormat.Rgb, _ => PixelFormat.Rgba };
        return new Picture(input.Data.Span.Slice(index * length, length), width, height, format);
    }

    /// <summary>Frees what was decoded.</summary>
    public void Dispose() => _bitmap?.Dispose();

    private static SKBitmap Open(ReadOnlyMemory<byte> file, int index)
    {
        using MemoryStream stream = MemoryMarshal.TryGetArray(file, out ArraySegment<byte> array) ? new MemoryStream(array.Array!, array.Offset, array.Count) : new MemoryStream(file.ToArray());
        try
        {
            return Photo.Open(stream, $"Image {index}");
        }
        catch (PhotoException problem)
        {
            throw new InferenceException(Problem.Invalid, problem.Message);
        }
    }
}
