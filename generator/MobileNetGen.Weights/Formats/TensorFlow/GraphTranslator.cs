using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>Turns the nodes of a TensorFlow graph, frozen or converted for the browser, into a <see cref="SourceNetwork"/>.</summary>
/// <remarks>What depends on constants and on shapes alone is computed here; what depends on the input is left to the <see cref="GraphBuilder"/>.</remarks>
internal sealed partial class GraphTranslator
{
    private const string Understood =
        "Conv2D, DepthwiseConv2dNative, MatMul and their fused forms, FusedBatchNorm, BiasAdd, Add, Sub, Mul, RealDiv, Relu, Relu6, Minimum, Maximum, Pad, AvgPool, MaxPool, Mean, Max, "
        + "Softmax, Sigmoid, Tanh, Reshape, Squeeze, ExpandDims, Transpose and Cast";

    private readonly WeightsInput _file;
    private readonly WeightsBudget _budget;
    private readonly GraphBuilder _builder;
    private readonly MapOrder _order;
    private readonly Dictionary<string, NodeDef> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeConstant> _constants = new(StringComparer.Ordinal);

    /// <summary>Whether pictures may be resized before the network begins, as detectors' graphs do.</summary>
    private bool _stopsAtPictures;

    private GraphTranslator(SourceFormat format, WeightsInput file, WeightsBudget budget, IReadOnlyList<NodeDef> nodes)
    {
        foreach (NodeDef node in nodes)
        {
            if (!_nodes.TryAdd(node.Name, node))
                throw new WeightsException($"{node.Place}, is the second node of that name; one was expected. The file is damaged; export it again.");
        }

        // Graphs that were trained on graphics cards have their maps the other way round, throughout.
        bool isChannelsFirst = nodes.Any(node => node.Attributes.GetValueOrDefault("data_format") is NodeAttribute.Text { Value: "NCHW" });
        _order = isChannelsFirst ? MapOrder.ChannelsFirst : MapOrder.ChannelsLast;
        (_file, _budget, _builder) = (file, budget, new GraphBuilder(format, _order, budget));
    }

    /// <summary>Translates a graph. Its results are those of the nodes that no other node reads, or a detector's predictors.</summary>
    /// <param name="format">The facts of the file's format.</param>
    /// <param name="file">The file that has the graph.</param>
    /// <param name="budget">What limits copies of weights.</param>
    /// <param name="nodes">The graph, in any order.</param>
    /// <exception cref="WeightsException">The graph is damaged, not frozen, or not a MobileNet's.</exception>
    public static SourceNetwork Translate(SourceFormat format, WeightsInput file, WeightsBudget budget, IReadOnlyList<NodeDef> nodes) =>
        FindHeads(nodes) is { } heads
            ? new GraphTranslator(format, file, budget, nodes).TranslateDetector(nodes, heads)
            : new GraphTranslator(format, file, budget, nodes).Translate(Unread(nodes));

    private SourceNetwork Translate(ImmutableArray<string> outputs)
    {
        foreach (NodeDef node in InOrder(outputs))
            Add(node);
        foreach (string output in outputs)
        {
            if (!_values.TryGetValue(output, out GraphValue? value))
                throw new WeightsException($"The output \"{PrintableName.Of(output)}\" does not depend on an input.");
            _builder.Output(value);
        }

        return _builder.Build();
    }

    private static ImmutableArray<string> Unread(IReadOnlyList<NodeDef> nodes)
    {
        var read = nodes.SelectMany(node => node.Sources).Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
        return [.. nodes.Where(node => node.Operator is not ("NoOp" or "Const" or "Placeholder") && !read.Contains(node.Name)).Select(node => node.Name)];
    }

    /// <summary>The nodes that outputs depend on, each behind those that it reads.</summary>
    private List<NodeDef> InOrder(ImmutableArray<string> outputs)
    {
        var ordered = new List<NodeDef>();
        var isDone = new Dictionary<string, bool>(StringComparer.Ordinal);
        var open = new Stack<(NodeDef Node, IEnumerator<(string Name, bool IsFirst)> Sources)>();
        foreach (string output in outputs)
        {
            Open(output, "the network's outputs");
            while (open.TryPeek(out (NodeDef Node, IEnumerator<(string Name, bool IsFirst)> Sources) top))
            {
                if (top.Sources.MoveNext())
                {
                    if (!top.Sources.Current.IsFirst)
                        throw new WeightsException($"{top.Node.Place}, reads another output of \"{PrintableName.Of(top.Sources.Current.Name)}\" than the first; a MobileNet's operators have one.");
                    Open(top.Sources.Current.Name, top.Node.Place);
                    continue;
                }

                isDone[top.Node.Name] = true;
                ordered.Add(open.Pop().Node);
            }
        }

        return ordered;

        void Open(string name, string reader)
        {
            if (!_nodes.TryGetValue(name, out NodeDef? node))
                throw new WeightsException($"{reader}: the node \"{PrintableName.Of(name)}\" is not in the graph. The file is damaged; export it again.");
            if (!isDone.TryGetValue(name, out bool done))
                open.Push((node, (IsPicture(node) ? [] : node.Sources).GetEnumerator()));
            else if (!done)
                throw new WeightsException($"{reader}, depends on itself by way of \"{PrintableName.Of(name)}\"; a MobileNet has no loops.");
            isDone.TryAdd(name, false);
        }
    }

