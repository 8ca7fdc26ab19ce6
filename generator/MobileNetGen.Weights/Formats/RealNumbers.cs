using System;
using System.Buffers.Binary;

namespace MobileNetGen.Weights.Formats;

/// <summary>How real numbers are stored, always little-endian.</summary>
internal enum RealType
{
    /// <summary>IEEE 754 half precision.</summary>
    Float16,

    /// <summary>The upper half of a single.</summary>
    BFloat16,

    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,
}

/// <summary>Real numbers as files store them.</summary>
internal static class RealNumbers
{
    /// <summary>Bytes of one number.</summary>
    public static int Size(RealType type) => type switch
    {
        RealType.Float32 => 4,
        RealType.Float64 => 8,
        _ => 2,
    };

    /// <summary>Reads numbers that lie one behind the other; doubles are rounded to single precision.</summary>
    /// <param name="name">Whose they are, for messages.</param>
    /// <param name="type">How they are stored.</param>
    /// <param name="bytes">A whole number of them.</param>
    /// <exception cref="WeightsException">One is not finite in single precision.</exception>
    public static float[] Read(string name, RealType type, ReadOnlySpan<byte> bytes)
    {
        int size = Size(type);
        var values = new float[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> stored = bytes.Slice(i * size, size);
            values[i] = type switch
            {
                RealType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(stored),
                RealType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored) << 16),
                RealType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(stored),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(stored),
            };
        }

        return CheckFinite(name, values);
    }

    /// <summary>Passes numbers on if every one is finite.</summary>
    /// <param name="name">Whose they are, for messages.</param>
    /// <param name="values">The numbers.</param>
    /// <exception cref="WeightsException">One is not.</exception>
    public static float[] CheckFinite(string name, float[] values)
    {
        int bad = Array.FindIndex(values, static number => !float.IsFinite(number));
        return bad < 0 ? values : throw new WeightsException($"Element {bad} of \"{name}\" is not a finite number. The training diverged, or the file is damaged.");
    }
}
