using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MobileNetGen.Weights.Formats.Onnx;

namespace MobileNetGen.Weights.Export;

/// <summary>
/// An ONNX model in the making: the few messages of <c>onnx.proto</c> that a network needs, by their field numbers there. Nodes are
/// written in the order in which they are added, which must be one of execution.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The oldest operator set in which every operator has the form used here, for old readers' sake.</summary>
    private const int OperatorSet = 13;

    /// <summary>The file format's version that came with <see cref="OperatorSet"/>.</summary>
    private const int FormatVersion = 7;

    private readonly List<ProtobufMessage> _nodes = [];
    private readonly List<ProtobufMessage> _initializers = [];
    private readonly List<ProtobufMessage> _inputs = [];
    private readonly List<ProtobufMessage> _outputs = [];

    /// <summary>Adds a node with one result.</summary>
    public void Node(string operatorType, string nodeName, IEnumerable<string> inputs, string output, params ReadOnlySpan<ProtobufMessage> attributes)
    {
        var node = new ProtobufMessage();
        foreach (string input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(3, nodeName).Text(4, operatorType);
        foreach (ProtobufMessage attribute in attributes)
            node.Message(5, attribute);
        _nodes.Add(node);
    }

    /// <summary>Adds a constant; a scalar where no size is given.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string constantName, ReadOnlySpan<float> values, params ReadOnlySpan<int> sizes)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Constant(constantName, OnnxType.Float, bytes, sizes);
    }

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string constantName, ReadOnlySpan<int> values, params ReadOnlySpan<int> sizes)
    {
        var bytes = new byte[values.Length * sizeof(int)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        return Constant(constantName, OnnxType.Int32, bytes, sizes);
    }

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string constantName, ReadOnlySpan<long> values, params ReadOnlySpan<int> sizes)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return Constant(constantName, OnnxType.Int64, bytes, sizes);
    }

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string constantName, ReadOnlySpan<sbyte> values, params ReadOnlySpan<int> sizes) =>
        Constant(constantName, OnnxType.Int8, MemoryMarshal.AsBytes(values).ToArray(), sizes);

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string constantName, ReadOnlySpan<byte> values, params ReadOnlySpan<int> sizes) =>
        Constant(constantName, OnnxType.UInt8, values.ToArray(), sizes);

    /// <summary>Declares the value that the caller gives.</summary>
    public void Input(string valueName, OnnxType type, params ReadOnlySpan<int> sizes) => _inputs.Add(Value(valueName, type, sizes));

    /// <summary>Declares a value that the caller gets.</summary>
    public void Output(string valueName, OnnxType type, params ReadOnlySpan<int> sizes) => _outputs.Add(Value(valueName, type, sizes));

    /// <summary>Declares a value that the caller gets, of whatever shape its node gives it.</summary>
    public void Output(string valueName, OnnxType type) => _outputs.Add(Value(valueName, new ProtobufMessage().Integer(1, (int)type)));

    /// <summary>The whole model (<c>ModelProto</c>).</summary>
    public byte[] ToModel()
    {
        var graph = new ProtobufMessage();
        Repeat(1, _nodes);
        graph.Text(2, name);
        Repeat(5, _initializers);
        Repeat(11, _inputs);
        Repeat(12, _outputs);
        ProtobufMessage operatorSet = new ProtobufMessage().Text(1, "").Integer(2, OperatorSet);
        return new ProtobufMessage().Integer(1, FormatVersion).Text(2, "MobileNetGen").Message(7, graph).Message(8, operatorSet).ToArray();

        void Repeat(int field, List<ProtobufMessage> messages)
        {
            foreach (ProtobufMessage message in messages)
                graph.Message(field, message);
        }
    }

    private string Constant(string constantName, OnnxType type, byte[] bytes, ReadOnlySpan<int> sizes)
    {
        var tensor = new ProtobufMessage();
        foreach (int size in sizes)
            tensor.Integer(1, size);
        _initializers.Add(tensor.Integer(2, (int)type).Text(8, constantName).Bytes(9, bytes));
        return constantName;
    }

    /// <summary>Name and type of a value: <c>ValueInfoProto</c> around <c>TypeProto.Tensor</c> around <c>TensorShapeProto</c>.</summary>
    private static ProtobufMessage Value(string valueName, OnnxType type, ReadOnlySpan<int> sizes)
    {
        var shape = new ProtobufMessage();
        foreach (int size in sizes)
            shape.Message(1, new ProtobufMessage().Integer(1, size));
        return Value(valueName, new ProtobufMessage().Integer(1, (int)type).Message(2, shape));
    }

    private static ProtobufMessage Value(string valueName, ProtobufMessage tensor) =>
        new ProtobufMessage().Text(1, valueName).Message(2, new ProtobufMessage().Message(1, tensor));
}
