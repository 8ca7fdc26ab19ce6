using System;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>TensorFlow's element types, of those that its MobileNets have, under its own numbers.</summary>
internal enum DataType
{
    Float = 1,
    Double = 2,
    Int32 = 3,
    UInt8 = 4,
    Int64 = 9,
    BFloat16 = 14,
    Half = 19,
}

/// <summary>Real numbers as TensorFlow stores them: little-endian, one after the other.</summary>
internal static class DataTypes
{
    /// <summary>Reads a tensor in single precision.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="type">The type it is stored in.</param>
    /// <param name="shape">Of at most <see cref="int.MaxValue"/> elements.</param>
    /// <param name="bytes">All of its bytes.</param>
    /// <exception cref="WeightsException">It is not of real numbers, not as long as its shape says, or not finite throughout.</exception>
    public static SourceTensor ReadReal(string name, DataType type, ImmutableArray<int> shape, ReadOnlySpan<byte> bytes)
    {
        RealType real = type switch
        {
            DataType.Float => RealType.Float32,
            DataType.Double => RealType.Float64,
            DataType.Half => RealType.Float16,
            DataType.BFloat16 => RealType.BFloat16,
            _ => throw new WeightsException($"The tensor \"{name}\" is of type {type}; real numbers (float, half, bfloat16 or double) were expected."),
        };
        if (bytes.Length != (long)TensorShape.Count(shape) * RealNumbers.Size(real))
            throw new WeightsException($"The tensor \"{name}\" has {bytes.Length} bytes for [{string.Join(", ", shape)}] of {type}. The file is damaged; fetch or save it again.");
        return new SourceTensor(name, shape, RealNumbers.Read(name, real, bytes));
    }
}
