using System;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>The types of number that the networks store and compute with.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>Unsigned bytes: asymmetric quantisation, per tensor.</summary>
    UInt8,

    /// <summary>Signed bytes: symmetric weights, asymmetric activations.</summary>
    Int8,

    /// <summary>Signed 32-bit integers: the biases of quantised networks.</summary>
    Int32,
}

/// <summary>How stored integers q stand for real numbers: scale · (q − zero point).</summary>
/// <param name="Scales">One scale, or one per index along <paramref name="Axis"/>; every one finite and positive.</param>
/// <param name="ZeroPoints">As many as there are scales; each within the element type's range.</param>
/// <param name="Axis">The dimension the scales run along; 0 where there is one scale for the whole tensor.</param>
public sealed record SourceQuantization(ImmutableArray<float> Scales, ImmutableArray<int> ZeroPoints, int Axis)
{
    /// <summary>Whether one scale and one zero point hold for the whole tensor.</summary>
    public bool IsPerTensor => Scales.Length == 1;

    /// <summary>The scale of a per-tensor quantisation.</summary>
    public float Scale => Scales[0];

    /// <summary>The zero point of a per-tensor quantisation.</summary>
    public int ZeroPoint => ZeroPoints[0];

    /// <summary>Whether both stand for the same real numbers.</summary>
    public bool Equals(SourceQuantization? other) =>
        other is not null && Axis == other.Axis && Scales.AsSpan().SequenceEqual(other.Scales.AsSpan()) && ZeroPoints.AsSpan().SequenceEqual(other.ZeroPoints.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Axis, Scales.Length, Scale, ZeroPoint);
}

/// <summary>A trained tensor: weights or biases, row-major.</summary>
public sealed class SourceTensor
{
    private readonly Array _data;

    private SourceTensor(string name, ElementType type, ImmutableArray<int> shape, SourceQuantization? quantization, Array data)
    {
        long count = 1;
        foreach (int size in shape)
            count = checked(count * size);
        if (count != data.Length)
            throw new ArgumentException($"{data.Length} elements were given for a shape of {count}.", nameof(data));

        Name = name;
        Type = type;
        Shape = shape;
        Quantization = quantization;
        _data = data;
    }

    /// <summary>Creates a tensor of real numbers.</summary>
    public SourceTensor(string name, ImmutableArray<int> shape, float[] data)
        : this(name, ElementType.Float32, shape, null, data)
    {
    }

    /// <summary>Creates a tensor of unsigned bytes.</summary>
    public SourceTensor(string name, ImmutableArray<int> shape, SourceQuantization quantization, byte[] data)
        : this(name, ElementType.UInt8, shape, quantization, data)
    {
    }

    /// <summary>Creates a tensor of signed bytes.</summary>
    public SourceTensor(string name, ImmutableArray<int> shape, SourceQuantization quantization, sbyte[] data)
        : this(name, ElementType.Int8, shape, quantization, data)
    {
    }

    /// <summary>Creates a tensor of 32-bit integers.</summary>
    public SourceTensor(string name, ImmutableArray<int> shape, SourceQuantization quantization, int[] data)
        : this(name, ElementType.Int32, shape, quantization, data)
    {
    }

    /// <summary>The name in the file, for messages only.</summary>
    public string Name { get; }

    /// <summary>The type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>The size of each dimension, outermost first; every one positive.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>What the integers stand for; null exactly where the elements are real numbers.</summary>
    public SourceQuantization? Quantization { get; }

    /// <summary>The number of elements.</summary>
    public int Count => _data.Length;

    /// <summary>The elements of a <see cref="ElementType.Float32"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    public float[] Floats => (float[])Data(ElementType.Float32);

    /// <summary>The elements of a <see cref="ElementType.UInt8"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    public byte[] Bytes => (byte[])Data(ElementType.UInt8);

    /// <summary>The elements of an <see cref="ElementType.Int8"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    public sbyte[] SBytes => (sbyte[])Data(ElementType.Int8);

    /// <summary>The elements of an <see cref="ElementType.Int32"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another type.</exception>
    public int[] Ints => (int[])Data(ElementType.Int32);

    /// <summary>The same elements, in the same order, under another shape.</summary>
    /// <param name="shape">Of as many elements.</param>
    /// <param name="axis">The dimension of <paramref name="shape"/> that per-channel scales run along; nothing to a per-tensor quantisation.</param>
    public SourceTensor Reshape(ImmutableArray<int> shape, int axis) =>
        new(Name, Type, shape, Quantization is { IsPerTensor: false } q ? q with { Axis = axis } : Quantization, _data);

    /// <summary>Name, type and shape, for messages.</summary>
    public override string ToString() => $"\"{Name}\", {Type} [{string.Join(", ", Shape)}]";

    private Array Data(ElementType type) => Type == type ? _data : throw new InvalidOperationException($"The tensor is {Type}, not {type}.");
}
