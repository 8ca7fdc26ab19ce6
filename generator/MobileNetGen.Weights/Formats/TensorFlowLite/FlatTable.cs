using System;
using Google.FlatBuffers;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>A FlatBuffers vector that lies inside the file.</summary>
/// <param name="Start">Where its first element is.</param>
/// <param name="Length">The number of elements.</param>
internal readonly record struct FlatVector(int Start, int Length);

/// <summary>
/// A FlatBuffers table, read in place. Every offset and length is checked against the file before it is followed; a field that is absent
/// has its default, as the format says.
/// </summary>
internal readonly struct FlatTable
{
    private readonly ByteBuffer _buffer;
    private readonly int _position;
    private readonly int _size;
    private readonly int _vtable;
    private readonly int _vtableSize;

    private FlatTable(ByteBuffer buffer, long position)
    {
        _buffer = buffer;
        Check(buffer, position, 4);
        _position = (int)position;

        long vtable = position - buffer.GetInt(_position);
        Check(buffer, vtable, 4);
        _vtable = (int)vtable;
        _vtableSize = buffer.GetUshort(_vtable);
        _size = buffer.GetUshort(_vtable + 2);
        if (_vtableSize < 4 || _vtableSize % 2 != 0 || _size < 4)
            throw Broken($"the table at byte {position} has a vtable of {_vtableSize} bytes for {_size} bytes of fields");
        Check(buffer, vtable, _vtableSize);
        Check(buffer, position, _size);
    }

    /// <summary>The file's root table.</summary>
    public static FlatTable Root(ByteBuffer buffer)
    {
        Check(buffer, 0, 8);
        return new FlatTable(buffer, buffer.GetUint(0));
    }

    /// <summary>The table that an element of a vector of tables refers to.</summary>
    public static FlatTable At(ByteBuffer buffer, FlatVector tables, int index) => new(buffer, Target(buffer, tables.Start + 4 * index));

    public bool Has(int field) => Offset(field, 0) != 0;

    /// <summary>The first field that is present from one on; −1 where there is none. Writers leave out what has its default.</summary>
    public int FirstPresent(int from)
    {
        // No table has that many fields: one that says so is not searched to its end.
        const int Most = 64;
        for (int field = from; 4 + (2 * field) + 2 <= _vtableSize; field++)
        {
            if (field >= Most || Has(field))
                return field;
        }

        return -1;
    }

    public byte Byte(int field, byte absent = 0) => Offset(field, 1) is var at and not 0 ? _buffer.Get(at) : absent;

    public int Int32(int field, int absent = 0) => Offset(field, 4) is var at and not 0 ? _buffer.GetInt(at) : absent;

    public uint UInt32(int field) => Offset(field, 4) is var at and not 0 ? _buffer.GetUint(at) : 0;

    public ulong UInt64(int field) => Offset(field, 8) is var at and not 0 ? _buffer.GetUlong(at) : 0;

    public float Single(int field) => Offset(field, 4) is var at and not 0 ? _buffer.GetFloat(at) : 0;

    /// <summary>The table that a field refers to, or null where the field is absent.</summary>
    public FlatTable? Table(int field) => Offset(field, 4) is var at and not 0 ? new FlatTable(_buffer, Target(_buffer, at)) : null;

    /// <summary>The vector that a field refers to; empty where the field is absent.</summary>
    public FlatVector Vector(int field, int elementSize)
    {
        if (Offset(field, 4) is not (var at and not 0))
            return default;
        long start = Target(_buffer, at);
        Check(_buffer, start, 4);
        uint length = _buffer.GetUint((int)start);
        Check(_buffer, start + 4, (long)length * elementSize);
        return new FlatVector((int)start + 4, (int)length);
    }

    /// <summary>A name fit for a message: its first bytes, anything that is not printable ASCII shown as a question mark.</summary>
    public string Name(int field)
    {
        FlatVector text = Vector(field, 1);
        var name = new char[Math.Min(text.Length, 120)];
        for (int i = 0; i < name.Length; i++)
            name[i] = _buffer.Get(text.Start + i) is >= (byte)' ' and < 127 and var letter ? (char)letter : '?';
        return new string(name);
    }

    /// <summary>The error for bytes that are not what the format says.</summary>
    public static WeightsException Broken(string found) =>
        new($"The TensorFlow Lite file is damaged: {found}. Fetch or export it again.");

    private static long Target(ByteBuffer buffer, long at)
    {
        Check(buffer, at, 4);
        return at + buffer.GetUint((int)at);
    }

    private static void Check(ByteBuffer buffer, long start, long length)
    {
        if (start < 0 || start > buffer.Length - length)
            throw Broken($"something of {length} bytes should be at byte {start} of {buffer.Length}, as where a download was cut off");
    }

    /// <summary>Where a field is in the file; 0 where it is absent.</summary>
    private int Offset(int field, int size)
    {
        int entry = 4 + 2 * field;
        if (entry + 2 > _vtableSize)
            return 0;
        int offset = _buffer.GetUshort(_vtable + entry);
        if (offset == 0)
            return 0;
        if (offset < 4 || offset + size > _size)
            throw Broken($"field {field} of the table at byte {_position} lies outside it");
        return _position + offset;
    }
}
