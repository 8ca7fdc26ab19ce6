using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Google.Protobuf;

namespace MobileNetGen.Weights.Formats.Protobuf;

/// <summary>
/// A protocol buffer message, read field by field where it lies in the file: a message inside it is another reader over the same bytes, so nothing is
/// copied but what is wanted.
/// </summary>
/// <remarks>
/// Every length is checked against the message. Damage that Google.Protobuf finds is an <see cref="InvalidProtocolBufferException"/>, which
/// <see cref="Guard"/> turns into a <see cref="WeightsException"/> for a whole file.
/// </remarks>
internal sealed class ProtobufReader(byte[] file, int start, int length)
{
    private readonly CodedInputStream _input = new(file, start, length);
    private uint _tag;

    public ProtobufReader(byte[] file)
        : this(file, 0, file.Length)
    {
    }

    /// <summary>The number of the field that is next.</summary>
    public int Field => WireFormat.GetTagFieldNumber(_tag);

    /// <summary>How the field that is next is stored.</summary>
    public WireFormat.WireType Type => WireFormat.GetTagWireType(_tag);

    /// <summary>Where in the file the next byte is: the stream counts from the array's beginning, not from its own.</summary>
    private int Position => (int)_input.Position;

    /// <summary>Reads something from protocol buffers.</summary>
    /// <param name="format">The format's name, for the message if the bytes are no protocol buffers.</param>
    /// <param name="read">Reads.</param>
    public static T Guard<T>(string format, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new WeightsException($"The bytes are not those of a whole {format} file: it is another kind of file, damaged, or was cut off when it was fetched. Fetch or export it again.", error);
        }
    }

    /// <summary>Goes to the next field. Every field has to be read, or skipped, before the next.</summary>
    /// <returns>False at the message's end.</returns>
    public bool Next()
    {
        _tag = _input.ReadTag();
        return _tag != 0;
    }

    /// <summary>Passes the field.</summary>
    public void Skip() => _input.SkipLastField();

    /// <summary>The field as an integer, whichever of the varint types it is.</summary>
    public long Integer()
    {
        Expect(WireFormat.WireType.Varint);
        return _input.ReadInt64();
    }

    /// <summary>The field as an integer of 32 bits of a fixed length.</summary>
    public uint Fixed32()
    {
        Expect(WireFormat.WireType.Fixed32);
        return _input.ReadFixed32();
    }

    /// <summary>The field as a single-precision number.</summary>
    public float Single()
    {
        Expect(WireFormat.WireType.Fixed32);
        return _input.ReadFloat();
    }

    /// <summary>The field as a message.</summary>
    public ProtobufReader Message()
    {
        (int from, int count) = Payload();
        return new ProtobufReader(file, from, count);
    }

    /// <summary>The field's bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        (int from, int count) = Payload();
        return file.AsSpan(from, count);
    }

    /// <summary>The field as a string of one character a byte: whatever its encoding, names are equal where their bytes are.</summary>
    public string Text() => Encoding.Latin1.GetString(Bytes());

    /// <summary>Adds the field, one integer or many in a row, to a list.</summary>
    public void Integers(List<long> list)
    {
        if (Type == WireFormat.WireType.Varint)
        {
            list.Add(Integer());
            return;
        }

        (int from, int count) = Payload();
        var row = new CodedInputStream(file, from, count);
        while (!row.IsAtEnd)
            list.Add(row.ReadInt64());
    }

    /// <summary>Adds the field, one single-precision number or many in a row, to a list.</summary>
    public void Singles(List<float> list)
    {
        if (Type == WireFormat.WireType.Fixed32)
        {
            list.Add(_input.ReadFloat());
            return;
        }

        ReadOnlySpan<byte> row = Row(sizeof(float));
        list.EnsureCapacity(list.Count + (row.Length / sizeof(float)));
        for (int i = 0; i < row.Length; i += sizeof(float))
            list.Add(BinaryPrimitives.ReadSingleLittleEndian(row[i..]));
    }

    /// <summary>Adds the field, one double-precision number or many in a row, to a list in single precision.</summary>
    public void Doubles(List<float> list)
    {
        if (Type == WireFormat.WireType.Fixed64)
        {
            list.Add((float)_input.ReadDouble());
            return;
        }

        ReadOnlySpan<byte> row = Row(sizeof(double));
        list.EnsureCapacity(list.Count + (row.Length / sizeof(double)));
        for (int i = 0; i < row.Length; i += sizeof(double))
            list.Add((float)BinaryPrimitives.ReadDoubleLittleEndian(row[i..]));
    }

    private ReadOnlySpan<byte> Row(int size)
    {
        ReadOnlySpan<byte> row = Bytes();
        return row.Length % size == 0 ? row : throw Damaged($"field {Field} has {row.Length} bytes; a multiple of {size} was expected");
    }

    /// <summary>Where a length-delimited field's bytes are. The field itself is passed.</summary>
    private (int From, int Count) Payload()
    {
        Expect(WireFormat.WireType.LengthDelimited);
        int from = Position;
        _input.SkipLastField();

        // The length, which was good, ends with the first byte below 128; behind it are the bytes.
        while (file[from++] >= 128)
        {
        }

        return (from, Position - from);
    }

    private void Expect(WireFormat.WireType type)
    {
        if (Type != type)
            throw Damaged($"field {Field} has wire type {Type}; {type} was expected");
    }

    private WeightsException Damaged(string found) => new($"The file is damaged: near byte {Position}, {found}. Fetch or export it again.");
}
