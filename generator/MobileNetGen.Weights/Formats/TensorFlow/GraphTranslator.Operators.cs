using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <content>The operators that compute.</content>
internal sealed partial class GraphTranslator
{
    private GraphValue Convolution(NodeDef node, bool isDepthwise)
    {
        GraphValue input = CheckFormat(node, Value(node, 0));
        SourceTensor weights = Kernel(node, isDepthwise ? ParameterRole.DepthwiseKernel : ParameterRole.Kernel, rank: 4);
        if (node.Attribute("dilations") is NodeAttribute.Integers { Values: var dilations } && dilations.Any(dilation => dilation != 1))
            throw new WeightsException($"{node.Place}, has dilations [{string.Join(", ", dilations)}]; a MobileNet classifier has none. Export it with output stride 32.");
        (int strideHeight, int strideWidth) = Spatial(node, "strides");
        SourcePadding padding = Padding(node);
        return isDepthwise
            ? _builder.Depthwise(node.Place, input, weights, null, strideHeight, strideWidth, padding)
            : _builder.Convolution(node.Place, input, weights, null, strideHeight, strideWidth, padding);
    }

    private GraphValue Dense(NodeDef node)
    {
        if (Flag(node, "transpose_a"))
            throw new WeightsException($"{node.Place}, transposes its input; a row was expected.");
        if (!Flag(node, "transpose_b"))
            return _builder.Dense(node.Place, Value(node, 0), Kernel(node, ParameterRole.Kernel, rank: 2), null);
        return _builder.Dense(node.Place, Value(node, 0), Real(node, 1), null);
    }

    /// <summary>What an optimised graph does in the same node, in order; its constants follow the weights.</summary>
    private GraphValue Fuse(NodeDef node, GraphValue value)
    {
        if (node.Attribute("fused_ops") is not NodeAttribute.Texts { Values: var operators })
            return value;
        int next = 2;
        foreach (string op in operators)
        {
            value = op switch
            {
                "BiasAdd" => Bias(node, value, next),
                "FusedBatchNorm" => Normalize(node, value, next),
                "Relu" => _builder.Clamp(node.Place, value, 0, float.PositiveInfinity),
                "Relu6" => _builder.Clamp(node.Place, value, 0, 6),
                "Sigmoid" => _builder.Sigmoid(node.Place, value),
                "Tanh" => _builder.Tanh(node.Place, value),
                _ => throw new WeightsException($"{node.Place}, is fused with {PrintableName.Of(op)}; BiasAdd, FusedBatchNorm, Relu, Relu6, Sigmoid and Tanh are understood."),
            };
            next += op switch { "BiasAdd" => 1, "FusedBatchNorm" => 4, _ => 0 };
        }

        return value;
    }

    private GraphValue BatchNormalization(NodeDef node, GraphValue value, int first)
    {
        // A graph without the attribute has its default.
        if (node.Attribute("is_training") is not NodeAttribute.Flag { Value: false })
            throw new WeightsException($"{node.Place}, takes its means from the pictures, as in training; export the network for inference.");
        return Normalize(node, CheckFormat(node, value), first);
    }

    private GraphValue Normalize(NodeDef node, GraphValue value, int first)
    {
        float[] gamma = Real(node, first).Floats, beta = Real(node, first + 1).Floats, mean = Real(node, first + 2).Floats, variance = Real(node, first + 3).Floats;
        double epsilon = node.Attribute("epsilon") is NodeAttribute.Number { Value: var stated } ? stated : 1e-4f;
        _budget.Take(node.Place, mean.Length);
        return _builder.Normalize(node.Place, value, ChannelAffine.BatchNormalization(node.Place, gamma, beta, mean, variance, epsilon));
    }

    private GraphValue Bias(NodeDef node, GraphValue value, int index)
    {
        SourceTensor bias = Real(node, index);
        _budget.Take(node.Place, bias.Count);
        return _builder.Normalize(node.Place, value, ChannelAffine.Add([.. bias.Floats.Select(number => (double)number)]));
    }

    /// <summary>The sum, difference, product or quotient of a value and a constant.</summary>
    private GraphValue Affine(NodeDef node)
    {
        int known = IsConstant(node, 0) ? 0 : 1;
        return _builder.Arithmetic(
            node.Place,
            Value(node, 1 - known),
            node.Operator switch { "Sub" => GraphArithmetic.Subtract, "Mul" => GraphArithmetic.Multiply, "RealDiv" or "Div" => GraphArithmetic.Divide, _ => GraphArithmetic.Add },
            Real(node, known),
            isConstantFirst: known == 0);
    }

    private GraphValue Bound(NodeDef node, Func<GraphValue, float, GraphValue> clamp)
    {
        int known = IsConstant(node, 0) ? 0 : 1;
        SourceTensor bound = Real(node, known);
        return bound.Count == 1
            ? clamp(Value(node, 1 - known), bound.Floats[0])
            : throw new WeightsException($"{node.Place}: {bound} is a bound for each element; one number was expected.");
    }

    private GraphValue Pad(NodeDef node)
    {
        ImmutableArray<long> sizes = Integers(node, 1);
        if (node.Operator == "PadV2" && Real(node, 2) is not { Count: 1, Floats: [0] })
            throw new WeightsException($"{node.Place}, pads with something else than zero; zero was expected.");
        return _builder.Pad(node.Place, Value(node, 0), [.. sizes.Where((_, i) => i % 2 == 0)], [.. sizes.Where((_, i) => i % 2 == 1)]);
    }

    private GraphValue Pool(NodeDef node, Func<string, GraphValue, long?, long?, int, int, SourcePadding, GraphValue> pool)
    {
        (int height, int width) = Spatial(node, "ksize");
        (int strideHeight, int strideWidth) = Spatial(node, "strides");
        return pool(node.Place, CheckFormat(node, Value(node, 0)), height, width, strideHeight, strideWidth, Padding(node));
    }

