using System;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>A dataspace message: how many elements there are, along which dimensions.</summary>
/// <param name="Shape">Every size from 0; empty for a single element.</param>
/// <param name="Count">The number of elements.</param>
internal sealed record Hdf5Dataspace(ImmutableArray<int> Shape, int Count)
{
    private const int MaximumRank = 8;

    /// <summary>Reads a dataspace message.</summary>
    public static Hdf5Dataspace Read(ReadOnlySpan<byte> message)
    {
        (byte version, byte rank, byte kind) = (Hdf5Bytes.First(message, 4)[0], message[1], message[3]);
        if (version is not (1 or 2) || rank > MaximumRank)
            throw Hdf5Bytes.Damaged($"a dataspace of version {version} with {rank} dimensions; version 1 or 2 and at most {MaximumRank} were expected");
        const byte nothing = 2;
        if (version == 2 && kind == nothing)
            return new Hdf5Dataspace([0], 0);

        ReadOnlySpan<byte> sizes = Hdf5Bytes.After(message, version == 1 ? 8 : 4);
        var shape = ImmutableArray.CreateBuilder<int>(rank);
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            ulong size = Hdf5Bytes.UInt64(Hdf5Bytes.After(sizes, 8 * i));
            if (size > int.MaxValue || (count *= (long)size) > int.MaxValue)
                throw Hdf5Bytes.Damaged($"a dataspace of more than {int.MaxValue} elements");
            shape.Add((int)size);
        }

        return new Hdf5Dataspace(shape.MoveToImmutable(), (int)count);
    }
}
