using System;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network of features.</summary>
/// <typeparam name="TNetwork">The generated class.</typeparam>
/// <param name="name">What clients call it.</param>
internal sealed class FeaturesModel<TNetwork>(string name) : ImageModel(name) where TNetwork : IImageFeatures<TNetwork>
{
    /// <inheritdoc/>
    public override TensorDescription[] Outputs { get; } = [new("features", DataType.Float32, [-1, TNetwork.FeatureLength])];

    /// <inheritdoc/>
    public override OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation)
    {
        var features = new float[count * TNetwork.FeatureLength];
        var pixels = new byte[TNetwork.Input.Length];
        ForEach(input, count, cancellation, (in picture, index) =>
            TNetwork.Features(Prepare(TNetwork.Input, picture, pixels), features.AsSpan(index * TNetwork.FeatureLength, TNetwork.FeatureLength)));
        return [OutputTensor.Of<float>(Outputs[0].Name, DataType.Float32, Batch(count, TNetwork.FeatureLength), features)];
    }
}
