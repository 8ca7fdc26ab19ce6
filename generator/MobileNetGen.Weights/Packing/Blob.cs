using System;
using System.Buffers.Binary;
using System.IO;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Weights.Packing;

/// <summary>The packed weights of a network, little-endian, written front to back. Each part starts at a multiple of 64 bytes.</summary>
internal sealed class Blob
{
    private readonly MemoryStream _stream = new();
    private readonly byte[] _word = new byte[4];

    /// <summary>Starts a part.</summary>
    /// <returns>Its offset.</returns>
    public long Begin()
    {
        while (_stream.Length % BlobLayout.Alignment != 0)
            _stream.WriteByte(0);
        return _stream.Length;
    }

    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    public void Write(byte value) => _stream.WriteByte(value);

    public void Write(sbyte value) => _stream.WriteByte((byte)value);

    public void Write(short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(_word, value);
        _stream.Write(_word, 0, 2);
    }

    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_word, value);
        _stream.Write(_word, 0, 4);
    }

    public void Write(float value) => Write(BitConverter.SingleToInt32Bits(value));

    /// <summary>All of it, ended at a multiple of 64 bytes.</summary>
    public byte[] ToArray()
    {
        Begin();
        return _stream.ToArray();
    }
}
