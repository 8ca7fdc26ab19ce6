using System;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Weights.Formats;

/// <summary>A file to be read, and the way to files beside it that belong to it.</summary>
/// <param name="name">The file's name, without its folder.</param>
/// <param name="bytes">All of its bytes.</param>
/// <param name="readBeside">
/// Reads a file by its name relative to this one's folder, or throws a <see cref="WeightsException"/>; null where there is none beside it.
/// </param>
public sealed class WeightsInput(string name, byte[] bytes, Func<string, byte[]>? readBeside = null)
{
    /// <summary>The file's name, without its folder.</summary>
    public string Name => name;

    /// <summary>All of its bytes.</summary>
    public byte[] Bytes => bytes;

    /// <summary>The size of the input by the network's text, for files that leave it open; null where it is not known.</summary>
    public Shape? InputSize { get; init; }

    /// <summary>Reads a file that this one names as a part of itself: a shard, external data.</summary>
    /// <param name="relative">Its path relative to this file's folder, below which it has to be.</param>
    /// <exception cref="WeightsException">There is none, it cannot be read, or the name leads out of the folder.</exception>
    public byte[] ReadBeside(string relative) => readBeside is null ? throw new WeightsException($"The file \"{relative}\" beside it is needed.") : readBeside(relative);

    /// <summary>Reads a file beside this one that need not be there.</summary>
    /// <param name="relative">Its path relative to this file's folder, below which it has to be.</param>
    /// <returns>Null where there is none, or it cannot be read.</returns>
    public byte[]? TryReadBeside(string relative)
    {
        try
        {
            return readBeside?.Invoke(relative);
        }
        catch (WeightsException)
        {
            return null;
        }
    }
}
