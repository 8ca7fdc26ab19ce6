using System;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network of features.</summary>
/// <typeparam name="TNetwork">The generated class.</typeparam>
/// <param name="name">What clients call it.</param>
internal sealed class FeaturesModel<TNetwork>(string name) : VectorModel(name, new("features", DataType.Float32, [-1, TNetwork.FeatureLength])) where TNetwork : IImageFeatures<TNetwork>
{
    /// <inheritdoc/>
    protected override ImageInput Images => TNetwork.Input;

    /// <inheritdoc/>
    protected override void Compute(ReadOnlySpan<byte> pixels, Span<float> vector) => TNetwork.Features(pixels, vector);
}
