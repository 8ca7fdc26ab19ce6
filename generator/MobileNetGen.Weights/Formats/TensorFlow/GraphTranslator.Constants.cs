using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <content>What is known before the network runs.</content>
internal sealed partial class GraphTranslator
{
    /// <summary>The value of a node that depends on constants and shapes alone; null for any other, and where it is not understood.</summary>
    private NodeConstant? Evaluate(NodeDef node) => node.Operator switch
    {
        "Const" when node.Attribute("value") is NodeAttribute.Constant { Value: var value } => value,
        "Const" => throw new WeightsException($"{node.Place}, has no value. The file is damaged; export it again."),
        "Shape" when !IsConstant(node, 0) => ShapeOf(Value(node, 0)),
        _ when !node.Sources.Any() || !node.Sources.All(source => _constants.ContainsKey(source.Name)) => null,
        "Identity" or "StopGradient" or "PreventGradient" or "CheckNumerics" or "PlaceholderWithDefault" or "Snapshot" => Constant(node, 0),
        "Cast" => CastConstant(node),
        "StridedSlice" => Slice(node),
        "Pack" => Pack(node),
        "Rsqrt" => Map(node, number => 1 / Math.Sqrt(number)),
        "Add" or "AddV2" => Zip(node, (left, right) => left + right),
        "Sub" => Zip(node, (left, right) => left - right),
        "Mul" => Zip(node, (left, right) => left * right),
        "RealDiv" or "Div" => Zip(node, (left, right) => left / right),
        _ => null,
    };

    /// <summary>Integers as real numbers; casts between types of one kind change nothing here.</summary>
    private NodeConstant? CastConstant(NodeDef node)
    {
        bool isReal = node.Attribute("DstT") is not NodeAttribute.Type { Value: var type } || IsReal(type);
        NodeConstant constant = Constant(node, 0);
        return constant is NodeConstant.Whole { Values: var values, Shape: var shape } && isReal
            ? new NodeConstant.Real(new SourceTensor(PrintableName.Of(node.Name), shape, [.. values.Select(value => (float)value)]))
            : constant is NodeConstant.Real == isReal ? constant : null;
    }

    private static NodeConstant.Whole ShapeOf(GraphValue value) => new([.. value.Shape.Select(size => (long)size)], [value.Shape.Length]);

    /// <summary>A run of a list of integers, or one of them.</summary>
    private NodeConstant.Whole Slice(NodeDef node)
    {
        if (Integers(node, 1) is not [var begin] || Integers(node, 2) is not [var end] || Integers(node, 3) is not [1] || Mask(node, "new_axis_mask") || Mask(node, "ellipsis_mask"))
            throw new WeightsException($"{node.Place}, is more than a run of a list; no MobileNet has that.");
        (WholeNumbers list, bool isFirst) = (WholeNumbers.Row(Integers(node, 0)), Mask(node, "begin_mask"));
        WholeNumbers run = Mask(node, "shrink_axis_mask")
            ? list.At(node.Place, isFirst ? 0 : begin)
            : list.Slice(node.Place, isFirst ? null : begin, Mask(node, "end_mask") ? null : end, 1);
        return new NodeConstant.Whole(run.Values, run.Shape);

        static bool Mask(NodeDef node, string attribute) => node.Attribute(attribute) is NodeAttribute.Integer { Value: not 0 };
    }

    private NodeConstant.Whole Pack(NodeDef node)
    {
        int count = node.Sources.Count();
        if (count is 0 or > 8 || node.Attribute("axis") is NodeAttribute.Integer { Value: not 0 })
            throw new WeightsException($"{node.Place}, makes a list of {count}; a shape of up to 8 sizes was expected.");
        return new NodeConstant.Whole([.. Enumerable.Range(0, count).Select(Size)], [count]);

        long Size(int index) => Integers(node, index) is [var size] ? size : throw new WeightsException($"{node.Place}, packs lists; single sizes were expected.");
    }

    private NodeConstant.Real Map(NodeDef node, Func<double, double> function)
    {
        SourceTensor tensor = Real(node, 0);
        _budget.Take(node.Place, tensor.Count);
        float[] values = RealNumbers.CheckFinite(node.Place, [.. tensor.Floats.Select(number => (float)function(number))]);
        return new NodeConstant.Real(new SourceTensor(PrintableName.Of(node.Name), tensor.Shape, values));
    }

    /// <summary>Element by element: batch normalisation as it was before it had an operator of its own.</summary>
    private NodeConstant.Real Zip(NodeDef node, Func<double, double, double> function)
    {
        (SourceTensor left, SourceTensor right) = (Real(node, 0), Real(node, 1));
        if (left.Count != 1 && right.Count != 1 && !left.Shape.SequenceEqual(right.Shape))
            throw new WeightsException($"{node.Place}, combines {left} and {right}; constants of one shape, or one number, were expected.");
        SourceTensor larger = left.Count > 1 ? left : right;
        _budget.Take(node.Place, larger.Count);
        var values = new float[larger.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)function(left.Floats[left.Count == 1 ? 0 : i], right.Floats[right.Count == 1 ? 0 : i]);
        return new NodeConstant.Real(new SourceTensor(PrintableName.Of(node.Name), larger.Shape, RealNumbers.CheckFinite(node.Place, values)));
    }

    private bool IsConstant(NodeDef node, int index) => _constants.ContainsKey(Source(node, index));

    private NodeConstant Constant(NodeDef node, int index)
    {
        string name = Source(node, index);
        return _constants.TryGetValue(name, out NodeConstant? constant)
            ? constant
            : throw new WeightsException($"{node.Place}, reads \"{PrintableName.Of(name)}\", which depends on the network's input; a constant was expected. Export the network frozen.");
    }

    private SourceTensor Real(NodeDef node, int index) => Constant(node, index) is NodeConstant.Real { Tensor: var tensor }
        ? tensor
        : throw new WeightsException($"{node.Place}, reads \"{PrintableName.Of(Source(node, index))}\", which is not of real numbers; weights were expected.");

    private ImmutableArray<long> Integers(NodeDef node, int index) => Constant(node, index) is NodeConstant.Whole { Values: var values }
        ? values
        : throw new WeightsException($"{node.Place}, reads \"{PrintableName.Of(Source(node, index))}\", which is not of integers, or of too many; axes, sizes or a shape were expected.");
}
