using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Keras;

namespace MobileNetGen.Weights.Formats.TensorFlowJs;

/// <summary>What a manifest says of a tensor.</summary>
/// <param name="Name">Its name, unique in the model.</param>
/// <param name="Shape">Every size positive; empty for a single number.</param>
/// <param name="IsInteger">Whether it is of integers.</param>
/// <param name="Stored">The type its elements are stored in: float32, int32, bool, or to save space float16, uint8 or uint16.</param>
/// <param name="Scale">What a stored uint8 or uint16 is multiplied by; 1 for others.</param>
/// <param name="Minimum">What is then added; 0 for others.</param>
internal sealed record TensorSpecification(string Name, ImmutableArray<int> Shape, bool IsInteger, string Stored, double Scale, double Minimum)
{
    /// <summary>The bytes of an element.</summary>
    public int ElementLength => Stored switch
    {
        "float32" or "int32" => 4,
        "float16" or "uint16" => 2,
        _ => 1,
    };

    /// <summary>The number of elements.</summary>
    public int Count => Shape.Aggregate(1, (count, size) => count * size);

    /// <summary>The bytes of all elements.</summary>
    public long Length => (long)Count * ElementLength;

    public static TensorSpecification Read(JsonElement json)
    {
        string name = Json.Text(Json.Required(json, "name"), "a tensor's name");
        string type = Json.Text(Json.Required(json, "dtype"), $"the type of \"{name}\"");
        if (type is not ("float32" or "int32" or "bool"))
            throw new WeightsException($"\"{name}\" is of type {type}; float32, int32 and bool are read.");
        ImmutableArray<int> shape = ReadShape(name, Json.Required(json, "shape"));
        JsonElement quantization = Json.Property(json, "quantization");
        if (quantization.ValueKind == JsonValueKind.Undefined)
            return new TensorSpecification(name, shape, type != "float32", type, 1, 0);

        string stored = Json.Text(Json.Required(quantization, "dtype"), $"the type of the quantised \"{name}\"");
        return stored switch
        {
            "float16" when type == "float32" => new TensorSpecification(name, shape, false, stored, 1, 0),
            "uint8" or "uint16" => new TensorSpecification(
                name, shape, type != "float32", stored, Json.Number(Json.Required(quantization, "scale"), "a scale"), Json.Number(Json.Required(quantization, "min"), "a minimum")),
            _ => throw new WeightsException($"\"{name}\", {type}, is quantised as {stored}; uint8, uint16 and float16 are read."),
        };
    }

    private static ImmutableArray<int> ReadShape(string name, JsonElement json)
    {
        var shape = ImmutableArray.CreateBuilder<int>();
        long count = 1;
        foreach (JsonElement item in Json.Items(json, $"the shape of \"{name}\""))
        {
            if (shape.Count == 8 || item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int size) || size < 1 || (count *= size) > int.MaxValue)
                throw Json.Unexpected($"the shape of \"{name}\" is {json}");
            shape.Add(size);
        }

        return shape.DrainToImmutable();
    }
}

/// <summary>A tensor as it lies in a shard.</summary>
/// <param name="Specification">What it is.</param>
/// <param name="Data">Its bytes, as many as the specification says.</param>
internal sealed record StoredTensor(TensorSpecification Specification, ReadOnlyMemory<byte> Data)
{
    /// <summary>The elements in single precision, as TensorFlow.js computes them: in double precision, rounded once.</summary>
    public float[] Floats()
    {
        var floats = new float[Specification.Count];
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)Element(i);
            if (!float.IsFinite(floats[i]))
                throw new WeightsException($"Element {i} of \"{Specification.Name}\" is not a finite number. The training diverged, or the file is damaged.");
        }

        return floats;
    }

    /// <summary>The elements as integers.</summary>
    public ImmutableArray<long> Integers() => [.. Enumerable.Range(0, Specification.Count).Select(i => (long)Math.Round(Element(i)))];

    private double Element(int index)
    {
        ReadOnlySpan<byte> element = Data.Span[(index * Specification.ElementLength)..];
        return Specification.Stored switch
        {
            "float32" => BinaryPrimitives.ReadSingleLittleEndian(element),
            "int32" => BinaryPrimitives.ReadInt32LittleEndian(element),
            "float16" => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
            "uint16" => (BinaryPrimitives.ReadUInt16LittleEndian(element) * Specification.Scale) + Specification.Minimum,
            "uint8" => (element[0] * Specification.Scale) + Specification.Minimum,
            _ => element[0],
        };
    }
}
