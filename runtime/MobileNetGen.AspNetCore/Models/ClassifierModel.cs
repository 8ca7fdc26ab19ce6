using System;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A classifier.</summary>
/// <typeparam name="TNetwork">The generated class.</typeparam>
/// <param name="name">What clients call it.</param>
internal sealed class ClassifierModel<TNetwork>(string name) : VectorModel(name, new("scores", DataType.Float32, [-1, TNetwork.OutputLength], HasClasses: true))
    where TNetwork : IImageClassifier<TNetwork>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<string> Labels => TNetwork.Labels;

    /// <inheritdoc/>
    protected override ImageInput Images => TNetwork.Input;

    /// <inheritdoc/>
    protected override void Compute(ReadOnlySpan<byte> pixels, Span<float> vector) => TNetwork.Run(pixels, vector);
}
