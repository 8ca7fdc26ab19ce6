using System;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A classifier.</summary>
/// <typeparam name="TNetwork">The generated class.</typeparam>
/// <param name="name">What clients call it.</param>
internal sealed class ClassifierModel<TNetwork>(string name) : ImageModel(name) where TNetwork : IImageClassifier<TNetwork>
{
    /// <inheritdoc/>
    public override TensorDescription[] Outputs { get; } = [new("scores", DataType.Float32, [-1, TNetwork.OutputLength], HasClasses: true)];

    /// <inheritdoc/>
    public override ReadOnlySpan<string> Labels => TNetwork.Labels;

    /// <inheritdoc/>
    public override OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation)
    {
        var scores = new float[count * TNetwork.OutputLength];
        var pixels = new byte[TNetwork.Input.Length];
        ForEach(input, count, cancellation, (in picture, index) =>
            TNetwork.Run(Prepare(TNetwork.Input, picture, pixels), scores.AsSpan(index * TNetwork.OutputLength, TNetwork.OutputLength)));
        return [OutputTensor.Of<float>(Outputs[0].Name, DataType.Float32, Batch(count, TNetwork.OutputLength), scores)];
    }
}
