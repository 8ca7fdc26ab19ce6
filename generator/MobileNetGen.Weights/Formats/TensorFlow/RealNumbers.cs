using System;
using System.Buffers.Binary;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>TensorFlow's element types, of those that its MobileNets have, under its own numbers.</summary>
internal enum DataType
{
    Float = 1,
    Double = 2,
    Int32 = 3,
    Int64 = 9,
    BFloat16 = 14,
    Half = 19,
}

/// <summary>Real numbers as TensorFlow stores them: little-endian, one after the other.</summary>
internal static class RealNumbers
{
    /// <summary>Reads a tensor in single precision.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="type">The type it is stored in.</param>
    /// <param name="shape">Of at most <see cref="int.MaxValue"/> elements.</param>
    /// <param name="bytes">All of its bytes.</param>
    /// <exception cref="WeightsException">It is not of real numbers, not as long as its shape says, or not finite throughout.</exception>
    public static SourceTensor Read(string name, DataType type, ImmutableArray<int> shape, ReadOnlySpan<byte> bytes)
    {
        int size = type switch
        {
            DataType.Float => sizeof(float),
            DataType.Double => sizeof(double),
            DataType.Half or DataType.BFloat16 => 2,
            _ => throw new WeightsException($"The tensor \"{name}\" is of type {type}; real numbers (float, half, bfloat16 or double) were expected."),
        };
        int count = TensorShape.Count(shape);
        if (bytes.Length != (long)count * size)
            throw new WeightsException($"The tensor \"{name}\" has {bytes.Length} bytes for [{string.Join(", ", shape)}] of {type}. The file is damaged; fetch or save it again.");

        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes[(i * size)..];
            values[i] = type switch
            {
                DataType.Float => BinaryPrimitives.ReadSingleLittleEndian(element),
                DataType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                DataType.Half => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
            };
        }

        return new SourceTensor(name, shape, CheckFinite(name, values));
    }

    /// <summary>Passes numbers on if every one is finite.</summary>
    /// <exception cref="WeightsException">One is not.</exception>
    public static float[] CheckFinite(string name, float[] values)
    {
        int bad = Array.FindIndex(values, static number => !float.IsFinite(number));
        return bad < 0 ? values : throw new WeightsException($"Element {bad} of \"{name}\" is not a finite number. The training diverged, or the file is damaged.");
    }
}
