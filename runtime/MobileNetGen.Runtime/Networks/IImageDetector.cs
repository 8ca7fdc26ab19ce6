using System;

namespace MobileNetGen.Runtime;

/// <summary>A network that finds objects.</summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
public interface IImageDetector<TSelf> : IImageNetwork<TSelf> where TSelf : IImageDetector<TSelf>
{
    /// <summary>Number of classes, without the background.</summary>
    static abstract int ClassCount { get; }

    /// <summary>Finds objects in an image of the network's size.</summary>
    /// <param name="pixels">The image, <see cref="ImageInput.Length"/> bytes.</param>
    /// <param name="detections">Filled from the front, highest score first; edges are 0 to 1 of the network's input. What a full span has no room for would be worse.</param>
    /// <param name="threshold">The least score, 0 to 1.</param>
    /// <returns>How many detections were written.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> is wrong. Nothing was written.</exception>
    static abstract int Detect(ReadOnlySpan<byte> pixels, Span<Detection> detections, float threshold = 0.5f);

    /// <summary>Finds objects in an image of any size.</summary>
    /// <param name="source">The image, row by row from the top.</param>
    /// <param name="sourceWidth">Columns of the image.</param>
    /// <param name="sourceHeight">Rows of the image.</param>
    /// <param name="detections">Filled from the front, highest score first; edges are 0 to 1 of this image.</param>
    /// <param name="threshold">The least score, 0 to 1.</param>
    /// <param name="format">How <paramref name="source"/> stores a pixel.</param>
    /// <param name="sourceStride">Bytes from one row of the image to the next; 0 means that rows follow without a gap.</param>
    /// <returns>How many detections were written.</returns>
    /// <exception cref="ArgumentException">A size is not positive, or the length of <paramref name="source"/> is wrong. Nothing was written.</exception>
    static abstract int Detect(
        ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<Detection> detections, float threshold = 0.5f, PixelFormat format = PixelFormat.Rgb, int sourceStride = 0);
}
