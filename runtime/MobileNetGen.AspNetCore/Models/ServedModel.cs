using System;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network as the protocol sees it: a name, tensors in and tensors out.</summary>
/// <param name="name">What clients call it.</param>
internal abstract class ServedModel(string name)
{
    /// <summary>The version that each has: networks are compiled into the program.</summary>
    public const string Version = "1";

    /// <summary>What the protocol calls the framework.</summary>
    public const string Platform = "mobilenetgen";

    /// <summary>What clients call it.</summary>
    public string Name => name;

    /// <summary>The tensor that it takes, of the type that clients are told of.</summary>
    public abstract TensorDescription Input { get; }

    /// <summary>The tensors that it gives.</summary>
    public abstract TensorDescription[] Outputs { get; }

    /// <summary>The names of classes, or empty.</summary>
    public virtual ReadOnlySpan<string> Labels => default;

    /// <summary>The number of images of an input, once it is known that it can be computed.</summary>
    /// <exception cref="InferenceException">It cannot.</exception>
    public int Check(InputTensor input, InferenceLimits limits)
    {
        if (input.Name != Input.Name)
            throw new InferenceException(Problem.Invalid, $"The input is '{InferenceException.Quoted(input.Name)}'; the network '{Name}' takes '{Input.Name}'.");
        long count = CheckShape(input, limits);
        if (count == 0)
            throw new InferenceException(Problem.Invalid, "There is no image in the batch.");
        return count <= limits.MaximumBatch ? (int)count : throw new InferenceException(Problem.TooLarge, $"The batch has {count} images; at most {limits.MaximumBatch} are taken.");
    }

    /// <summary>Computes all outputs.</summary>
    /// <param name="input">An input that was checked.</param>
    /// <param name="count">The number of its images.</param>
    /// <param name="threshold">The least score of what is found, or null for the network's own.</param>
    /// <param name="cancellation">Is asked before each image.</param>
    /// <exception cref="InferenceException">An image cannot be decoded.</exception>
    public abstract OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation);

    /// <summary>Computes something, so that the first request finds everything compiled.</summary>
    public abstract void Warm();

    /// <summary>Compares type and shape with what the network takes.</summary>
    /// <returns>The number of images that the shape says.</returns>
    protected abstract long CheckShape(InputTensor input, InferenceLimits limits);

    /// <summary>The lengths of a batch.</summary>
    protected static int[] Batch(int count, params ReadOnlySpan<int> lengths) => [count, .. lengths];
}
