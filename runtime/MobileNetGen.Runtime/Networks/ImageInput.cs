using System;

namespace MobileNetGen.Runtime;

/// <summary>The images that a network takes, and how others are brought to that: what its description says.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Order">The channels of a pixel.</param>
/// <param name="Resampling">How pixels are made of those of another image.</param>
/// <param name="Fit">What becomes of an image of another shape.</param>
/// <param name="Bars">The byte that fills the bars of a letterbox.</param>
public readonly record struct ImageInput(int Width, int Height, ChannelOrder Order, Resampling Resampling, Fit Fit, byte Bars)
{
    /// <summary>Channels of a pixel: 3, or 1 of grey.</summary>
    public int Channels => Order == ChannelOrder.Grey ? 1 : 3;

    /// <summary>Bytes of an image: rows · columns · channels.</summary>
    public int Length => Width * Height * Channels;

    /// <summary>Brings an image of any size to the network's, as the <c>Prepare</c> of its class does. Nothing is allocated.</summary>
    /// <param name="source">The image, row by row from the top.</param>
    /// <param name="sourceWidth">Columns of the image.</param>
    /// <param name="sourceHeight">Rows of the image.</param>
    /// <param name="pixels">Gets <see cref="Length"/> bytes.</param>
    /// <param name="format">How <paramref name="source"/> stores a pixel.</param>
    /// <param name="crop">The part of the image that is used; all of it by default.</param>
    /// <param name="sourceStride">Bytes from one row of the image to the next; 0 means that rows follow without a gap.</param>
    /// <returns>Where the image lies in the network's input.</returns>
    /// <exception cref="ArgumentException">A size is not positive, or a length is wrong. Nothing was written.</exception>
    public Placement Prepare(
        ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> pixels, PixelFormat format = PixelFormat.Rgb, Crop crop = default, int sourceStride = 0)
        => ImagePreparation.Resize(source, sourceWidth, sourceHeight, pixels, Width, Height, format, Order, crop, sourceStride, Resampling, Fit, Bars);
}
