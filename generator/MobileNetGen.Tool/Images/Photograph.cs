using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Terminal;
using SkiaSharp;

namespace MobileNetGen.Tool.Images;

/// <summary>An image file, decoded and turned the way its camera was held.</summary>
/// <param name="file">The image.</param>
internal sealed class Photograph(string file) : IDisposable
{
    /// <summary>Sides beyond this are no photographs: a few bytes of a file can claim them.</summary>
    private const int MaximumSide = 1 << 15;

    private readonly SKBitmap _bitmap = Decode(file);

    /// <summary>Columns.</summary>
    public int Width => _bitmap.Width;

    /// <summary>Rows.</summary>
    public int Height => _bitmap.Height;

    /// <summary>The decoded image, for drawing.</summary>
    public SKBitmap Bitmap => _bitmap;

    /// <summary>Brings the image to a network's size as the generated class's <c>Prepare</c> does: fitted and resized as the network's text says.</summary>
    /// <param name="network">The network.</param>
    /// <param name="crop">The part that is used.</param>
    /// <param name="placement">Where the image lies in the network's input.</param>
    /// <returns>Bytes, height × width × channels, in the network's channel order.</returns>
    public byte[] Prepare(Network network, Crop crop, out Placement placement)
    {
        var pixels = new byte[network.Input.Length];
        placement = ImagePreparation.Resize(
            _bitmap.GetPixelSpan(), Width, Height, pixels, network.Input.Width, network.Input.Height, PixelFormat.Rgba, Enum.Parse<ChannelOrder>(network.Order.ToString()), crop,
            resampling: Enum.Parse<Runtime.Resampling>(network.Resampling.ToString()), fit: Enum.Parse<Runtime.Fit>(network.Fit.ToString()), bars: (byte)network.Bars);
        return pixels;
    }

    /// <inheritdoc/>
    public void Dispose() => _bitmap.Dispose();

    private static SKBitmap Decode(string file)
    {
        using SKData? data = SKData.Create(file);
        using SKCodec? codec = data is null ? null : SKCodec.Create(data);
        if (codec is null || codec.Info.Width > MaximumSide || codec.Info.Height > MaximumSide)
            throw new InputException($"{file}: this is no image that can be read.");

        // An image, unlike a codec, follows the orientation that the file states.
        using SKImage image = SKImage.FromEncodedData(data) ?? throw new InputException($"{file}: this image cannot be decoded.");
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var bitmap = new SKBitmap(info);
        if (image.ReadPixels(info, bitmap.GetPixels(), info.RowBytes, 0, 0))
            return bitmap;
        bitmap.Dispose();
        throw new InputException($"{file}: this image cannot be decoded.");
    }
}
