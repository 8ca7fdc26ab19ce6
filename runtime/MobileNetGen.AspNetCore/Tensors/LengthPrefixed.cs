using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>Strings as binary data of the protocol: each behind its length in four bytes, little-endian.</summary>
internal static class LengthPrefixed
{
    private const int Prefix = sizeof(uint);

    /// <summary>Splits data into strings.</summary>
    /// <exception cref="InferenceException">A length exceeds what is left, or there are not as many strings as the shape says.</exception>
    public static ReadOnlyMemory<byte>[] Split(ReadOnlyMemory<byte> data, ReadOnlySpan<long> shape)
    {
        var items = new ReadOnlyMemory<byte>[InputTensor.Count(shape, data.Length / Prefix)];
        foreach (ref ReadOnlyMemory<byte> item in items.AsSpan())
        {
            if (data.Length < Prefix || BinaryPrimitives.ReadUInt32LittleEndian(data.Span) is var length && length > data.Length - Prefix)
                throw new InferenceException(Problem.Invalid, "A string of the BYTES tensor is longer than the data that are left.");
            item = data.Slice(Prefix, (int)length);
            data = data[(Prefix + (int)length)..];
        }

        return data.IsEmpty ? items : throw new InferenceException(Problem.Invalid, $"{data.Length} bytes are left behind the {items.Length} strings that the shape says.");
    }

    /// <summary>Joins strings.</summary>
    public static byte[] Join(ReadOnlySpan<string> items)
    {
        var data = new ArrayBufferWriter<byte>();
        foreach (string item in items)
        {
            BinaryPrimitives.WriteInt32LittleEndian(data.GetSpan(Prefix), Encoding.UTF8.GetByteCount(item));
            data.Advance(Prefix);
            Encoding.UTF8.GetBytes(item, data);
        }

        return data.WrittenSpan.ToArray();
    }
}
