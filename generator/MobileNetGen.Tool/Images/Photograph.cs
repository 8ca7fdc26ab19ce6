using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tool.Terminal;
using SkiaSharp;

namespace MobileNetGen.Tool.Images;

/// <summary>An image file, decoded and turned the way its camera was held.</summary>
/// <param name="file">The image.</param>
internal sealed class Photograph(string file) : IDisposable
{
    private readonly SKBitmap _bitmap = Decode(file);

    /// <summary>Columns.</summary>
    public int Width => _bitmap.Width;

    /// <summary>Rows.</summary>
    public int Height => _bitmap.Height;

    /// <summary>Brings the image to a network's size as the generated class's <c>Prepare</c> does: fitted and resized as the network's text says.</summary>
    /// <param name="network">The network.</param>
    /// <param name="crop">The part that is used.</param>
    /// <param name="placement">Where the image lies in the network's input.</param>
    /// <returns>Bytes, height × width × channels, in the network's channel order.</returns>
    public byte[] Prepare(Network network, Crop crop, out Placement placement)
    {
        var pixels = new byte[network.Input.Length];
        placement = NetworkInput.Of(network).Prepare(_bitmap.GetPixelSpan(), Width, Height, pixels, PixelFormat.Rgba, crop);
        return pixels;
    }

    /// <inheritdoc/>
    public void Dispose() => _bitmap.Dispose();

    private static SKBitmap Decode(string file)
    {
        try
        {
            return Photo.Open(file);
        }
        catch (PhotoException problem)
        {
            throw new InputException(problem.Message);
        }
    }
}
