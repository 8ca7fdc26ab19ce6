using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>What a message of an object's header is about, under HDF5's own numbers.</summary>
internal enum MessageType
{
    Dataspace = 0x01,
    Datatype = 0x03,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
}

/// <summary>A group or a dataset, as its header describes it.</summary>
internal sealed class Hdf5Object
{
    /// <summary>The bytes of a message before its data.</summary>
    private const int MessageHeader = 8;

    private readonly Hdf5File _file;
    private readonly List<(MessageType Type, ulong Start, ulong Length)> _messages = [];
    private SortedDictionary<string, ulong>? _members;

    /// <summary>Reads the header at an address.</summary>
    public Hdf5Object(Hdf5File file, ulong address)
    {
        _file = file;
        ReadOnlySpan<byte> prefix = file.Bytes.Read(address, 16, "an object's header");
        if (prefix[0] != 1)
            throw prefix.StartsWith("OHDR"u8) ? Hdf5Bytes.Unsupported("the form of HDF5 1.8 or later") : Hdf5Bytes.Damaged($"an object's header was expected at byte {address}");

        var blocks = new Queue<(ulong Start, ulong Length)>();
        blocks.Enqueue((address + 16, Hdf5Bytes.UInt32(prefix[8..])));
        while (blocks.TryDequeue(out (ulong Start, ulong Length) block))
        {
            ReadOnlySpan<byte> left = file.Bytes.Read(block.Start, block.Length, "an object's header");
            while (left.Length >= MessageHeader)
            {
                (var type, ushort length, byte flags) = ((MessageType)Hdf5Bytes.UInt16(left), Hdf5Bytes.UInt16(left[2..]), left[4]);
                left = left[MessageHeader..];
                ReadOnlySpan<byte> message = Hdf5Bytes.First(left, length);
                if (type == MessageType.Continuation)
                    blocks.Enqueue((Hdf5Bytes.UInt64(message), Hdf5Bytes.UInt64(Hdf5Bytes.After(message, 8))));
                else if (Enum.IsDefined(type))
                    Add(type, flags, block.Start + block.Length - (ulong)left.Length, length);
                left = left[length..];
            }
        }
    }

    /// <summary>Whether it is a group.</summary>
    public bool IsGroup => Has(MessageType.SymbolTable);

    /// <summary>The names of a group's members, by code units; none of a dataset.</summary>
    public IReadOnlyCollection<string> Members
    {
        get
        {
            _members ??= ReadMembers();
            _file.Bytes.Count(_members.Count * Hdf5SymbolTable.EntryLength);
            return _members.Keys;
        }
    }

    /// <summary>A member of a group, or of its members: names with slashes between them. Null where there is none.</summary>
    public Hdf5Object? Member(string path)
    {
        Hdf5Object here = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            here._members ??= here.ReadMembers();
            if (!here._members.TryGetValue(name, out ulong address))
                return null;
            here = _file.Object(address);
        }

        return here;
    }

    /// <summary>An attribute.</summary>
    /// <returns>Whether there is one of the name.</returns>
    public bool TryGetAttribute(string name, out Hdf5Values values)
    {
        for (int i = IndexOf(MessageType.Attribute); i >= 0; i = IndexOf(MessageType.Attribute, i + 1))
        {
            if (Hdf5Values.TryReadAttribute(_file, Data(i), name, out values))
                return true;
        }

        values = default;
        return false;
    }

    /// <summary>The shape of a dataset.</summary>
    public ImmutableArray<int> Shape() => Hdf5Dataspace.Read(Find(MessageType.Dataspace)).Shape;

    /// <summary>What a dataset holds.</summary>
    public Hdf5Values Values()
    {
        if (Has(MessageType.ExternalFiles))
            throw Hdf5Bytes.Unsupported("data that is in another file");
        if (Has(MessageType.Filters))
            throw Hdf5Bytes.Unsupported("compressed data");
        ReadOnlySpan<byte> layout = Find(MessageType.Layout);
        byte version = Hdf5Bytes.First(layout, 4)[0];
        const byte inHeader = 0, inOnePiece = 1;
        ReadOnlySpan<byte> data = (version, layout[1]) switch
        {
            (3, inHeader) => Hdf5Bytes.First(layout[4..], Hdf5Bytes.UInt16(layout[2..])),
            (3, inOnePiece) => _file.Bytes.Read(Hdf5Bytes.UInt64(layout[2..]), Hdf5Bytes.UInt64(Hdf5Bytes.After(layout, 10)), "the data of a dataset"),
            (3, _) => throw Hdf5Bytes.Unsupported("data in chunks"),
            _ => throw Hdf5Bytes.Unsupported($"data in a layout of version {version}"),
        };
        return new Hdf5Values(_file, Hdf5Datatype.Read(Find(MessageType.Datatype)), Hdf5Dataspace.Read(Find(MessageType.Dataspace)), data);
    }

    private void Add(MessageType type, byte flags, ulong start, ulong length)
    {
        const byte shared = 2;
        if ((flags & shared) != 0)
            throw Hdf5Bytes.Unsupported("objects that share a message");
        _messages.Add((type, start, length));
    }

    private bool Has(MessageType type) => IndexOf(type) >= 0;

    private ReadOnlySpan<byte> Find(MessageType type) =>
        IndexOf(type) is var index and >= 0 ? Data(index) : throw Hdf5Bytes.Damaged($"an object's header lacks its {type}");

    private int IndexOf(MessageType type, int start = 0)
    {
        int index = _messages.FindIndex(start, message => message.Type == type);
        _file.Bytes.Count(MessageHeader * (long)((index < 0 ? _messages.Count : index) - start));
        return index;
    }

    private ReadOnlySpan<byte> Data(int index) => _file.Bytes.Read(_messages[index].Start, _messages[index].Length, "a message of an object's header");

    private SortedDictionary<string, ulong> ReadMembers()
    {
        if (!IsGroup)
            return [];
        ReadOnlySpan<byte> table = Find(MessageType.SymbolTable);
        return Hdf5SymbolTable.Read(_file.Bytes, Hdf5Bytes.UInt64(table), Hdf5Bytes.UInt64(Hdf5Bytes.After(table, 8)));
    }
}
