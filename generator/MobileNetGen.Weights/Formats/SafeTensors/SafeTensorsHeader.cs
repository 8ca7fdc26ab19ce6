using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.SafeTensors;

/// <summary>A tensor that the header lists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as the format calls it: "F32".</param>
/// <param name="Shape">Its sizes, each positive; none for a single number.</param>
/// <param name="Start">Its first byte in the file.</param>
/// <param name="Length">How many bytes it has, which lie in the file and belong to no other tensor.</param>
internal sealed record SafeTensor(string Name, string Type, ImmutableArray<int> Shape, int Start, int Length)
{
    /// <summary>Checks that the tensor has as many bytes as its shape needs.</summary>
    public void CheckSize(int elementSize)
    {
        // Shapes stop growing as soon as they exceed any file, so the product cannot overflow.
        long needed = elementSize;
        foreach (int size in Shape)
            needed = Math.Min(needed * size, long.MaxValue / int.MaxValue);
        if (needed != Length)
            throw new WeightsException($"\"{Name}\", {Type} [{string.Join(", ", Shape)}], has {Length} bytes; its shape needs {needed}. The file is damaged: fetch it again.");
    }
}

/// <summary>The header of a safetensors file: eight bytes of length, then JSON that maps names to types, shapes and offsets.</summary>
/// <param name="Framework">What the metadata calls "format": "pt", "tf", …; null if they do not say.</param>
/// <param name="Tensors">All tensors, in the header's order.</param>
internal sealed record SafeTensorsHeader(string? Framework, ImmutableArray<SafeTensor> Tensors)
{
    private const int LengthSize = 8;

    /// <summary>Some 100 bytes a tensor: forty times the largest MobileNet's header.</summary>
    private const int MaximumLength = 2 << 20;

    /// <summary>Whether a file may be one of this format by its first bytes: a length and an opening brace.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> head) =>
        head.Length > LengthSize && head[LengthSize] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(head) is > 1 and <= MaximumLength;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="WeightsException">It is malformed, or offsets leave the file or overlap.</exception>
    public static SafeTensorsHeader Read(byte[] file)
    {
        if (!IsPlausible(file))
        {
            throw new WeightsException(
                $"The file is not a safetensors file: eight bytes with the length of a header (at most {MaximumLength} bytes) and \"{{\" are expected. "
                + "Fetch it again; a web page or a Git LFS pointer saved under its name looks like this.");
        }

        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > file.Length - LengthSize)
            throw Broken($"its header should have {length} bytes, but {file.Length - LengthSize} are left");
        try
        {
            using var json = JsonDocument.Parse(file.AsMemory(LengthSize, length), new JsonDocumentOptions { MaxDepth = 4 });
            return Read(json.RootElement, LengthSize + length, file.Length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is JsonElement's for text that is no Unicode.
            throw new WeightsException($"The file is damaged: its header is not JSON. {error.Message}", error);
        }
    }

    private static SafeTensorsHeader Read(JsonElement root, int dataStart, int fileLength)
    {
        string? framework = null;
        var tensors = ImmutableArray.CreateBuilder<SafeTensor>();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name != "__metadata__")
                tensors.Add(Tensor(property, dataStart, fileLength));
            else if (property.Value is { ValueKind: JsonValueKind.Object } metadata && metadata.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String)
                framework = format.GetString();
        }

        SafeTensor? previous = null;
        foreach (SafeTensor tensor in tensors.OrderBy(tensor => tensor.Start).ThenBy(tensor => tensor.Length))
        {
            if (previous is not null && previous.Start + previous.Length > tensor.Start)
                throw Broken($"\"{previous.Name}\" and \"{tensor.Name}\" overlap");
            previous = tensor;
        }

        return new SafeTensorsHeader(framework, tensors.ToImmutable());
    }

    private static SafeTensor Tensor(JsonProperty property, int dataStart, int fileLength)
    {
        JsonElement value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || Numbers(value, "shape") is not { } shape
            || Numbers(value, "data_offsets") is not [var start, var end])
        {
            throw Broken($"\"{property.Name}\" is not described by dtype, shape and data_offsets");
        }

        if (start > end || end > fileLength - dataStart)
            throw Broken($"\"{property.Name}\" should be at bytes {start} to {end} of {fileLength - dataStart}");
        return new SafeTensor(property.Name, type.GetString()!, shape, dataStart + start, end - start);
    }

    /// <summary>An array of numbers from 0 to what a file can have, null if it is anything else.</summary>
    private static ImmutableArray<int>? Numbers(JsonElement value, string name)
    {
        if (!value.TryGetProperty(name, out JsonElement array) || array.ValueKind != JsonValueKind.Array)
            return null;
        var numbers = ImmutableArray.CreateBuilder<int>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out int number) || number < 0)
                return null;
            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }

    private static WeightsException Broken(string what) => new($"The file is damaged: {what}. Fetch it again.");
}
