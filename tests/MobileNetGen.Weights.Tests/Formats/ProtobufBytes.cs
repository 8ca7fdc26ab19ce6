using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>A protocol buffer message, written byte by byte from the wire format's definition.</summary>
internal sealed class ProtobufBytes
{
    private readonly List<byte> _bytes = [];

    public ProtobufBytes Integer(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtobufBytes Single(int field, float value) => Fixed(field, BitConverter.SingleToUInt32Bits(value));

    public ProtobufBytes Fixed(int field, uint value)
    {
        Varint(((ulong)field << 3) | 5);
        for (int shift = 0; shift < 32; shift += 8)
            _bytes.Add((byte)(value >> shift));
        return this;
    }

    public ProtobufBytes Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufBytes Message(int field, ProtobufBytes value) => Bytes(field, value.ToArray());

    public ProtobufBytes Bytes(int field, IReadOnlyCollection<byte> value)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)value.Count);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>Integers in one row ("packed").</summary>
    public ProtobufBytes Integers(int field, params IEnumerable<long> values)
    {
        var row = new ProtobufBytes();
        foreach (long value in values)
            row.Varint((ulong)value);
        return Bytes(field, row.ToArray());
    }

    /// <summary>Single-precision numbers in one row.</summary>
    public ProtobufBytes Singles(int field, IEnumerable<float> values) => Bytes(field, Little(values));

    /// <summary>Numbers as they are in memory, the lowest byte first.</summary>
    public static byte[] Little(IEnumerable<float> values) =>
        [.. values.SelectMany(value => Enumerable.Range(0, 4).Select(i => (byte)(BitConverter.SingleToUInt32Bits(value) >> (8 * i))))];

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that another byte follows.</summary>
    public static void Varint(List<byte> bytes, ulong value)
    {
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
    }

    private void Varint(ulong value) => Varint(_bytes, value);
}
