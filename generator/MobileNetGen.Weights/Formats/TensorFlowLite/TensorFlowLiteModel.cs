using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Google.FlatBuffers;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>The schema's element types, as far as a MobileNet file has them.</summary>
internal enum TensorType : byte
{
    Float32 = 0,
    Float16 = 1,
    Int32 = 2,
    UInt8 = 3,
    Int64 = 4,
    Int16 = 7,
    Int8 = 9,
}

/// <summary>A tensor as stored. <paramref name="Data"/> is empty where the tensor is not constant.</summary>
/// <param name="Index">The index in the file.</param>
/// <param name="Name">The name, fit for a message.</param>
/// <param name="Type">The element type, possibly one that the enumeration does not list.</param>
/// <param name="Shape">Positive sizes, at most 2³¹ − 1 elements together.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="Quantization">Checked against type and shape; null where there is none.</param>
/// <param name="Data">The bytes of a constant, inside the file; exactly as many as the type and the shape need, for the types listed.</param>
internal sealed record StoredTensor(int Index, string Name, TensorType Type, ImmutableArray<int> Shape, int Count, SourceQuantization? Quantization, FlatVector Data)
{
    public bool IsConstant => Data.Length > 0;

    public override string ToString() => $"tensor {Index} \"{Name}\"";
}

/// <summary>An operator as stored.</summary>
/// <param name="Place">For messages: "operator 12, CONV_2D".</param>
/// <param name="Code">One of <see cref="BuiltinOperator"/>.</param>
/// <param name="Inputs">Tensor indices; −1 for an optional input that is absent.</param>
/// <param name="Outputs">Tensor indices.</param>
/// <param name="OptionsType">Which table of the schema's union <paramref name="Options"/> is; 0 for none.</param>
/// <param name="Options">The operator's own fields: none where it has no options.</param>
internal sealed record StoredOperator(string Place, int Code, ImmutableArray<int> Inputs, ImmutableArray<int> Outputs, byte OptionsType, FlatTable Options)
{
    /// <summary>The name of a custom operator; empty for a built-in one.</summary>
    public string Custom { get; init; } = "";

    /// <summary>The bytes that are a custom operator's options, inside the file.</summary>
    public FlatVector CustomOptions { get; init; }
}

/// <summary>
/// The tables of a <c>.tflite</c> file, checked as they are read. Field numbers are the order of the fields in TensorFlow's
/// <c>schema.fbs</c>, where a union takes two.
/// </summary>
internal sealed class TensorFlowLiteModel
{
    private const int MaximumRank = 8;

    private readonly ByteBuffer _buffer;
    private readonly FlatVector _tensors;
    private readonly FlatVector _buffers;
    private readonly StoredTensor?[] _read;
    private long _allowance;

    public TensorFlowLiteModel(byte[] file)
    {
        _buffer = new ByteBuffer(file);
        // FlatBuffers may share their parts: a few bytes can name one large part a million times. An honest file is far below this.
        _allowance = 4L * file.Length + 4096;

        FlatTable model = FlatTable.Root(_buffer);
        uint version = model.UInt32(0);
        if (version != 3)
            throw new WeightsException($"The TensorFlow Lite file has schema version {version}; version 3 is understood. Export it again with a current converter.");

        FlatVector subgraphs = model.Vector(2, 4);
        if (subgraphs.Length != 1)
        {
            throw new WeightsException(
                $"The TensorFlow Lite file has {subgraphs.Length} subgraphs; a MobileNet is one. Export the classifier alone, without control flow.");
        }

        _buffers = model.Vector(4, 4);
        FlatTable graph = FlatTable.At(_buffer, subgraphs, 0);
        _tensors = graph.Vector(0, 4);
        _read = new StoredTensor?[_tensors.Length];
        Inputs = Indices(graph, 1, "the network's inputs");
        Outputs = Indices(graph, 2, "the network's outputs");
        Operators = ReadOperators(graph.Vector(3, 4), model.Vector(1, 4));
    }

    public int TensorCount => _tensors.Length;

    public ImmutableArray<int> Inputs { get; }

    public ImmutableArray<int> Outputs { get; }

    public ImmutableArray<StoredOperator> Operators { get; }

    /// <summary>The tensor at an index, which is below <see cref="TensorCount"/>; −1 stands for one that is left out, which is an error here.</summary>
    public StoredTensor Tensor(int index) => index < 0 ? throw FlatTable.Broken("a tensor that an operator needs is left out") : _read[index] ??= ReadTensor(index);

    /// <summary>The name of a tensor, fit for a message, whatever else is wrong with it.</summary>
    public string NameOf(int index)
    {
        Take(128);
        return FlatTable.At(_buffer, _tensors, index).Name(3);
    }

