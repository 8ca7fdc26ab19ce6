using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <content>Products of computed values, and activations that are no range to cut to: whole, or in the parts in which frameworks write them.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>How far numbers may be from 1 that single precision makes of it.</summary>
    private const double SinglePrecision = 1e-6;

    /// <summary>x · min(max(x + 3, 0), 6) / 6. It has to follow what could take it in.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">What an operator gives, for no other reader.</param>
    public GraphValue HardSwish(string place, GraphValue input) => Activate(place, input, SourceActivation.HSwish);

    /// <summary>min(max(slope · x + offset, 0), 1): of MobileNetV3 with a slope of 1/6 and an offset of 1/2.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">What an operator gives.</param>
    /// <param name="slope">What is multiplied by.</param>
    /// <param name="offset">What is added.</param>
    public GraphValue HardSigmoid(string place, GraphValue input, double slope = 1.0 / 6, double offset = 0.5) => IsOne(slope * 6) && IsOne(offset * 2)
        ? Activate(place, input, SourceActivation.HSigmoid)
        : throw new WeightsException(string.Create(CultureInfo.InvariantCulture, $"{place}, is a hard sigmoid of slope {slope:0.######} and offset {offset:0.######}; MobileNetV3's has 1/6 and 1/2."));

    private GraphValue Activate(string place, GraphValue input, SourceActivation activation) =>
        input with { Node = Add(new ActivationNode(place, Real(place, input), _nodes[input.Node].Size, activation)) };

    /// <summary>Arithmetic of quantised numbers and one quantised constant, as a hard sigmoid is made of in networks of bytes.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">Dequantised numbers.</param>
    /// <param name="arithmetic">A sum or a product.</param>
    /// <param name="constant">One quantised number.</param>
    public GraphValue ByteArithmetic(string place, GraphValue input, SourceByteOperator arithmetic, SourceTensor constant)
    {
        int read = Real(place, input);
        if (constant is not { Count: 1, Type: ElementType.UInt8 or ElementType.Int8, Quantization: { IsPerTensor: true } scale })
            throw new WeightsException($"{place}: its constant, {constant}, is not one quantised number, as the parts of a hard sigmoid have.");
        return input with { Node = Add(new ByteArithmeticNode(place, read, _nodes[read].Size, arithmetic, constant.Type == ElementType.UInt8 ? constant.Bytes[0] : constant.SBytes[0], scale)) };
    }

    /// <summary>The product of two computed values: a map and a factor for each channel, or the two halves of a hard swish.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="left">The first value.</param>
    /// <param name="right">The second value.</param>
    public GraphValue Product(string place, GraphValue left, GraphValue right)
    {
        (int first, int second) = (Real(place, left), Real(place, right));
        if (left.Shape.SequenceEqual(right.Shape) && left.Axes.SequenceEqual(right.Axes))
        {
            if (SwishOf(first, second) is { } factor)
            {
                GraphValue swish = HardSwish(place, left);
                return factor == 1 ? swish : Scale(place, swish, factor);
            }

            if (SwishOf(second, first) is not null)
                return Product(place, right, left);
        }

        // A map of one pixel is told from its factors by what they are.
        bool isRight = _nodes[second].Size is { Height: 1, Width: 1 } && (_nodes[first].Size is not { Height: 1, Width: 1 } || IsGate(second));
        (GraphValue map, GraphValue factors) = isRight ? (left, right) : (right, left);
        if (!AreFactors(factors, map))
            throw new WeightsException($"{place}, multiplies {left} and {right}; a map and one factor for each of its channels, or a value and its hard sigmoid, were expected.");

        // What the factors are multiplied by, the product can be.
        if (_nodes[factors.Node] is AffineNode { Affine: var affine } scaled && affine.Offsets.All(offset => offset == 0))
            return Normalize(scaled.Place, Product(place, map, factors with { Node = scaled.Input }), affine);
        return map with { Node = Add(new MultiplyNode(place, map.Node, factors.Node, _nodes[map.Node].Size)) };
    }

    /// <summary>Whether a value is one factor for each channel of a map, along the same dimension from the end.</summary>
    private bool AreFactors(GraphValue factors, GraphValue map)
    {
        int channels = map.Axes.IndexOf(MapAxis.Channels), behind = map.Shape.Length - channels, place = factors.Shape.Length - behind;
        return _nodes[factors.Node].Size is { Height: 1, Width: 1 } && channels >= 0 && factors.Shape.Length <= map.Shape.Length
            && place >= 0 && factors.Count == map.Shape[channels] && factors.Shape[place] == factors.Count;
    }

    private bool IsGate(int node) => _nodes[node] switch
    {
        ActivationNode { Activation: SourceActivation.HSigmoid } or FunctionNode { Function: SourceFunction.Sigmoid } => true,
        AffineNode affine => IsGate(affine.Input),
        QuantizeNode or DequantizeNode or ClampNode or ByteArithmeticNode => IsGate(_nodes[node].Input),
        _ => false,
    };

    /// <summary>What the hard swish of a value is multiplied by in its product with another; null where that is not its hard sigmoid, or six times that.</summary>
    private double? SwishOf(int value, int other) => _nodes[other] switch
    {
        ActivationNode { Activation: SourceActivation.HSigmoid } gate when gate.Input == value => 1,
        ClampNode { Minimum: 0, Maximum: 6 } clamp when IsPlusThree(clamp.Input, out int input) && input == value => 6,
        _ => null,
    };

    private bool IsPlusThree(int node, out int input)
    {
        bool isPlusThree = _nodes[node] is AffineNode { Affine: var affine } && affine.Factors.All(factor => factor == 1) && affine.Offsets.All(offset => offset == 3);
        input = isPlusThree ? _nodes[node].Input : -1;
        return isPlusThree;
    }

    /// <summary>A multiplication by one number that ends a hard sigmoid or a hard swish, min(max(x + 3, 0), 6) / 6; null where it is no such.</summary>
    private GraphValue? EndOfActivation(string place, GraphValue input, ChannelAffine affine)
    {
        if (OneFactor(affine) is not { } factor)
            return null;
        return _nodes[input.Node] switch
        {
            ClampNode { Minimum: 0, Maximum: 6 } clamp when IsPlusThree(clamp.Input, out int value) => Scale(place, HardSigmoid(place, input with { Node = value }), 6 * factor),
            AffineNode { Input: var at } before when _nodes[at] is ActivationNode && OneFactor(before.Affine) is { } first => Scale(place, input with { Node = at }, first * factor),
            _ => null,
        };
    }

    /// <summary>The number by which all channels are multiplied; null where they are by several, or where something is added.</summary>
    private static double? OneFactor(ChannelAffine affine)
    {
        double factor = affine.Factors.First();
        return affine.Offsets.All(offset => offset == 0) && affine.Factors.All(other => other == factor) ? factor : null;
    }

    private GraphValue Scale(string place, GraphValue input, double factor)
    {
        MapSize size = _nodes[input.Node].Size;
        if (IsOne(factor))
            return input;
        budget.Take(place, size.Channels);
        return input with { Node = Add(new AffineNode(place, input.Node, size, ChannelAffine.Multiply([.. Enumerable.Repeat(factor, size.Channels)]))) };
    }

    private static bool IsOne(double number) => Math.Abs(number - 1) < SinglePrecision;
}
