using System;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network that gives a vector of numbers for a picture.</summary>
/// <param name="name">What clients call it.</param>
/// <param name="output">What it gives: [−1, length].</param>
internal abstract class VectorModel(string name, TensorDescription output) : ImageModel(name)
{
    private readonly int _length = output.Shape[1];

    /// <inheritdoc/>
    public override TensorDescription[] Outputs { get; } = [output];

    /// <summary>The images that the network takes.</summary>
    protected abstract ImageInput Images { get; }

    /// <inheritdoc/>
    public override OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation)
    {
        ImageInput images = Images;
        var vectors = new float[count * _length];
        var pixels = new byte[images.Length];
        ForEach(input, count, cancellation, (in picture, index) => Compute(Prepare(images, picture, pixels), vectors.AsSpan(index * _length, _length)));
        return [OutputTensor.Of<float>(Outputs[0].Name, DataType.Float32, Batch(count, _length), vectors)];
    }

    /// <summary>Computes a vector.</summary>
    /// <param name="pixels">An image of the network's size.</param>
    /// <param name="vector">Gets the numbers.</param>
    protected abstract void Compute(ReadOnlySpan<byte> pixels, Span<float> vector);
}