    /// <summary>A part of the file as it is.</summary>
    public byte[] Bytes(FlatVector vector)
    {
        Take(vector.Length);
        return vector.Length == 0 ? [] : _buffer.ToArray<byte>(vector.Start, vector.Length);
    }

    /// <summary>The elements of a constant.</summary>
    /// <param name="tensor">A constant of one of the types that <see cref="TensorType"/> lists.</param>
    /// <param name="read">Reads the element at a byte.</param>
    public T[] Elements<T>(StoredTensor tensor, Func<ByteBuffer, int, T> read)
        where T : unmanaged
    {
        Take(tensor.Data.Length);
        int size = tensor.Data.Length / tensor.Count;
        var elements = new T[tensor.Count];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = read(_buffer, tensor.Data.Start + i * size);
        return elements;
    }

    /// <summary>A few whole numbers of a table.</summary>
    /// <exception cref="WeightsException">There are more than a tensor may have dimensions.</exception>
    public ImmutableArray<long> Sizes(StoredOperator step, int field)
    {
        FlatVector vector = step.Options.Vector(field, 4);
        if (vector.Length > MaximumRank)
            throw FlatTable.Broken($"{step.Place}, names {vector.Length} dimensions");
        return [.. Enumerable.Range(0, vector.Length).Select(i => (long)_buffer.GetInt(vector.Start + (4 * i)))];
    }

    /// <summary>Pays for memory that a part of the file is about to take.</summary>
    /// <exception cref="WeightsException">Parts that are named again and again amount to several times the file.</exception>
    public void Take(long bytes)
    {
        _allowance -= bytes;
        if (_allowance < 0)
            throw FlatTable.Broken("its parts, taken one by one, amount to several times the file");
    }

    private ImmutableArray<StoredOperator> ReadOperators(FlatVector operators, FlatVector codes)
    {
        var result = ImmutableArray.CreateBuilder<StoredOperator>();
        for (int i = 0; i < operators.Length; i++)
        {
            FlatTable table = FlatTable.At(_buffer, operators, i);
            uint codeIndex = table.UInt32(0);
            if (codeIndex >= codes.Length)
                throw FlatTable.Broken($"operator {i} has code {codeIndex} of {codes.Length}");
            FlatTable code = FlatTable.At(_buffer, codes, (int)codeIndex);

            // The first field was a byte and ran out: newer codes are in the last field, and old files have only the first.
            int builtin = Math.Max((sbyte)code.Byte(0), code.Int32(3));
            Take(128);
            string name = builtin == BuiltinOperator.Custom ? code.Name(1) : BuiltinOperator.Name(builtin);
            string place = string.Create(CultureInfo.InvariantCulture, $"operator {i}, {name}");
            if (table.Byte(11) != 0 || table.Vector(8, 4).Length > 0)
                throw new WeightsException($"{place}, has options or intermediate tensors of a kind that no MobileNet's operator has. Export the network for TensorFlow Lite's built-in operators.");
            result.Add(new StoredOperator(place, builtin, Indices(table, 1, place), Indices(table, 2, place), table.Byte(3), table.Table(4) ?? default)
            {
                Custom = builtin == BuiltinOperator.Custom ? name : "",
                CustomOptions = builtin == BuiltinOperator.Custom ? table.Vector(5, 1) : default,
            });
        }

        return result.DrainToImmutable();
    }

    private ImmutableArray<int> Indices(FlatTable table, int field, string place)
    {
        FlatVector vector = table.Vector(field, 4);
        Take(4L * vector.Length);
        var indices = new int[vector.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = _buffer.GetInt(vector.Start + 4 * i);
            if (indices[i] < -1 || indices[i] >= _tensors.Length)
                throw FlatTable.Broken($"{place}: tensor {indices[i]} of {_tensors.Length}");
        }

        return ImmutableArray.Create(indices);
    }

    private StoredTensor ReadTensor(int index)
    {
        FlatTable table = FlatTable.At(_buffer, _tensors, index);
        Take(128);
        string name = table.Name(3);
        string place = $"tensor {index} \"{name}\"";
        var type = (TensorType)table.Byte(1);
        if (table.Has(6))
            throw new WeightsException($"The weights of {place} are sparse; only dense ones are understood. Export the network without sparsity.");
        if (table.Byte(5) != 0)
            throw new WeightsException($"The state of {place} outlives a run; a MobileNet has none.");

        (ImmutableArray<int> shape, int count) = ReadShape(table.Vector(0, 4), place);
        SourceQuantization? quantization = type is TensorType.UInt8 or TensorType.Int8 or TensorType.Int32 && table.Table(4) is { } parameters
            ? ReadQuantization(parameters, type, shape, place)
            : null;

        FlatVector data = ReadBuffer(table.UInt32(2), place);
        if (data.Length > 0 && SizeOf(type) is var size and not 0 && data.Length != (long)size * count)
            throw FlatTable.Broken($"{place} has {data.Length} bytes of data for [{string.Join(", ", shape)}] of {type}");

        return new StoredTensor(index, name, type, shape, count, quantization, data);
    }

