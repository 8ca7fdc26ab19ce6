using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Reads tensors (<c>TensorProto</c>), whose elements may be in any of several fields or in a file beside this one.</summary>
/// <param name="file">The file.</param>
/// <param name="budget">What limits how often bytes of a file beside it are read.</param>
internal sealed class OnnxTensorParser(WeightsInput file, WeightsBudget budget)
{
    private readonly Dictionary<string, byte[]> _beside = [];

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="WeightsException">It has more or fewer elements than its shape says, or the file beside it has.</exception>
    public (string Name, OnnxTensor Tensor) Read(ProtobufReader fields)
    {
        string name = "";
        long type = 0;
        bool isExternal = false;
        (List<long> sizes, List<float> floats, List<long> integers) = ([], [], []);
        var external = new Dictionary<string, string>();
        ReadOnlySpan<byte> raw = default;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    fields.Integers(sizes);
                    break;
                case 2:
                    type = fields.Integer();
                    break;
                case 4:
                    fields.Singles(floats);
                    break;
                case 5 or 7:
                    fields.Integers(integers);
                    break;
                case 8:
                    name = fields.Text();
                    break;
                case 9:
                    raw = fields.Bytes();
                    break;
                case 10:
                    fields.Doubles(floats);
                    break;
                case 13:
                    (string key, string value) = ReadEntry(fields.Message());
                    external[key] = value;
                    break;
                case 14:
                    isExternal = fields.Integer() == 1;
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        string shown = PrintableName.Of(name);
        ImmutableArray<int> shape = Shape(shown, sizes);
        var tensor = new OnnxTensor(shown, Widened((OnnxType)type), shape, null);
        if (isExternal)
            raw = External(tensor, external);
        Array? data = raw.IsEmpty ? Listed((OnnxType)type, floats, integers) : Raw((OnnxType)type, raw);
        if (data is not null && data.Length != tensor.Count)
        {
            throw new WeightsException(
                $"{tensor} has {data.Length} elements of {(OnnxType)type}; as many as its shape says were expected. "
                + "The file is damaged; export or fetch it again.");
        }

        return (name, tensor with { Data = data });
    }

    /// <summary>A key with its value (<c>StringStringEntryProto</c>).</summary>
    public static (string Key, string Value) ReadEntry(ProtobufReader entry)
    {
        (string key, string value) = ("", "");
        while (entry.Next())
        {
            if (entry.Field == 1)
                key = entry.Text();
            else if (entry.Field == 2)
                value = Encoding.UTF8.GetString(entry.Bytes());
            else
                entry.Skip();
        }

        return (key, value);
    }

    private static OnnxType Widened(OnnxType type) => type is OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Double ? OnnxType.Float : type;

    private static ImmutableArray<int> Shape(string name, List<long> sizes)
    {
        long count = sizes.Count > 8 ? -1 : 1;
        foreach (long size in sizes.Take(8))
            count = count < 0 || size is < 0 or > int.MaxValue || count * size > int.MaxValue ? -1 : count * size;
        if (count < 0)
        {
            throw new WeightsException(
                $"The shape of \"{name}\", [{string.Join(", ", sizes.Take(9))}], is not one of at most 8 sizes and 2³¹ − 1 elements. "
                + "The file is damaged.");
        }

        return [.. sizes.Select(size => (int)size)];
    }

    /// <summary>Elements one after the other, little-endian; as many as the bytes hold.</summary>
    private static Array? Raw(OnnxType type, ReadOnlySpan<byte> bytes) => type switch
    {
        OnnxType.Float => Elements(bytes, 4, BinaryPrimitives.ReadSingleLittleEndian),
        OnnxType.Double => Elements(bytes, 8, static element => (float)BinaryPrimitives.ReadDoubleLittleEndian(element)),
        OnnxType.Float16 => Elements(bytes, 2, static element => (float)BinaryPrimitives.ReadHalfLittleEndian(element)),
        OnnxType.BFloat16 => Elements(bytes, 2, static element => Brain(BinaryPrimitives.ReadUInt16LittleEndian(element))),
        OnnxType.UInt8 or OnnxType.Bool => bytes.ToArray(),
        OnnxType.Int8 => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
        OnnxType.Int32 => Elements(bytes, 4, BinaryPrimitives.ReadInt32LittleEndian),
        OnnxType.Int64 => Elements(bytes, 8, BinaryPrimitives.ReadInt64LittleEndian),
        _ => null,
    };

    /// <summary>Elements of the lists that are for all but raw ones: real numbers in one, integers and the bits of 16-bit numbers in the other.</summary>
    private static Array? Listed(OnnxType type, List<float> floats, List<long> integers) => type switch
    {
        OnnxType.Float or OnnxType.Double => floats.ToArray(),
        OnnxType.Float16 => integers.Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray(),
        OnnxType.BFloat16 => integers.Select(bits => Brain((ushort)bits)).ToArray(),
        OnnxType.UInt8 or OnnxType.Bool => integers.Select(number => (byte)number).ToArray(),
        OnnxType.Int8 => integers.Select(number => (sbyte)number).ToArray(),
        OnnxType.Int32 => integers.Select(number => (int)number).ToArray(),
        OnnxType.Int64 => integers.ToArray(),
        _ => null,
    };

    private static T[] Elements<T>(ReadOnlySpan<byte> bytes, int size, ReadElement<T> read)
    {
        var elements = new T[bytes.Length / size];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = read(bytes[(i * size)..]);
        return elements;
    }

    private delegate T ReadElement<T>(ReadOnlySpan<byte> element);

    private static float Brain(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private ReadOnlySpan<byte> External(OnnxTensor tensor, Dictionary<string, string> where)
    {
        if (!where.TryGetValue("location", out string? location))
            throw new WeightsException($"{tensor} is in another file and does not say in which. The file is damaged; export it again.");
        if (!_beside.TryGetValue(location, out byte[]? bytes))
        {
            _beside.Add(location, bytes = file.ReadBeside(location));
            budget.Add(bytes.Length);
        }

        long offset = Number("offset", 0), length = Number("length", bytes.Length - offset);
        if (offset < 0 || length < 0 || offset > bytes.Length - length)
        {
            throw new WeightsException(
                $"{tensor} is said to be {length} bytes at byte {offset} of \"{PrintableName.Of(location)}\", which has {bytes.Length}. "
                + "Copy the two files of one export, or export again.");
        }

        budget.Take(tensor.ToString(), length);
        return bytes.AsSpan((int)offset, (int)length);

        long Number(string key, long absent) => !where.TryGetValue(key, out string? text) ? absent
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : -1;
    }
}
