using System;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>The members of a group: a B-tree of names, which lie in a heap of the group's own.</summary>
internal static class Hdf5SymbolTable
{
    /// <summary>The bytes of a member's entry.</summary>
    public const int EntryLength = 40;

    private const uint SoftLink = 2;

    /// <summary>Reads the names of all members and the addresses of their headers. Links by name are left out: Keras makes none.</summary>
    public static SortedDictionary<string, ulong> Read(Hdf5Bytes file, ulong tree, ulong heap)
    {
        ReadOnlySpan<byte> header = file.Read(heap, 32, "HEAP"u8, "a heap of names");
        (ulong start, ulong length) names = (Hdf5Bytes.UInt64(header[24..]), Hdf5Bytes.UInt64(header[8..]));
        var members = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        var nodes = new Stack<(ulong Address, int? Level)>();
        nodes.Push((tree, null));
        while (nodes.TryPop(out (ulong Address, int? Level) next))
        {
            if (next.Level < 0)
            {
                ReadLeaf(file, next.Address, names, members);
                continue;
            }

            ReadOnlySpan<byte> node = file.Read(next.Address, 24, "TREE"u8, "a node of a group's tree");
            (byte kind, byte level, ushort count) = (node[4], node[5], Hdf5Bytes.UInt16(node[6..]));
            if (kind != 0 || (next.Level ?? level) != level)
                throw Hdf5Bytes.Damaged($"the node at byte {next.Address} of a group's tree is one of another tree, or of another level");
            ReadOnlySpan<byte> children = file.Read(next.Address + 24, (16ul * count) + 8, "a node of a group's tree");
            for (int i = 0; i < count; i++)
                nodes.Push((Hdf5Bytes.UInt64(children[(8 + (16 * i))..]), level - 1));
        }

        return members;
    }

    private static void ReadLeaf(Hdf5Bytes file, ulong address, (ulong Start, ulong Length) names, SortedDictionary<string, ulong> members)
    {
        ushort count = Hdf5Bytes.UInt16(file.Read(address, 8, "SNOD"u8, "a leaf of a group's tree")[6..]);
        ReadOnlySpan<byte> entries = file.Read(address + 8, (ulong)count * EntryLength, "a leaf of a group's tree");
        for (; !entries.IsEmpty; entries = entries[EntryLength..])
        {
            if (Hdf5Bytes.UInt32(entries[16..]) == SoftLink)
                continue;
            string name = Name(file, names, Hdf5Bytes.UInt64(entries));
            if (!members.TryAdd(name, Hdf5Bytes.UInt64(entries[8..])))
                throw Hdf5Bytes.Damaged($"a group has two members \"{name}\"");
        }
    }

    private static string Name(Hdf5Bytes file, (ulong Start, ulong Length) names, ulong offset)
    {
        const ulong longest = 1024;
        return offset < names.Length
            ? file.ReadText(names.Start + offset, Math.Min(names.Length - offset, longest))
            : throw Hdf5Bytes.Damaged($"a name at byte {offset} of a heap of {names.Length} bytes");
    }
}
