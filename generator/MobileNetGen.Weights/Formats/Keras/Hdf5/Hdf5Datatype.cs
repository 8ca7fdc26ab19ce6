using System;
using System.Buffers.Binary;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>What elements are.</summary>
internal enum ElementClass
{
    /// <summary>Something that no parameter is.</summary>
    Other,

    /// <summary>IEEE 754 binary16, binary32 or binary64, little-endian.</summary>
    Real,

    /// <summary>Text of a fixed length.</summary>
    FixedText,

    /// <summary>Text that lies elsewhere in the file: length, address, index.</summary>
    Text,
}

/// <summary>A datatype message.</summary>
/// <param name="Class">What elements are.</param>
/// <param name="Size">The bytes of an element, at least 1.</param>
internal readonly record struct Hdf5Datatype(ElementClass Class, int Size)
{
    /// <summary>Reads a datatype message.</summary>
    public static Hdf5Datatype Read(ReadOnlySpan<byte> message)
    {
        (int kind, int bits, uint size) = (Hdf5Bytes.First(message, 8)[0] & 15, message[1], Hdf5Bytes.UInt32(message[4..]));
        if (size is 0 or > int.MaxValue)
            throw Hdf5Bytes.Damaged($"elements of {size} bytes");
        const int real = 1, text = 3, variable = 9;
        ElementClass elements = kind switch
        {
            real when IsIeee(Hdf5Bytes.First(message, 20), size) => ElementClass.Real,
            text => ElementClass.FixedText,
            variable when (bits & 15) == 1 && size == 16 => ElementClass.Text,
            _ => ElementClass.Other,
        };
        return new Hdf5Datatype(elements, (int)size);
    }

    /// <summary>An element of <see cref="ElementClass.Real"/> in single precision.</summary>
    public float Single(ReadOnlySpan<byte> element) => Size switch
    {
        2 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
        4 => BinaryPrimitives.ReadSingleLittleEndian(element),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
    };

    /// <summary>By the order of bytes, and the places of exponent and fraction.</summary>
    private static bool IsIeee(ReadOnlySpan<byte> message, uint size)
    {
        bool isLittleEndian = (message[1] & 0x41) == 0;
        (byte exponentStart, byte exponentBits, byte fractionStart, byte fractionBits) = (message[12], message[13], message[14], message[15]);
        return isLittleEndian && (size, exponentStart, exponentBits, fractionStart, fractionBits) is (2, 10, 5, 0, 10) or (4, 23, 8, 0, 23) or (8, 52, 11, 0, 52);
    }
}
