using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network in its own numbers.</summary>
/// <typeparam name="T">What it computes in.</typeparam>
/// <param name="name">What clients call it.</param>
/// <param name="type">The same in the protocol.</param>
/// <param name="run">Computes an image.</param>
/// <param name="inputShape">Lengths of an image.</param>
/// <param name="outputLength">Length of a result.</param>
internal sealed class RawModel<T>(string name, DataType type, RawNetwork<T> run, int[] inputShape, int outputLength) : ServedModel(name) where T : unmanaged
{
    private readonly int _inputLength = inputShape.Aggregate(1, (product, length) => checked(product * length));

    /// <inheritdoc/>
    public override TensorDescription Input { get; } = new("input", type, [-1, .. inputShape]);

    /// <inheritdoc/>
    public override TensorDescription[] Outputs { get; } = [new("output", type, [-1, outputLength])];

    /// <inheritdoc/>
    public override OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation)
    {
        // The tensor may begin anywhere in a body; numbers may not.
        var numbers = new T[_inputLength];
        var results = new T[count * outputLength];
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
            input.Data.Span.Slice(i * bytes.Length, bytes.Length).CopyTo(bytes);
            run(numbers, results.AsSpan(i * outputLength, outputLength));
        }

        return [OutputTensor.Of<T>(Outputs[0].Name, type, Batch(count, outputLength), results)];
    }

    /// <inheritdoc/>
    public override void Warm() => run(new T[_inputLength], new T[outputLength]);

    /// <inheritdoc/>
    protected override long CheckShape(InputTensor input, InferenceLimits limits)
    {
        bool isBatch = input.Shape.Length == inputShape.Length + 1;
        if (input.Type != type || !input.Shape.AsSpan(isBatch ? 1 : 0).SequenceEqual(Array.ConvertAll(inputShape, length => (long)length)))
        {
            throw new InferenceException(
                Problem.Invalid,
                $"'{Input.Name}' is {input.Type.Name()} [{string.Join(", ", input.Shape)}]; {type.Name()} [images, {string.Join(", ", inputShape)}] is needed.");
        }

        return isBatch ? input.Shape[0] : 1;
    }
}
