using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// A feature map in scratch: rows, each <c>[blocks][halo + width + halo][lanes]</c>, with <c>halo</c> rows above and below.
/// Channels fill blocks of 16 lanes; a network's input that only convolutions read keeps its few channels together instead.
/// </summary>
/// <param name="Name">The layer that writes it.</param>
/// <param name="Shape">Its logical shape.</param>
/// <param name="Lanes">Values of one pixel in one block.</param>
/// <param name="Halo">Pixels of padding on every side.</param>
/// <param name="ElementSize">Bytes a value: 4 for float32, 1 quantised.</param>
/// <param name="Ring">0 for the whole map; else how many rows exist at once, row y in slot y mod ring (streamed stages).</param>
/// <param name="Offset">Where it starts in scratch, in bytes.</param>
public sealed record FeatureBuffer(string Name, Shape Shape, int Lanes, int Halo, int ElementSize, int Ring, long Offset)
{
    /// <summary>Channels of a block.</summary>
    public const int BlockChannels = BlobLayout.Lanes;

    /// <summary>How many blocks of channels exist at once, where a stage runs through them; 0 for all.</summary>
    public int Slice { get; init; }

    /// <summary>Bytes behind the map, in which what writes it by bands keeps 32-bit sums.</summary>
    public long SumBytes { get; init; }

    /// <summary>Whether its channels lie in blocks of 16.</summary>
    public bool IsBlocked => Lanes == BlockChannels;

    /// <summary>Number of blocks in a row.</summary>
    public int Blocks => Slice > 0 ? Slice : (Shape.Channels + Lanes - 1) / Lanes;

    /// <summary>Values from a block to the next.</summary>
    public long BlockStride => (Shape.Width + (2L * Halo)) * Lanes;

    /// <summary>Values from a row to the next.</summary>
    public long RowStride => Blocks * BlockStride;

    /// <summary>Bytes in all, halo and sums included.</summary>
    public long Bytes => ((Ring > 0 ? Ring : Shape.Height + (2L * Halo)) * RowStride * ElementSize) + SumBytes;

    /// <summary>Where its sums start in scratch, in bytes: behind the values.</summary>
    public long Sums => Offset + Bytes - SumBytes;

    /// <summary>Where row 0, column 0 starts in scratch, in bytes.</summary>
    public long Origin => Offset + (((Ring > 0 ? 0 : Halo * RowStride) + ((long)Halo * Lanes)) * ElementSize);

    /// <summary>Whether some of its memory is also another's.</summary>
    public bool Overlaps(FeatureBuffer other) => Offset < other.Offset + other.Bytes && other.Offset < Offset + Bytes;
}
