using System;

namespace MobileNetGen.Runtime;

/// <summary>A network that ends in probabilities of classes.</summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
/// <example>
/// <code>
/// static Prediction[] Best&lt;T&gt;(ReadOnlySpan&lt;byte&gt; rgb, int width, int height) where T : IImageClassifier&lt;T&gt;
/// {
///     var top = new Prediction[5];
///     return top[..T.Classify(rgb, width, height, top)];
/// }
/// </code>
/// </example>
public interface IImageClassifier<TSelf> : IImageNetwork<TSelf> where TSelf : IImageClassifier<TSelf>
{
    /// <summary>Number of scores: one a class, or a single one, the probability of the second of two classes.</summary>
    static abstract int OutputLength { get; }

    /// <summary>Classifies an image of the network's size.</summary>
    /// <param name="pixels">The image, <see cref="ImageInput.Length"/> bytes.</param>
    /// <returns>The most probable class.</returns>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    static abstract Prediction Run(ReadOnlySpan<byte> pixels);

    /// <summary>Scores all classes.</summary>
    /// <param name="pixels">The image, <see cref="ImageInput.Length"/> bytes.</param>
    /// <param name="scores">Gets <see cref="OutputLength"/> probabilities, 0 to 1.</param>
    /// <exception cref="ArgumentException">A length is wrong. Nothing was written.</exception>
    static abstract void Run(ReadOnlySpan<byte> pixels, Span<float> scores);

    /// <summary>Classifies an image of any size.</summary>
    /// <param name="source">The image, row by row from the top.</param>
    /// <param name="sourceWidth">Columns of the image.</param>
    /// <param name="sourceHeight">Rows of the image.</param>
    /// <param name="top">Gets the most probable classes, the most probable first: as many as fit.</param>
    /// <param name="format">How <paramref name="source"/> stores a pixel.</param>
    /// <param name="crop">The part of the image that is used; all of it by default.</param>
    /// <param name="sourceStride">Bytes from one row of the image to the next; 0 means that rows follow without a gap.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">A size is not positive, or the length of <paramref name="source"/> is wrong. Nothing was written.</exception>
    static abstract int Classify(
        ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<Prediction> top, PixelFormat format = PixelFormat.Rgb, Crop crop = default, int sourceStride = 0);
}
