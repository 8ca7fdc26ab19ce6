using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>An entry of a sorted table.</summary>
/// <param name="Key">The key, one character a byte.</param>
/// <param name="Start">Where its value is in the file.</param>
/// <param name="Length">The value's length in bytes.</param>
internal readonly record struct TableEntry(string Key, int Start, int Length);

/// <summary>LevelDB's sorted string table, as which TensorFlow writes a checkpoint's index.</summary>
/// <remarks>
/// The file ends in a footer that leads to a block of handles, one for each block of entries. A block is entries whose keys leave out what they have in
/// common with the key before, an array of offsets (restarts) that a look-up would need and a full reading does not, and a byte for the compression and
/// a check sum behind it.
/// </remarks>
internal sealed class SortedTable
{
    private const int FooterLength = 48;
    private const int TrailerLength = 5;
    private const ulong Magic = 0xDB4775248B80FB57;

    private readonly byte[] _file;
    private readonly List<TableEntry> _entries = [];

    /// <summary>What keys may still amount to: one that repeats the key before costs the file nothing.</summary>
    private long _allowance;

    private SortedTable(byte[] file) => (_file, _allowance) = (file, 4096 + (4L * file.Length));

    /// <summary>Whether a file ends as a table does.</summary>
    public static bool HasFooter(ReadOnlySpan<byte> file) =>
        file.Length >= FooterLength && BinaryPrimitives.ReadUInt64LittleEndian(file[^sizeof(ulong)..]) == Magic;

    /// <summary>Reads the entries of a table, in its order.</summary>
    /// <exception cref="WeightsException">The table is damaged or compressed.</exception>
    public static IReadOnlyList<TableEntry> Read(byte[] file)
    {
        if (!HasFooter(file))
            throw Damaged("its last eight bytes are not those of a table");
        var table = new SortedTable(file);
        int at = file.Length - FooterLength;
        table.Handle(ref at, file.Length);
        (int start, int length) = table.Handle(ref at, file.Length);

        // Blocks follow one another; a handle that leads back would have the file read many times over.
        int free = 0;
        var handles = new List<TableEntry>();
        table.ReadBlock(start, length, handles);
        foreach (TableEntry handle in handles)
        {
            int inside = handle.Start;
            (start, length) = table.Handle(ref inside, handle.Start + handle.Length);
            if (start < free)
                throw Damaged($"the blocks at bytes {start} and {free} overlap");
            table.ReadBlock(start, length, table._entries);
            free = start + length;
        }

        return table._entries;
    }

    private void ReadBlock(int start, int length, List<TableEntry> entries)
    {
        if (start > _file.Length - TrailerLength - length)
            throw Damaged($"a block of {length} bytes should be at byte {start} of {_file.Length}");
        ReadOnlySpan<byte> block = _file.AsSpan(start, length + 1);
        if (Crc32C.Masked(block) != BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(start + length + 1)))
            throw Damaged($"the check sum of the block at byte {start} is wrong");
        if (block[length] != 0)
            throw new WeightsException($"The checkpoint's index is compressed (kind {block[length]}), which TensorFlow does not do by itself; write it uncompressed.");
        if (length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(block[^5..]) is var restarts && restarts > (length - sizeof(uint)) / sizeof(uint))
            throw Damaged($"the block at byte {start} is too short for its restarts");

        int at = start, end = start + length - (int)((restarts + 1) * sizeof(uint));
        string key = "";
        while (at < end)
        {
            int shared = Varint(ref at, end), rest = Varint(ref at, end), value = Varint(ref at, end);
            if (shared > key.Length || rest > end - at || value > end - at - rest)
                throw Damaged($"the entry at byte {at} is longer than its block, or than the key before it");
            _allowance -= shared + rest;
            if (_allowance < 0)
                throw Damaged("its keys amount to several times the file");
            key = string.Concat(key.AsSpan(0, shared), Encoding.Latin1.GetString(_file, at, rest));
            at += rest;
            entries.Add(new TableEntry(key, at, value));
            at += value;
        }
    }

    private (int Start, int Length) Handle(ref int at, int end)
    {
        (int start, int length) = (Varint(ref at, end), Varint(ref at, end));
        return (start, length);
    }

    /// <summary>An unsigned integer, seven bits a byte, the lowest first. No length or offset of ours needs more than 31 bits.</summary>
    private int Varint(ref int at, int end)
    {
        long result = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (at >= end)
                break;
            byte next = _file[at++];
            result |= (long)(next & 127) << shift;
            if (next < 128 && result <= int.MaxValue)
                return (int)result;
        }

        throw Damaged($"no length or offset is at byte {at}");
    }

    private static WeightsException Damaged(string found) => new($"The checkpoint's index is damaged: {found}. Fetch or save the checkpoint again.");
}
