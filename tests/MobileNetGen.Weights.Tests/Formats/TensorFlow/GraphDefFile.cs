using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

/// <summary>Writes a TensorFlow graph from the published messages: graph.proto, node_def.proto, attr_value.proto, tensor.proto.</summary>
internal sealed class GraphDefFile
{
    private const int Float = 1, Int32 = 3;

    private readonly List<ProtobufBytes> _nodes = [];

    /// <summary>Adds a node and gives its name.</summary>
    public string Node(string name, string op, IEnumerable<string> inputs, params (string Key, ProtobufBytes Value)[] attributes)
    {
        ProtobufBytes node = new ProtobufBytes().Text(1, name).Text(2, op);
        foreach (string input in inputs)
            node.Text(3, input);
        foreach ((string key, ProtobufBytes value) in attributes)
            node.Message(5, new ProtobufBytes().Text(1, key).Message(2, value));
        _nodes.Add(node);
        return name;
    }

    /// <summary>Adds a constant as freeze_graph writes large ones: its bytes as they are in memory.</summary>
    public string Constant(string name, int[] shape, float[] values) =>
        Node(name, "Const", [], ("dtype", Type(Float)), ("value", new ProtobufBytes().Message(8, Tensor(Float, shape).Bytes(4, ProtobufBytes.Little(values)))));

    /// <summary>Adds a constant as small ones are: the numbers one by one, the last standing for all that follow.</summary>
    public string Number(string name, int[] shape, float value) =>
        Node(name, "Const", [], ("dtype", Type(Float)), ("value", new ProtobufBytes().Message(8, Tensor(Float, shape).Single(5, value))));

    public string Integers(string name, params long[] values) =>
        Node(name, "Const", [], ("dtype", Type(Int32)), ("value", new ProtobufBytes().Message(8, Tensor(Int32, [values.Length]).Integers(7, values))));

    public string Integer(string name, long value) =>
        Node(name, "Const", [], ("dtype", Type(Int32)), ("value", new ProtobufBytes().Message(8, Tensor(Int32, []).Integer(7, value))));

    /// <summary>Nodes in reverse: a graph is in no order.</summary>
    public byte[] Build()
    {
        var graph = new ProtobufBytes();
        foreach (ProtobufBytes node in Enumerable.Reverse(_nodes))
            graph.Message(1, node);
        return graph.Message(4, new ProtobufBytes().Integer(1, 27)).ToArray();
    }

    public WeightsInput Input() => new("graph.pb", Build());

    public static ProtobufBytes Type(int type) => new ProtobufBytes().Integer(6, type);

    public static ProtobufBytes Text(string text) => new ProtobufBytes().Text(2, text);

    public static ProtobufBytes Flag(bool flag) => new ProtobufBytes().Integer(5, flag ? 1 : 0);

    public static ProtobufBytes Single(float number) => new ProtobufBytes().Single(4, number);

    public static ProtobufBytes List(params IEnumerable<long> numbers) => new ProtobufBytes().Message(1, new ProtobufBytes().Integers(3, numbers));

    public static ProtobufBytes Texts(params string[] texts) => new ProtobufBytes().Message(1, texts.Aggregate(new ProtobufBytes(), (list, text) => list.Text(2, text)));

    /// <summary>A shape; −1 where a size is open.</summary>
    public static ProtobufBytes Shape(params IEnumerable<int> sizes) => new ProtobufBytes().Message(7, ShapeMessage(sizes));

    private static ProtobufBytes Tensor(int type, int[] shape) => new ProtobufBytes().Integer(1, type).Message(2, ShapeMessage(shape));

    private static ProtobufBytes ShapeMessage(IEnumerable<int> sizes) => sizes.Aggregate(new ProtobufBytes(), (message, size) => message.Message(2, new ProtobufBytes().Integer(1, size)));
}
