using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>
/// Files of float32 tensors in the safetensors format: the length of a header (eight bytes, little endian), the header, which is JSON that gives each
/// tensor's type, shape and place, and the tensors' bytes.
/// </summary>
internal static class SafeTensors
{
    private const string Metadata = "__metadata__";

    /// <summary>Writes a file, whole or not at all: a run that is cut short leaves the previous one.</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        List<(string Name, Tensor Value)> list = [.. tensors];
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject(Metadata);
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, Tensor value) in list)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                WriteNumbers(json, "shape", value.shape);
                WriteNumbers(json, "data_offsets", [offset, offset += value.numel() * sizeof(float)]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The tensors begin at a multiple of 8 bytes, as the format's own library aligns them.
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');

        string partial = path + ".part";
        using (FileStream file = File.Create(partial))
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            header.WriteTo(file);
            foreach ((_, Tensor value) in list)
            {
                using Tensor contiguous = value.detach().contiguous();
                file.Write(MemoryMarshal.AsBytes<float>(contiguous.data<float>().ToArray()));
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote into tensors that exist, by name, and returns the metadata.</summary>
    /// <exception cref="TrainingException">The file has other tensors.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(sizeof(long), length));
        using var _ = no_grad();
        foreach ((string name, Tensor value) in tensors)
        {
            if (!header.RootElement.TryGetProperty(name, out JsonElement entry)
                || !entry.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()).SequenceEqual(value.shape))
            {
                throw new TrainingException($"{path}: there is no tensor {name} of shape [{string.Join(", ", value.shape)}]: it belongs to another network.");
            }

            int offset = sizeof(long) + length + entry.GetProperty("data_offsets")[0].GetInt32();
            float[] numbers = MemoryMarshal.Cast<byte, float>(file.AsSpan(offset, checked((int)value.numel() * sizeof(float)))).ToArray();
            using Tensor stored = tensor(numbers, value.shape);
            value.copy_(stored);
        }

        return header.RootElement.GetProperty(Metadata).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
