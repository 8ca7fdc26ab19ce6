using System;
using System.Collections.Generic;
using System.Linq;
using Google.FlatBuffers;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Export.TensorFlowLite;

/// <summary>Lays out a <c>.tflite</c> file. Field numbers are the order of the fields in TensorFlow's <c>schema.fbs</c>, where a union takes two.</summary>
internal sealed class TensorFlowLiteFile
{
    private const uint SchemaVersion = 3;

    /// <summary>Engines read constants where they lie, with vector instructions.</summary>
    private const int DataAlignment = 16;

    private readonly FlatBufferBuilder _builder = new(1 << 16);
    private readonly List<int> _buffers = [];
    private readonly List<int> _tensors = [];
    private readonly List<(int Code, int Version, string? Custom)> _codes = [];
    private readonly List<int> _operators = [];

    public TensorFlowLiteFile()
    {
        // Buffer 0 is that of tensors without data.
        _builder.StartTable(3);
        _buffers.Add(_builder.EndTable());
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Outermost first.</param>
    /// <param name="scales">None for real numbers and for shapes; one; or one for each index along <paramref name="axis"/>.</param>
    /// <param name="zeroPoint">For all scales.</param>
    /// <param name="axis">The dimension that several scales run along.</param>
    /// <param name="data">The bytes of a constant.</param>
    /// <returns>Its index.</returns>
    public int Tensor(string name, TensorType type, int[] shape, ReadOnlySpan<float> scales = default, int zeroPoint = 0, int axis = 0, ReadOnlySpan<byte> data = default)
    {
        int buffer = data.IsEmpty ? 0 : Buffer(data);
        int quantization = scales.IsEmpty ? 0 : Quantization(scales, zeroPoint, axis);
        int shapeVector = Vector(shape, sizeof(int), _builder.AddInt), nameString = _builder.CreateString(name).Value;
        _builder.StartTable(8);
        _builder.AddOffset(0, shapeVector, 0);
        _builder.AddByte(1, (byte)type, 0);
        _builder.AddUint(2, (uint)buffer, 0);
        _builder.AddOffset(3, nameString, 0);
        _builder.AddOffset(4, quantization, 0);
        _tensors.Add(_builder.EndTable());
        return _tensors.Count - 1;
    }

    /// <summary>Adds an operator.</summary>
    /// <param name="code">One of <see cref="BuiltinOperator"/>.</param>
    /// <param name="version">The version of the operator that knows its types.</param>
    /// <param name="inputs">Tensors.</param>
    /// <param name="output">A tensor.</param>
    /// <param name="optionsType">Which table of the schema's union the options are; 0 for none.</param>
    /// <param name="options">The fields of that table, in order: <see cref="byte"/>, <see cref="int"/> or <see cref="float"/>.</param>
    public void Operator(int code, int version, int[] inputs, int output, byte optionsType = 0, params ReadOnlySpan<object> options)
    {
        int opcode = Opcode((code, version, null));
        int inputVector = Vector(inputs, sizeof(int), _builder.AddInt), outputVector = Vector([output], sizeof(int), _builder.AddInt);
        int optionsTable = optionsType == 0 ? 0 : Options(options);
        _builder.StartTable(9);
        _builder.AddUint(0, (uint)opcode, 0);
        _builder.AddOffset(1, inputVector, 0);
        _builder.AddOffset(2, outputVector, 0);
        _builder.AddByte(3, optionsType, 0);
        _builder.AddOffset(4, optionsTable, 0);
        _operators.Add(_builder.EndTable());
    }

    /// <summary>Adds an operator that is not TensorFlow Lite's own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputs">Tensors.</param>
    /// <param name="outputs">Tensors.</param>
    /// <param name="options">A FlexBuffer.</param>
    public void Custom(string name, int[] inputs, int[] outputs, byte[] options)
    {
        int opcode = Opcode((BuiltinOperator.Custom, 1, name));
        int inputVector = Vector(inputs, sizeof(int), _builder.AddInt), outputVector = Vector(outputs, sizeof(int), _builder.AddInt);
        int optionsVector = Data(options);
        _builder.StartTable(9);
        _builder.AddUint(0, (uint)opcode, 0);
        _builder.AddOffset(1, inputVector, 0);
        _builder.AddOffset(2, outputVector, 0);
        _builder.AddOffset(5, optionsVector, 0);
        _operators.Add(_builder.EndTable());
    }

    private int Opcode((int Code, int Version, string? Custom) code)
    {
        if (_codes.IndexOf(code) is >= 0 and var known)
            return known;
        _codes.Add(code);
        return _codes.Count - 1;
    }

    /// <summary>The file.</summary>
    /// <param name="name">The name of the graph.</param>
    /// <param name="input">The tensor that callers give.</param>
    /// <param name="results">The tensors that callers get.</param>
    public byte[] ToBytes(string name, int input, int[] results)
    {
        int nameString = _builder.CreateString(name).Value, description = _builder.CreateString("MobileNetGen").Value;
        int tensors = Vector(_tensors, sizeof(int), _builder.AddOffset), operators = Vector(_operators, sizeof(int), _builder.AddOffset);
        int inputs = Vector([input], sizeof(int), _builder.AddInt), outputs = Vector(results, sizeof(int), _builder.AddInt);
        _builder.StartTable(5);
        _builder.AddOffset(0, tensors, 0);
        _builder.AddOffset(1, inputs, 0);
        _builder.AddOffset(2, outputs, 0);
        _builder.AddOffset(3, operators, 0);
        _builder.AddOffset(4, nameString, 0);
        int graph = _builder.EndTable();

        int codes = Vector([.. _codes.Select(Code)], sizeof(int), _builder.AddOffset), graphs = Vector([graph], sizeof(int), _builder.AddOffset);
        int buffers = Vector(_buffers, sizeof(int), _builder.AddOffset);
        _builder.StartTable(5);
        _builder.AddUint(0, SchemaVersion, 0);
        _builder.AddOffset(1, codes, 0);
        _builder.AddOffset(2, graphs, 0);
        _builder.AddOffset(3, description, 0);
        _builder.AddOffset(4, buffers, 0);
        _builder.Finish(_builder.EndTable(), "TFL3");
        return _builder.SizedByteArray();
    }

    private int Code((int Code, int Version, string? Custom) code)
    {
        int custom = code.Custom is null ? 0 : _builder.CreateString(code.Custom).Value;

        // Older readers know only the first field, a byte; newer codes do not fit it.
        _builder.StartTable(4);
        _builder.AddSbyte(0, (sbyte)Math.Min(code.Code, sbyte.MaxValue), 0);
        _builder.AddOffset(1, custom, 0);
        _builder.AddInt(2, code.Version, 1);
        _builder.AddInt(3, code.Code, 0);
        return _builder.EndTable();
    }

    private int Buffer(ReadOnlySpan<byte> data)
    {
        int vector = Data(data);
        _builder.StartTable(3);
        _builder.AddOffset(0, vector, 0);
        _buffers.Add(_builder.EndTable());
        return _buffers.Count - 1;
    }

    private int Data(ReadOnlySpan<byte> data)
    {
        _builder.StartVector(1, data.Length, DataAlignment);
        _builder.Put(data.ToArray());
        return _builder.EndVector().Value;
    }

    private int Quantization(ReadOnlySpan<float> scales, int zeroPoint, int axis)
    {
        int scaleVector = Vector(scales.ToArray(), sizeof(float), _builder.AddFloat);
        int zeroPointVector = Vector(Enumerable.Repeat((long)zeroPoint, scales.Length).ToArray(), sizeof(long), _builder.AddLong);
        _builder.StartTable(7);
        _builder.AddOffset(2, scaleVector, 0);
        _builder.AddOffset(3, zeroPointVector, 0);
        _builder.AddInt(6, axis, 0);
        return _builder.EndTable();
    }

    private int Options(ReadOnlySpan<object> options)
    {
        _builder.StartTable(options.Length);
        for (int i = 0; i < options.Length; i++)
        {
            switch (options[i])
            {
                case byte b: _builder.AddByte(i, b, 0); break;
                case int n: _builder.AddInt(i, n, 0); break;
                case float f: _builder.AddFloat(i, f, 0); break;
            }
        }

        return _builder.EndTable();
    }

    private int Vector<T>(IReadOnlyList<T> items, int size, Action<T> add)
    {
        _builder.StartVector(size, items.Count, size);
        for (int i = items.Count - 1; i >= 0; i--)
            add(items[i]);
        return _builder.EndVector().Value;
    }
}
