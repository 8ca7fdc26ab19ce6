using System;

namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>The protocol's names of types, and their sizes.</summary>
internal static class DataTypes
{
    /// <summary>The name in the protocol.</summary>
    public static string Name(this DataType type) => type switch
    {
        DataType.UInt8 => "UINT8",
        DataType.Int8 => "INT8",
        DataType.Int32 => "INT32",
        DataType.Float32 => "FP32",
        _ => "BYTES",
    };

    /// <summary>Bytes of an element; 0 where elements differ in length.</summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.UInt8 or DataType.Int8 => 1,
        DataType.Int32 or DataType.Float32 => 4,
        _ => 0,
    };

    /// <summary>The type of that name.</summary>
    /// <exception cref="InferenceException">No network takes it.</exception>
    public static DataType Parse(string? name) => name switch
    {
        "UINT8" => DataType.UInt8,
        "INT8" => DataType.Int8,
        "INT32" => DataType.Int32,
        "FP32" => DataType.Float32,
        "BYTES" => DataType.Bytes,
        _ => throw new InferenceException(Problem.Invalid, $"The datatype '{InferenceException.Quoted(name)}' is none that a network takes: UINT8, INT8, FP32 or BYTES."),
    };

    /// <summary>The type whose elements are of a type of .NET.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DataType Of<T>() where T : unmanaged
        => typeof(T) == typeof(float) ? DataType.Float32
            : typeof(T) == typeof(byte) ? DataType.UInt8
            : typeof(T) == typeof(sbyte) ? DataType.Int8
            : throw new ArgumentException($"Networks compute in float, byte or sbyte, not in {typeof(T).Name}.");
}