    private (ImmutableArray<int> Shape, int Count) ReadShape(FlatVector sizes, string place)
    {
        if (sizes.Length > MaximumRank)
            throw FlatTable.Broken($"{place} has {sizes.Length} dimensions");
        var shape = ImmutableArray.CreateBuilder<int>(sizes.Length);
        long count = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            int size = _buffer.GetInt(sizes.Start + 4 * i);
            if (size <= 0)
                throw new WeightsException($"Dimension {i} of {place} is {size}; every size must be stated and positive. Export the network with a fixed input shape.");
            count *= size;
            if (count > int.MaxValue)
                throw new WeightsException($"The shape of {place} has more than {int.MaxValue} elements.");
            shape.Add(size);
        }

        return (shape.DrainToImmutable(), (int)count);
    }

    private SourceQuantization? ReadQuantization(FlatTable table, TensorType type, ImmutableArray<int> shape, string place)
    {
        FlatVector scales = table.Vector(2, 4);
        FlatVector zeroPoints = table.Vector(3, 8);
        if (table.Byte(4) != 0)
            throw new WeightsException($"The quantisation of {place} is a custom one; only scales and zero points are understood.");
        if (scales.Length == 0)
            return null;
        if (zeroPoints.Length > 1 && zeroPoints.Length != scales.Length)
            throw FlatTable.Broken($"{place} has {scales.Length} scales and {zeroPoints.Length} zero points");

        // Some exporters give the biases of a depthwise convolution the axis of its weights. A row has only one.
        int axis = scales.Length == 1 || shape.Length == 1 ? 0 : table.Int32(6);
        if (scales.Length > 1 && (axis < 0 || axis >= shape.Length || shape[axis] != scales.Length))
            throw FlatTable.Broken($"{place} has {scales.Length} scales along dimension {axis} of [{string.Join(", ", shape)}]");

        (long low, long high) = type switch
        {
            TensorType.UInt8 => (byte.MinValue, byte.MaxValue),
            TensorType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            _ => ((long)int.MinValue, (long)int.MaxValue),
        };
        Take(8L * scales.Length);
        var scale = new float[scales.Length];
        var zeroPoint = new int[scales.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            scale[i] = _buffer.GetFloat(scales.Start + 4 * i);
            if (!float.IsFinite(scale[i]) || scale[i] <= 0)
                throw FlatTable.Broken(string.Create(CultureInfo.InvariantCulture, $"{place} has scale {scale[i]}, which is not finite and positive"));
            long zero = zeroPoints.Length == 0 ? 0 : _buffer.GetLong(zeroPoints.Start + 8 * (zeroPoints.Length == 1 ? 0 : i));
            if (zero < low || zero > high)
                throw FlatTable.Broken($"{place} has zero point {zero}, outside the range of {type}");
            zeroPoint[i] = (int)zero;
        }

        return new SourceQuantization(ImmutableArray.Create(scale), ImmutableArray.Create(zeroPoint), axis);
    }

    private FlatVector ReadBuffer(uint index, string place)
    {
        // Buffer 0 stands for none; some exporters leave the whole list out of a file whose tensors all say so.
        if (index == 0)
            return default;
        if (index >= _buffers.Length)
            throw FlatTable.Broken($"{place} has buffer {index} of {_buffers.Length}");
        FlatTable table = FlatTable.At(_buffer, _buffers, (int)index);
        FlatVector inside = table.Vector(0, 1);
        ulong offset = table.UInt64(1);
        ulong size = table.UInt64(2);
        if (inside.Length > 0 || offset <= 1)
            return inside;
        if (size > (ulong)_buffer.Length || offset > (ulong)_buffer.Length - size)
            throw FlatTable.Broken($"{place} has {size} bytes of data at byte {offset} of {_buffer.Length}");
        return new FlatVector((int)offset, (int)size);
    }

    /// <summary>Bytes per element; 0 for a type that no MobileNet has.</summary>
    private static int SizeOf(TensorType type) => type switch
    {
        TensorType.UInt8 or TensorType.Int8 => 1,
        TensorType.Float16 or TensorType.Int16 => 2,
        TensorType.Float32 or TensorType.Int32 => 4,
        TensorType.Int64 => 8,
        _ => 0,
    };
}
