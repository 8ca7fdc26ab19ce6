using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Reads the messages of <c>onnx.proto</c>, by their field numbers there.</summary>
internal sealed class OnnxParser(WeightsInput file, WeightsBudget budget)
{
    private readonly OnnxTensorParser _tensors = new(file, budget);
    private readonly Dictionary<string, OnnxTensor> _constants = [];
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxInput> _inputs = [];
    private readonly List<string> _outputs = [];
    private readonly Dictionary<string, string> _metadata = [];

    /// <summary>Reads the file (<c>ModelProto</c>).</summary>
    /// <exception cref="WeightsException">It is damaged, or needs a file beside it that cannot be read.</exception>
    public OnnxModel Parse()
    {
        long operatorSet = 0;
        string producer = "";
        bool hasGraph = false;
        var model = new ProtobufReader(file.Bytes);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 2:
                    producer = model.Text();
                    break;
                case 7 when !hasGraph:
                    hasGraph = true;
                    ReadGraph(model.Message());
                    break;
                case 8:
                    (string domain, long version) = ReadOperatorSet(model.Message());
                    operatorSet = IsStandard(domain) ? version : operatorSet;
                    break;
                case 14:
                    (string key, string value) = OnnxTensorParser.ReadEntry(model.Message());
                    _metadata[key] = value;
                    break;
                case 25:
                    CheckFunction(model.Message());
                    break;
                default:
                    model.Skip();
                    break;
            }
        }

        if (!hasGraph)
        {
            throw new WeightsException(
                "The file is not an ONNX model: it has no graph. "
                + "Export or fetch it again; a web page or a Git LFS pointer saved under its name looks like this.");
        }

        ImmutableArray<OnnxInput> inputs = [.. _inputs.Where(input => !_constants.ContainsKey(input.Name))];
        return new OnnxModel(operatorSet, producer, _metadata, [.. _nodes], _constants, inputs, [.. _outputs]);
    }

    private static bool IsStandard(string domain) => domain is "" or "ai.onnx";

    private static (string Domain, long Version) ReadOperatorSet(ProtobufReader set)
    {
        (string domain, long version) = ("", 0);
        while (set.Next())
        {
            switch (set.Field)
            {
                case 1:
                    domain = set.Text();
                    break;
                case 2:
                    version = set.Integer();
                    break;
                default:
                    set.Skip();
                    break;
            }
        }

        return (domain, version);
    }

    /// <summary>A function of the file's own. A node that calls one is refused by its domain, unless it takes the name of an operator that is known.</summary>
    private static void CheckFunction(ProtobufReader function)
    {
        (string name, string domain) = ("", "");
        while (function.Next())
        {
            switch (function.Field)
            {
                case 1:
                    name = function.Text();
                    break;
                case 10:
                    domain = function.Text();
                    break;
                default:
                    function.Skip();
                    break;
            }
        }

        if (IsStandard(domain) || domain == "com.microsoft")
            throw new WeightsException($"The file has its own definition of {PrintableName.Of(name)}; the standard's was expected. Export the network with its functions inlined.");
    }

    private void ReadGraph(ProtobufReader graph)
    {
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1:
                    _nodes.Add(ReadNode(graph.Message()));
                    break;
                case 5:
                    (string name, OnnxTensor tensor) = _tensors.Read(graph.Message());
                    if (!_constants.TryAdd(name, tensor))
                        throw new WeightsException($"The file has two initialisers {tensor}; each name once was expected. It is damaged.");
                    break;
                case 11:
                    _inputs.Add(ReadInput(graph.Message()));
                    break;
                case 12:
                    _outputs.Add(ReadInput(graph.Message()).Name);
                    break;
                default:
                    graph.Skip();
                    break;
            }
        }
    }

    private OnnxNode ReadNode(ProtobufReader node)
    {
        (string name, string type, string domain) = ("", "", "");
        var inputs = ImmutableArray.CreateBuilder<string>();
        var outputs = ImmutableArray.CreateBuilder<string>();
        var attributes = new Dictionary<string, OnnxNodeAttribute>();
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text());
                    break;
                case 2:
                    outputs.Add(node.Text());
                    break;
                case 3:
                    name = node.Text();
                    break;
                case 4:
                    type = node.Text();
                    break;
                case 5:
                    (string key, OnnxNodeAttribute attribute) = ReadAttribute(node.Message());
                    attributes[key] = attribute;
                    break;
                case 7:
                    domain = node.Text();
                    break;
                default:
                    node.Skip();
                    break;
            }
        }

        return new OnnxNode(_nodes.Count, name, IsStandard(domain) ? type : $"{domain}.{type}", inputs.DrainToImmutable(), outputs.DrainToImmutable(), attributes);
    }

    private (string Name, OnnxNodeAttribute Attribute) ReadAttribute(ProtobufReader field)
    {
        string name = "";
        var attribute = new OnnxNodeAttribute();
        (OnnxAttributeKind stated, OnnxAttributeKind seen) = (default, default);
        while (field.Next())
        {
            switch (field.Field)
            {
                case 1:
                    name = field.Text();
                    break;
                case 2:
                    (attribute.Number, seen) = (field.Single(), OnnxAttributeKind.Number);
                    break;
                case 3:
                    (attribute.Integer, seen) = (field.Integer(), OnnxAttributeKind.Integer);
                    break;
                case 4:
                    (attribute.Text, seen) = (field.Text(), OnnxAttributeKind.Text);
                    break;
                case 5:
                    (attribute.Tensor, seen) = (_tensors.Read(field.Message()).Tensor, OnnxAttributeKind.Tensor);
                    break;
                case 7:
                    field.Singles(attribute.Numbers);
                    seen = OnnxAttributeKind.Numbers;
                    break;
                case 8:
                    field.Integers(attribute.Integers);
                    seen = OnnxAttributeKind.Integers;
                    break;
                case 20:
                    stated = (OnnxAttributeKind)field.Integer();
                    break;
                default:
                    field.Skip();
                    break;
            }
        }

        // Files of the first versions do not state the type.
        attribute.Kind = stated == default ? seen : stated;
        return (name, attribute);
    }

    /// <summary>Name, element type and sizes of a <c>ValueInfoProto</c>, around <c>TypeProto.Tensor</c>, around <c>TensorShapeProto</c>.</summary>
    private static OnnxInput ReadInput(ProtobufReader value)
    {
        string name = "";
        long type = 0;
        var sizes = ImmutableArray.CreateBuilder<long>();
        while (value.Next())
        {
            if (value.Field == 1)
                name = value.Text();
            else if (value.Field == 2)
                ReadInside(value.Message(), 1, ReadTensorType);
            else
                value.Skip();
        }

        return new OnnxInput(name, (OnnxType)type, sizes.DrainToImmutable());

        void ReadTensorType(ProtobufReader tensor)
        {
            while (tensor.Next())
            {
                if (tensor.Field == 1)
                    type = tensor.Integer();
                else if (tensor.Field == 2)
                    ReadInside(tensor.Message(), 1, ReadSize);
                else
                    tensor.Skip();
            }
        }

        void ReadSize(ProtobufReader dimension)
        {
            long size = 0;
            while (dimension.Next())
            {
                if (dimension.Field == 1)
                    size = dimension.Integer();
                else
                    dimension.Skip();
            }

            sizes.Add(size);
        }
    }

    /// <summary>Reads each message that a message has under a field's number.</summary>
    private static void ReadInside(ProtobufReader message, int field, Action<ProtobufReader> read)
    {
        while (message.Next())
        {
            if (message.Field == field)
                read(message.Message());
            else
                message.Skip();
        }
    }
}
