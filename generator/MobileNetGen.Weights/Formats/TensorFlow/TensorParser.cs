using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>Reads TensorFlow's message TensorProto: a constant of a graph.</summary>
internal static class TensorParser
{
    private const int MaximumIntegers = 64;

    /// <summary>Reads a constant.</summary>
    /// <param name="fields">The message.</param>
    /// <param name="name">The constant's name, for messages.</param>
    /// <param name="budget">What limits copies: a few bytes can stand for a large tensor of one number.</param>
    public static NodeConstant Read(ProtobufReader fields, string name, WeightsBudget budget)
    {
        long type = 0;
        List<long> sizes = [], integers = [];
        var numbers = new List<float>();
        ReadOnlySpan<byte> content = [];
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    type = fields.Integer();
                    break;
                case 2:
                    sizes = TensorShape.ReadSizes(fields.Message(), name);
                    break;
                case 4:
                    content = fields.Bytes();
                    break;
                case 5:
                    fields.Singles(numbers);
                    break;
                case 6:
                    fields.Doubles(numbers);
                    break;
                case 7 or 10:
                    fields.Integers(integers);
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        switch ((DataType)type)
        {
            case DataType.Float or DataType.Double or DataType.Half or DataType.BFloat16:
                ImmutableArray<int> shape = TensorShape.Known(sizes, name);
                int count = TensorShape.Count(shape);
                budget.Take(name, count);
                return new NodeConstant.Real(content.IsEmpty
                    ? new SourceTensor(name, shape, RealNumbers.CheckFinite(name, Fill(name, numbers, count)))
                    : DataTypes.ReadReal(name, (DataType)type, shape, content));
            case DataType.Int32 or DataType.Int64:
                // An empty list of axes is a constant too.
                ImmutableArray<int> listed = sizes is [0] ? [0] : TensorShape.Known(sizes, name);
                int length = TensorShape.Count(listed);
                if (length > MaximumIntegers)
                    return new NodeConstant.Other(type);
                return new NodeConstant.Whole([.. content.IsEmpty ? Fill(name, integers, length) : Integers(name, content, (DataType)type, length)], listed);
            default:
                return new NodeConstant.Other(type);
        }
    }

    /// <summary>A list that is shorter than its tensor ends in the number that the rest is.</summary>
    private static T[] Fill<T>(string name, List<T> list, int count)
    {
        if (list.Count > count || (list.Count == 0 && count > 0))
            throw new WeightsException($"The constant \"{name}\" has {list.Count} numbers for a shape of {count}. The file is damaged, or keeps its weights elsewhere; export it again.");
        var values = new T[count];
        list.CopyTo(values);
        if (list.Count > 0)
            values.AsSpan(list.Count).Fill(list[^1]);
        return values;
    }

    private static long[] Integers(string name, ReadOnlySpan<byte> content, DataType type, int count)
    {
        int size = type == DataType.Int32 ? sizeof(int) : sizeof(long);
        if (content.Length != count * size)
            throw new WeightsException($"The constant \"{name}\" has {content.Length} bytes for {count} integers. The file is damaged; export it again.");
        var values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = type == DataType.Int32 ? BinaryPrimitives.ReadInt32LittleEndian(content[(i * size)..]) : BinaryPrimitives.ReadInt64LittleEndian(content[(i * size)..]);
        return values;
    }
}
