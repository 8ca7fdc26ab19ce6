using System;
using MobileNetGen.Runtime;

namespace MobileNetGen.Teaching;

/// <summary>Computes the features of an image of the network's size. It is called on several threads at once.</summary>
/// <param name="pixels">The image, <see cref="ImageInput.Length"/> bytes.</param>
/// <param name="features">Gets the features.</param>
public delegate void FeatureComputation(ReadOnlySpan<byte> pixels, Span<float> features);

/// <summary>A network that gives features.</summary>
/// <param name="Input">The images that it takes.</param>
/// <param name="FeatureLength">How many features it gives.</param>
/// <param name="Compute">Computes them.</param>
public sealed record FeatureExtractor(ImageInput Input, int FeatureLength, FeatureComputation Compute)
{
    /// <summary>A generated class.</summary>
    /// <typeparam name="TNetwork">The class: one that ends in a vector of features, or that names one in <c>output</c>.</typeparam>
    public static FeatureExtractor Of<TNetwork>() where TNetwork : IImageFeatures<TNetwork> => new(TNetwork.Input, TNetwork.FeatureLength, TNetwork.Features);
}