    private GraphValue Cast(NodeDef node)
    {
        GraphValue value = Value(node, 0);
        if (node.Attribute("DstT") is not NodeAttribute.Type { Value: var type } || !IsReal(type))
            throw new WeightsException($"{node.Place}, makes {node.Attribute("DstT")?.ToString() ?? "numbers of no type"} of a value; real numbers were expected.");
        return _builder.IntegerType(value) is null ? value : _builder.Cast(node.Place, value);
    }

    /// <summary>A value, after checking that a node reads its dimensions in the graph's one order.</summary>
    private GraphValue CheckFormat(NodeDef node, GraphValue value)
    {
        string expected = _order == MapOrder.ChannelsFirst ? "NCHW" : "NHWC", stated = node.Attribute("data_format") is NodeAttribute.Text { Value: var text } ? text : "NHWC";
        return stated == expected || value.Shape.Length != 4
            ? value
            : throw new WeightsException($"{node.Place}, reads a map as {PrintableName.Of(stated)}; {expected} was expected, as others have it. Export the graph in one order.");
    }

    private GraphValue Squeeze(NodeDef node, GraphValue value)
    {
        int rank = value.Shape.Length;
        long[] gone = node.Attribute("squeeze_dims") is NodeAttribute.Integers { Values: [_, ..] axes }
            ? [.. axes.Select(axis => axis < 0 ? axis + rank : axis)]
            : [.. Enumerable.Range(0, rank).Where(i => value.Shape[i] == 1).Select(i => (long)i)];
        return _builder.Reshape(node.Place, value, [.. value.Shape.Where((_, i) => !gone.Contains(i)).Select(size => (long)size)]);
    }

    private GraphValue ExpandDims(NodeDef node, GraphValue value)
    {
        int rank = value.Shape.Length;
        if (Integers(node, 1) is not [var axis] || axis < -rank - 1 || axis > rank)
            throw new WeightsException($"{node.Place}, adds a dimension at [{string.Join(", ", Integers(node, 1))}] of {value}; one place in it was expected.");
        return _builder.Reshape(node.Place, value, [.. value.Shape.Select(size => (long)size).ToImmutableArray().Insert((int)(axis < 0 ? axis + rank + 1 : axis), 1)]);
    }

    /// <summary>The second input, transposed.</summary>
    private SourceTensor Kernel(NodeDef node, ParameterRole role, int rank)
    {
        SourceTensor stored = Real(node, 1);
        if (stored.Shape.Length != rank)
            throw new WeightsException($"{node.Place}: its weights, {stored}, have {stored.Shape.Length} dimensions; {rank} were expected.");
        _budget.Take(node.Place, stored.Count);
        return KernelOrder.Transpose(new Parameter(node.Name, role, stored.Name, stored.Shape, stored.Floats), KernelLayout.OutputLast).Weights;
    }

    /// <summary>The numbers that a list attribute has for height and width; those for batch and channels must be 1.</summary>
    private (int Height, int Width) Spatial(NodeDef node, string attribute)
    {
        ImmutableArray<long> all = node.Attribute(attribute) is NodeAttribute.Integers { Values: var values } ? values : [];
        (long height, long width, bool fits) = (_order, all) switch
        {
            (MapOrder.ChannelsLast, [1, var h, var w, 1]) => (h, w, true),
            (MapOrder.ChannelsFirst, [1, 1, var h, var w]) => (h, w, true),
            _ => default,
        };
        return fits && height is > 0 and <= ushort.MaxValue && width is > 0 and <= ushort.MaxValue
            ? ((int)height, (int)width)
            : throw new WeightsException($"{node.Place}, has {attribute} [{string.Join(", ", all)}]; one number for height and one for width were expected, and 1 beside them.");
    }

    private SourcePadding Padding(NodeDef node)
    {
        string? text = (node.Attribute("padding") as NodeAttribute.Text)?.Value;
        if (text == "SAME")
            return SourcePadding.Same;
        if (text == "VALID")
            return SourcePadding.None;
        ImmutableArray<long> sizes = text == "EXPLICIT" && node.Attribute("explicit_paddings") is NodeAttribute.Integers { Values: { Length: 8 } listed }
            && listed.All(size => size is >= 0 and <= 1024) ? listed : [];
        return (_order, sizes) switch
        {
            (MapOrder.ChannelsLast, [0, 0, var top, var bottom, var left, var right, 0, 0]) => SourcePadding.Explicit((int)top, (int)left, (int)bottom, (int)right),
            (MapOrder.ChannelsFirst, [0, 0, 0, 0, var top, var bottom, var left, var right]) => SourcePadding.Explicit((int)top, (int)left, (int)bottom, (int)right),
            _ => throw new WeightsException($"{node.Place}, has padding {PrintableName.Of(text ?? "of no kind")}; SAME, VALID, or up to 1024 rows and columns (EXPLICIT) were expected."),
        };
    }

    private GraphValue Value(NodeDef node, int index)
    {
        string name = Source(node, index);
        return _values.TryGetValue(name, out GraphValue? value)
            ? value
            : throw new WeightsException($"{node.Place}, reads the constant \"{PrintableName.Of(name)}\"; what depends on the network's input was expected.");
    }

    private static bool Flag(NodeDef node, string attribute) => node.Attribute(attribute) is NodeAttribute.Flag { Value: true };

    private static string Source(NodeDef node, int index) => node.Source(index)
        ?? throw new WeightsException($"{node.Place}, has {node.Sources.Count()} inputs; at least {index + 1} were expected. The file is damaged; export it again.");
}
