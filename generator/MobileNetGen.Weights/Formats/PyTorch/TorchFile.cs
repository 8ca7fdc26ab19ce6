using System;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>A file that <c>torch.save</c> or <c>torch.jit.save</c> wrote: what its pickle holds, and the numbers.</summary>
internal abstract class TorchFile
{
    /// <summary>What was saved.</summary>
    public abstract object? Root { get; }

    /// <summary>The bytes of a storage.</summary>
    /// <exception cref="WeightsException">The file has none, or not as many as the storage needs.</exception>
    public abstract ReadOnlySpan<byte> Bytes(TorchStorage storage);

    /// <summary>How many bytes a storage must have.</summary>
    protected static long Length(TorchStorage storage)
    {
        int size = storage.ElementSize ?? throw new WeightsException($"The file has numbers of the type {storage.Type}, which is not known. Save the network in float.");
        return storage.Count <= WeightsFile.MaximumLength
            ? storage.Count * size
            : throw new WeightsException($"The file is damaged: a storage should have {storage.Count} numbers. Fetch or save it again.");
    }
}
