using System;
using System.Runtime.InteropServices;
using System.Text.Json;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>Reads the elements of a tensor from JSON: one after the other, or in arrays of arrays, whose shape does not matter.</summary>
internal static class JsonTensorReader
{
    /// <summary>Reads them.</summary>
    /// <param name="tensor">The tensor without its data.</param>
    /// <param name="json">Stands at the first token of the data.</param>
    /// <param name="length">Bytes of the whole JSON: no tensor has more elements, so a shape that lies takes no memory.</param>
    /// <exception cref="InferenceException">There are more or fewer elements than the shape says, or one is not of the type.</exception>
    public static InputTensor Read(InputTensor tensor, Utf8JsonReader json, int length)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw new InferenceException(Problem.Invalid, "'data' is no array.");
        int count = InputTensor.Count(tensor.Shape, length);
        switch (tensor.Type)
        {
            case DataType.UInt8:
                return tensor with { Data = Elements(ref json, count, Byte) };
            case DataType.Int8:
                return tensor with { Data = Elements(ref json, count, SignedByte) };
            case DataType.Float32:
                return tensor with { Data = Bytes(Elements(ref json, count, Single)) };
            case DataType.Bytes:
                return tensor with { Items = Elements(ref json, count, File) };
            default:
                throw new InferenceException(Problem.Invalid, $"No network takes {tensor.Type.Name()}.");
        }
    }

    private delegate T Element<T>(ref Utf8JsonReader json);

    private static T[] Elements<T>(ref Utf8JsonReader json, int count, Element<T> read)
    {
        var elements = new T[count];
        int index = 0;
        for (int depth = 1; depth > 0;)
        {
            json.Read();
            if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                depth += json.TokenType == JsonTokenType.StartArray ? 1 : -1;
            else if (index == count)
                throw new InferenceException(Problem.Invalid, $"'data' has more than the {count} elements that the shape says.");
            else
                elements[index++] = read(ref json);
        }

        return index == count ? elements : throw new InferenceException(Problem.Invalid, $"'data' has {index} elements; the shape says {count}.");
    }

    private static byte Byte(ref Utf8JsonReader json)
        => json.TokenType == JsonTokenType.Number && json.TryGetByte(out byte value) ? value : throw Wrong("an integer of 0 to 255");

    private static byte SignedByte(ref Utf8JsonReader json)
        => json.TokenType == JsonTokenType.Number && json.TryGetSByte(out sbyte value) ? (byte)value : throw Wrong("an integer of -128 to 127");

    private static float Single(ref Utf8JsonReader json)
        => json.TokenType == JsonTokenType.Number && json.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Wrong("a number in single precision");

    private static ReadOnlyMemory<byte> File(ref Utf8JsonReader json)
        => json.TokenType == JsonTokenType.String && json.TryGetBytesFromBase64(out byte[]? file) ? file : throw Wrong("a string in base64");

    private static byte[] Bytes(float[] numbers) => MemoryMarshal.AsBytes<float>(numbers).ToArray();

    private static InferenceException Wrong(string needed) => new(Problem.Invalid, $"An element of 'data' is not {needed}.");
}
