using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>Reads TensorFlow's message GraphDef.</summary>
internal static class GraphDefParser
{
    private const int MaximumNodes = 65_536;

    /// <summary>Reads the nodes of a graph, which are in no order.</summary>
    public static IReadOnlyList<NodeDef> Parse(byte[] file, WeightsBudget budget)
    {
        var nodes = new List<NodeDef>();
        var graph = new ProtobufReader(file);
        while (graph.Next())
        {
            if (graph.Field != 1)
            {
                graph.Skip();
                continue;
            }

            if (nodes.Count == MaximumNodes)
                throw new WeightsException($"The graph has more than {MaximumNodes} nodes; a frozen MobileNet has a few hundred. Export it frozen, without its training part.");
            nodes.Add(Node(graph.Message(), budget));
        }

        return nodes;
    }

    private static NodeDef Node(ProtobufReader fields, WeightsBudget budget)
    {
        string name = "", shown = "", op = "";
        var inputs = ImmutableArray.CreateBuilder<string>();
        var attributes = new Dictionary<string, NodeAttribute>(StringComparer.Ordinal);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    name = fields.Text();
                    shown = PrintableName.Of(name);
                    break;
                case 2:
                    op = fields.Text();
                    break;
                case 3:
                    inputs.Add(fields.Text());
                    break;
                case 5:
                    (string key, NodeAttribute value) = Attribute(fields.Message(), shown, budget);
                    attributes[key] = value;
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        return new NodeDef(name, op, inputs.DrainToImmutable(), attributes);
    }

    private static (string Key, NodeAttribute Value) Attribute(ProtobufReader fields, string node, WeightsBudget budget)
    {
        string key = "";
        NodeAttribute value = new NodeAttribute.Other();
        while (fields.Next())
        {
            if (fields.Field == 1)
                key = fields.Text();
            else if (fields.Field == 2)
                value = Value(fields.Message(), node, budget);
            else
                fields.Skip();
        }

        return (key, value);
    }

    private static NodeAttribute Value(ProtobufReader fields, string node, WeightsBudget budget)
    {
        NodeAttribute value = new NodeAttribute.Other();
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    value = Values(fields.Message());
                    break;
                case 2:
                    value = new NodeAttribute.Text(fields.Text());
                    break;
                case 3:
                    value = new NodeAttribute.Integer(fields.Integer());
                    break;
                case 4:
                    value = new NodeAttribute.Number(fields.Single());
                    break;
                case 5:
                    value = new NodeAttribute.Flag(fields.Integer() != 0);
                    break;
                case 6:
                    value = new NodeAttribute.Type((DataType)fields.Integer());
                    break;
                case 7:
                    value = new NodeAttribute.Shape([.. TensorShape.ReadSizes(fields.Message(), node)]);
                    break;
                case 8:
                    value = new NodeAttribute.Constant(TensorParser.Read(fields.Message(), node, budget));
                    break;
                default:
                    value = new NodeAttribute.Other();
                    fields.Skip();
                    break;
            }
        }

        return value;
    }

    private static NodeAttribute Values(ProtobufReader fields)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        var integers = new List<long>();
        bool isOther = false;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 2:
                    texts.Add(fields.Text());
                    break;
                case 3:
                    fields.Integers(integers);
                    break;
                default:
                    isOther = true;
                    fields.Skip();
                    break;
            }
        }

        return isOther ? new NodeAttribute.Other() : texts.Count > 0 ? new NodeAttribute.Texts(texts.DrainToImmutable()) : new NodeAttribute.Integers([.. integers]);
    }
}