    private void Add(NodeDef node)
    {
        if (IsPicture(node))
        {
            _values.Add(node.Name, Picture(node));
            return;
        }

        switch (node.Operator)
        {
            case "Placeholder":
                ImmutableArray<long> sizes = node.Attribute("shape") is NodeAttribute.Shape shape ? shape.Sizes : [];
                _values.Add(node.Name, _builder.Input(PrintableName.Of(node.Name), InputShape.Complete(_file, node.Place, _order, sizes), InputType(node)));
                break;
            case "Identity" or "StopGradient" or "PreventGradient" or "CheckNumerics" or "PlaceholderWithDefault" or "Snapshot" when !IsConstant(node, 0):
                _values.Add(node.Name, Value(node, 0));
                break;
            default:
                if (Evaluate(node) is { } constant)
                    _constants.Add(node.Name, constant);
                else
                    _values.Add(node.Name, Compute(node));
                break;
        }

        node.CheckAllKnown();
    }

    private static ElementType InputType(NodeDef node) => node.Attribute("dtype") switch
    {
        null => ElementType.Float32,
        NodeAttribute.Type { Value: var real } when IsReal(real) => ElementType.Float32,
        NodeAttribute.Type { Value: DataType.UInt8 } => ElementType.UInt8,
        var other => throw new WeightsException($"{node.Place}, is of type {other}; real numbers or uint8 were expected."),
    };

    private static bool IsReal(DataType type) => type is DataType.Float or DataType.Double or DataType.Half or DataType.BFloat16;

    private GraphValue Compute(NodeDef node) => node.Operator switch
    {
        "Conv2D" or "_FusedConv2D" => Fuse(node, Convolution(node, isDepthwise: false)),
        "DepthwiseConv2dNative" or "FusedDepthwiseConv2dNative" or "_FusedDepthwiseConv2dNative" => Fuse(node, Convolution(node, isDepthwise: true)),
        "MatMul" or "_FusedMatMul" => Fuse(node, Dense(node)),
        "FusedBatchNorm" or "FusedBatchNormV2" or "FusedBatchNormV3" => BatchNormalization(node, Value(node, 0), 1),
        "BiasAdd" => Bias(node, CheckFormat(node, Value(node, 0)), 1),
        "AddN" when node.Sources.Count() != 2 => throw new WeightsException($"{node.Place}, adds {node.Sources.Count()} values; two were expected, as in a residual connection."),
        "Add" or "AddV2" or "AddN" when !IsConstant(node, 0) && !IsConstant(node, 1) => _builder.Sum(node.Place, Value(node, 0), Value(node, 1)),
        "Mul" when !IsConstant(node, 0) && !IsConstant(node, 1) => _builder.Product(node.Place, Value(node, 0), Value(node, 1)),
        "Add" or "AddV2" or "AddN" or "Sub" or "Mul" or "RealDiv" or "Div" => Affine(node),
        "Relu" => _builder.Clamp(node.Place, Value(node, 0), 0, float.PositiveInfinity),
        "Relu6" => _builder.Clamp(node.Place, Value(node, 0), 0, 6),
        "Minimum" => Bound(node, (value, bound) => _builder.Clamp(node.Place, value, float.NegativeInfinity, bound)),
        "Maximum" => Bound(node, (value, bound) => _builder.Clamp(node.Place, value, bound, float.PositiveInfinity)),
        "Pad" or "PadV2" => Pad(node),
        "AvgPool" => Pool(node, _builder.AveragePool),
        "MaxPool" => Pool(node, _builder.MaxPool),
        "Mean" => _builder.Mean(node.Place, Value(node, 0), Integers(node, 1), Flag(node, "keep_dims")),
        "Max" => _builder.Max(node.Place, Value(node, 0), Integers(node, 1), Flag(node, "keep_dims")),
        "Sigmoid" => _builder.Sigmoid(node.Place, Value(node, 0)),
        "Tanh" => _builder.Tanh(node.Place, Value(node, 0)),
        "Softmax" => _builder.Softmax(node.Place, Value(node, 0), -1),
        "Reshape" => _builder.Reshape(node.Place, Value(node, 0), Integers(node, 1)),
        "Squeeze" => Squeeze(node, Value(node, 0)),
        "ExpandDims" => ExpandDims(node, Value(node, 0)),
        "Transpose" => GraphBuilder.Transpose(node.Place, Value(node, 0), Integers(node, 1)),
        "Cast" => Cast(node),
        _ => throw new WeightsException($"{node.Place}, is not one of a MobileNet's: {Understood}. {Advice(node.Operator)}"),
    };

    private static string Advice(string op) => op switch
    {
        "Variable" or "VariableV2" or "VarHandleOp" or "ReadVariableOp" => "The graph is not frozen: its weights are in a checkpoint, which can be given in its stead.",
        "FakeQuantWithMinMaxVars" or "FakeQuantWithMinMaxArgs" or "FakeQuantWithMinMaxVarsPerChannel" =>
            "The network was trained to be quantised: convert it to TensorFlow Lite, which computes with the integers that it was trained for.",
        "ResizeBilinear" or "ResizeNearestNeighbor" or "ResizeBicubic" or "CropAndResize" or "DecodeJpeg" =>
            "Pictures have to be brought to the network's size before: cut the graph behind it.",
        "LeakyRelu" or "Elu" or "Selu" or "Prelu" or "Softplus" or "Exp" => "Activations of MobileNets are ReLU, ReLU6, hard swish and hard sigmoid: this is another network.",
        "ConcatV2" or "Split" or "SplitV" or "GatherV2" => "Layers of a MobileNet pass whole maps on: this is another network, or one with several heads.",
        "Dequantize" => "Its weights were rounded to bytes to save space: give the graph from before that.",
        _ => "If it has a training part, export the network without it.",
    };
}
