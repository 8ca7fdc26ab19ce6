using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Onnx;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>An ONNX model, written from <c>onnx.proto</c>'s field numbers. Not <see cref="MobileNetGen.Weights.Export"/>'s: that would read its own mistakes.</summary>
internal sealed class OnnxFile(int operatorSet = 13)
{
    private readonly List<ProtobufBytes> _nodes = [], _constants = [], _inputs = [], _outputs = [];
    private readonly List<(int Field, ProtobufBytes Message)> _about = [];
    private string _producer = "";

    /// <summary>Names the program that wrote the file.</summary>
    public OnnxFile Producer(string name)
    {
        _producer = name;
        return this;
    }

    /// <summary>Adds what a file says of itself.</summary>
    public OnnxFile Metadata(string key, string value)
    {
        _about.Add((14, new ProtobufBytes().Text(1, key).Text(2, value)));
        return this;
    }

    /// <summary>Adds a function of the file's own.</summary>
    public OnnxFile Function(string domain, string name)
    {
        _about.Add((25, new ProtobufBytes().Text(1, name).Text(10, domain)));
        return this;
    }

    /// <summary>Declares an input of an element type, mostly float; sizes below 1 are left open, by a name.</summary>
    public OnnxFile Input(string name, long[] sizes, int type = 1)
    {
        _inputs.Add(Value(name, type, sizes));
        return this;
    }

    public OnnxFile Output(string name, long[]? sizes = null, int type = 1)
    {
        _outputs.Add(Value(name, type, sizes ?? []));
        return this;
    }

    /// <summary>Adds an initialiser; its element type is that of the numbers.</summary>
    public OnnxFile Constant<T>(string name, long[] sizes, params T[] numbers)
        where T : unmanaged
    {
        _constants.Add(Tensor(name, sizes, numbers));
        return this;
    }

    public OnnxFile Constant(ProtobufBytes tensor)
    {
        _constants.Add(tensor);
        return this;
    }

    /// <summary>Adds a node of a name; inputs and outputs as those of other nodes.</summary>
    public OnnxFile Named(string name, string type, string inputs, string outputs, params ProtobufBytes[] attributes)
    {
        Node(type, inputs, outputs, attributes);
        _nodes[^1].Text(3, name);
        return this;
    }

    /// <summary>Adds a node; inputs and outputs are separated by spaces, and "-" is one that is left out. A dot in the type is after its domain.</summary>
    public OnnxFile Node(string type, string inputs, string outputs, params ProtobufBytes[] attributes)
    {
        var node = new ProtobufBytes();
        foreach (string input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            node.Text(1, input == "-" ? "" : input);
        foreach (string output in outputs.Split(' '))
            node.Text(2, output);
        int dot = type.LastIndexOf('.');
        node.Text(4, type[(dot + 1)..]).Text(7, dot < 0 ? "" : type[..dot]);
        foreach (ProtobufBytes attribute in attributes)
            node.Message(5, attribute);
        _nodes.Add(node);
        return this;
    }

    public static ProtobufBytes Integers(string name, params long[] values) => new ProtobufBytes().Text(1, name).Integers(8, values).Integer(20, 7);

    public static ProtobufBytes Integer(string name, long value) => new ProtobufBytes().Text(1, name).Integer(3, value).Integer(20, 2);

    public static ProtobufBytes Number(string name, float value) => new ProtobufBytes().Text(1, name).Single(2, value).Integer(20, 1);

    public static ProtobufBytes Text(string name, string value) => new ProtobufBytes().Text(1, name).Text(4, value).Integer(20, 3);

    public static ProtobufBytes TensorAttribute(string name, ProtobufBytes tensor) => new ProtobufBytes().Text(1, name).Message(5, tensor).Integer(20, 4);

    /// <summary>A tensor whose elements are raw.</summary>
    public static ProtobufBytes Tensor<T>(string name, long[] sizes, params T[] numbers)
        where T : unmanaged =>
        Header(name, Type<T>(), sizes).Bytes(9, MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray());

    /// <summary>A tensor without its elements.</summary>
    public static ProtobufBytes Header(string name, int type, long[] sizes) => new ProtobufBytes().Integers(1, sizes).Integer(2, type).Text(8, name);

    /// <summary>A tensor of float whose elements are in another file.</summary>
    public static ProtobufBytes External(string name, long[] sizes, string location, long offset, long length)
    {
        return Header(name, 1, sizes).Message(13, Entry("location", location)).Message(13, Entry("offset", $"{offset}")).Message(13, Entry("length", $"{length}")).Integer(14, 1);

        static ProtobufBytes Entry(string key, string value) => new ProtobufBytes().Text(1, key).Text(2, value);
    }

    public byte[] Build()
    {
        var graph = new ProtobufBytes();
        foreach ((int field, List<ProtobufBytes> messages) in (IEnumerable<(int, List<ProtobufBytes>)>)[(1, _nodes), (5, _constants), (11, _inputs), (12, _outputs)])
        {
            foreach (ProtobufBytes message in messages)
                graph.Message(field, message);
        }

        ProtobufBytes standard = new ProtobufBytes().Text(1, "").Integer(2, operatorSet), microsoft = new ProtobufBytes().Text(1, "com.microsoft").Integer(2, 1);
        ProtobufBytes model = new ProtobufBytes().Integer(1, 7).Text(2, _producer).Message(7, graph.Text(2, "graph")).Message(8, standard).Message(8, microsoft);
        foreach ((int field, ProtobufBytes message) in _about)
            model.Message(field, message);
        return model.ToArray();
    }

    public SourceNetwork Read(Func<string, byte[]>? beside = null) => (SourceNetwork)new OnnxReader().Read(new WeightsInput("model.onnx", Build(), beside));

    private static ProtobufBytes Value(string name, int type, long[] sizes)
    {
        var shape = new ProtobufBytes();
        foreach (long size in sizes)
            shape.Message(1, size > 0 ? new ProtobufBytes().Integer(1, size) : new ProtobufBytes().Text(2, "N"));
        ProtobufBytes tensor = new ProtobufBytes().Integer(1, type).Message(2, shape);
        return new ProtobufBytes().Text(1, name).Message(2, new ProtobufBytes().Message(1, tensor));
    }

    private static int Type<T>() => default(T) switch
    {
        float => 1,
        byte => 2,
        sbyte => 3,
        int => 6,
        long => 7,
        Half => 10,
        double => 11,
        _ => throw new ArgumentException($"No type of ONNX is known for {typeof(T)}."),
    };
}
