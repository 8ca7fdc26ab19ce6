using System;
using System.Runtime.InteropServices;

namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>A tensor of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its lengths.</param>
internal sealed record OutputTensor(string Name, DataType Type, int[] Shape)
{
    /// <summary>The elements, the last axis running fastest; empty of strings.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>The strings; empty of other types.</summary>
    public string[] Items { get; init; } = [];

    /// <summary>A tensor of numbers.</summary>
    public static OutputTensor Of<T>(string name, DataType type, int[] shape, ReadOnlySpan<T> elements) where T : unmanaged
        => new(name, type, shape) { Data = MemoryMarshal.AsBytes(elements).ToArray() };

    /// <summary>The elements as what they are.</summary>
    public ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data);
}
