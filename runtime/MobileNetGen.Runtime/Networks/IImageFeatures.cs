using System;

namespace MobileNetGen.Runtime;

/// <summary>
/// A network that gives a vector of features, which is alike for images that are alike: one that ends in a vector without probabilities, such as a MobileNet without its
/// classifier, or a classifier whose description says <c>output avgpool1</c>.
/// </summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
public interface IImageFeatures<TSelf> : IImageNetwork<TSelf> where TSelf : IImageFeatures<TSelf>
{
    /// <summary>Number of features.</summary>
    static abstract int FeatureLength { get; }

    /// <summary>Computes the features of an image of the network's size.</summary>
    /// <param name="pixels">The image, <see cref="ImageInput.Length"/> bytes.</param>
    /// <param name="features">Gets <see cref="FeatureLength"/> numbers, as the network gives them: of any length as a vector.</param>
    /// <exception cref="ArgumentException">A length is wrong. Nothing was written.</exception>
    static abstract void Features(ReadOnlySpan<byte> pixels, Span<float> features);

    /// <summary>Computes the features of an image of any size.</summary>
    /// <param name="source">The image, row by row from the top.</param>
    /// <param name="sourceWidth">Columns of the image.</param>
    /// <param name="sourceHeight">Rows of the image.</param>
    /// <param name="features">Gets <see cref="FeatureLength"/> numbers, as the network gives them.</param>
    /// <param name="format">How <paramref name="source"/> stores a pixel.</param>
    /// <param name="crop">The part of the image that is used; all of it by default.</param>
    /// <param name="sourceStride">Bytes from one row of the image to the next; 0 means that rows follow without a gap.</param>
    /// <exception cref="ArgumentException">A size is not positive, or a length is wrong. Nothing was written.</exception>
    static virtual unsafe void Features(
        ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<float> features, PixelFormat format = PixelFormat.Rgb, Crop crop = default, int sourceStride = 0)
    {
        ImageInput input = TSelf.Input;
        var pixels = new Span<byte>(ThreadScratch.GetForPixels(input.Length), input.Length);
        input.Prepare(source, sourceWidth, sourceHeight, pixels, format, crop, sourceStride);
        TSelf.Features(pixels, features);
    }
}
