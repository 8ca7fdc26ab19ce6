using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Export;

/// <summary>
/// Writes a float32 network's numbers as <c>.safetensors</c>: the length of a header, the header in JSON, and the numbers. Kernels are in PyTorch's order, and names count the layers, so that the
/// file tells their order.
/// </summary>
internal static class SafeTensorsWriter
{
    /// <summary>Tensors begin at a multiple of it, as the format's own library has it.</summary>
    private const int Alignment = 8;

    /// <summary>Writes the file.</summary>
    /// <param name="trained">A float32 network.</param>
    public static byte[] Write(TrainedNetwork trained)
    {
        List<(string Name, int[] Shape, float[] Values)> tensors = [];
        foreach ((int i, TrainedLayer layer) in trained.Layers.Where(l => l.Filter is not null).Index())
        {
            var filter = (FloatFilter)layer.Filter!;
            string name = $"layers.{i}.{layer.Layer.Name}";
            int[] sizes = OnnxConvolution.Sizes(layer.Layer);
            tensors.Add((name + ".weight", layer.Layer.Operator == Operator.Dense ? sizes[..2] : sizes, OnnxConvolution.Order(layer.Layer, filter.Weights)));
            tensors.Add((name + ".bias", [filter.Bias.Length], filter.Bias));
        }

        byte[] header = Header(tensors);
        using var file = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach ((_, _, float[] values) in tensors)
            file.Write(MemoryMarshal.AsBytes(values.AsSpan()));

        return file.ToArray();
    }

    private static byte[] Header(List<(string Name, int[] Shape, float[] Values)> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, int[] shape, float[] values) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                Numbers(json, "shape", [.. shape.Select(s => (long)s)]);
                Numbers(json, "data_offsets", [offset, offset += values.Length * sizeof(float)]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (header.Length % Alignment != 0)
            header.WriteByte((byte)' ');
        return header.ToArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
