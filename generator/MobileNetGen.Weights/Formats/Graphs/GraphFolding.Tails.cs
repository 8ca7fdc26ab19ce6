using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <content>What an operator takes in from around it.</content>
internal sealed partial class GraphFolding
{
    /// <summary>What follows a node and becomes part of it.</summary>
    private sealed class Tail
    {
        /// <summary>The last of the nodes, whose result is the operator's.</summary>
        public required int Last { get; set; }

        /// <summary>What is applied to the result first; null for nothing.</summary>
        public ChannelAffine? Affine { get; set; }

        /// <summary>Where the last part of <see cref="Affine"/> is in the file.</summary>
        public string AffinePlace { get; set; } = "";

        public SourceActivation Activation { get; set; }

        /// <summary>The parts of an activation of bytes behind <see cref="Result"/>: each with what cuts its result, and the integers which that becomes.</summary>
        public List<(GraphNode Node, SourceActivation Clamp, QuantizedType Result)> ByteSteps { get; } = [];

        /// <summary>The integers that the result becomes, before <see cref="ByteSteps"/>; null where it stays real.</summary>
        public QuantizedType? Result { get; set; }
    }

    private Tail Follow(int index, bool isQuantized, bool takesAffine, bool takesClamp)
    {
        var tail = new Tail { Last = index };
        (float minimum, float maximum) = (float.NegativeInfinity, float.PositiveInfinity);
        string clamp = "";
        while (tail.Result is null && Sole(tail.Last) is { } next)
        {
            switch (next)
            {
                case AffineNode affine when takesAffine && clamp.Length == 0:
                    (tail.Affine, tail.AffinePlace) = (tail.Affine is null ? affine.Affine : tail.Affine.Then(affine.Affine), affine.Place);
                    break;
                case ActivationNode activation when takesClamp && !isQuantized && clamp.Length == 0:
                    tail.Activation = activation.Activation;
                    Take();
                    return tail;
                case ClampNode c when takesClamp:
                    (minimum, maximum, clamp) = (Math.Max(minimum, c.Minimum), Math.Min(maximum, c.Maximum), c.Place);
                    break;
                case QuantizeNode quantize when isQuantized:
                    tail.Result = quantize.Result;
                    break;
                default:
                    return Finish();
            }

            Take();
        }

        // A clamp between equal quantisations is one of integers.
        while (takesClamp && tail.Result is not null && Sole(tail.Last) is DequantizeNode
            && Sole(_reader[tail.Last]) is ClampNode c && IsQuantizedAlike(_reader[_reader[tail.Last]]))
        {
            (minimum, maximum, clamp) = (Math.Max(minimum, c.Minimum), Math.Min(maximum, c.Maximum), c.Place);
            for (int i = 0; i < 3; i++)
                Take();
        }

        if (takesClamp && clamp.Length == 0 && tail.Result is not null && FollowBytes(tail))
            return tail;
        return Finish();

        bool IsQuantizedAlike(int node) => Sole(node) is QuantizeNode q && q.Result == tail.Result;

        void Take()
        {
            tail.Last = _reader[tail.Last];
            _isTaken[tail.Last] = true;
        }

        Tail Finish()
        {
            tail.Activation = (minimum, maximum) switch
            {
                (float.NegativeInfinity, float.PositiveInfinity) => SourceActivation.None,
                (0, float.PositiveInfinity) => SourceActivation.Relu,
                (0, 6) => SourceActivation.Relu6,
                _ => throw new WeightsException(string.Create(
                    CultureInfo.InvariantCulture, $"{clamp}: it bounds a result to [{minimum}, {maximum}]; a MobileNet's activations are ReLU, [0, ∞], and ReLU6, [0, 6].")),
            };
            return tail;
        }
    }

    /// <summary>Whether an activation of bytes stands behind a result, which it then takes in.</summary>
    private bool FollowBytes(Tail tail)
    {
        if (_readers[tail.Last] != 1 || NextOfBytes(tail.Last) is not { } first)
            return false;
        if (first is { Node: ActivationNode { Activation: SourceActivation.HSwish } })
        {
            Take([first]);
            tail.Activation = SourceActivation.HSwish;
            return true;
        }

        // A hard sigmoid: ReLU6 of a sum with 3, times 1/6. Constants are quantised, so near to these.
        bool isHardSigmoid = first is { Node: ByteArithmeticNode { Operator: SourceByteOperator.Add, Number: > 2.97 and < 3.03 }, Clamp: SourceActivation.Relu6 };
        if (!isHardSigmoid || NextOfBytes(first.Last) is not { Node: ByteArithmeticNode { Operator: SourceByteOperator.Multiply, Number: > 0.165 and < 0.169 }, Clamp: SourceActivation.None } second)
            return false;
        Take([first, second]);
        tail.Activation = SourceActivation.HSigmoid;
        return true;

        void Take(ReadOnlySpan<(GraphNode Node, SourceActivation Clamp, QuantizedType Result, int Last)> steps)
        {
            foreach ((GraphNode node, SourceActivation clamp, QuantizedType result, int last) in steps)
            {
                tail.ByteSteps.Add((node, clamp, result));
                while (tail.Last != last)
                {
                    tail.Last = _reader[tail.Last];
                    _isTaken[tail.Last] = true;
                }
            }
        }
    }

    /// <summary>What alone is computed of quantised numbers, up to those that it gives; null where there is more, or none.</summary>
    private (GraphNode Node, SourceActivation Clamp, QuantizedType Result, int Last)? NextOfBytes(int quantized)
    {
        if (Sole(quantized) is not DequantizeNode || Sole(_reader[quantized]) is not (ActivationNode or ByteArithmeticNode))
            return null;
        int at = _reader[_reader[quantized]];
        GraphNode node = _nodes[at];
        SourceActivation clamp = SourceActivation.None;
        if (Sole(at) is ClampNode { Minimum: 0, Maximum: var maximum and (6 or float.PositiveInfinity) })
            (clamp, at) = (maximum == 6 ? SourceActivation.Relu6 : SourceActivation.Relu, _reader[at]);
        return Sole(at) is QuantizeNode quantize ? (node, clamp, quantize.Result, _reader[at]) : null;
    }

    /// <summary>The only node that reads one; null where there are more, or where an output is.</summary>
    private GraphNode? Sole(int node) => _readers[node] == 1 && _reader[node] >= 0 ? _nodes[_reader[node]] : null;

    private static QuantizedType? Result(GraphNode node, bool isQuantized, Tail tail) => isQuantized && tail.Result is null
        ? throw new WeightsException($"{node.Place}, reads quantised numbers and does not give such to all of its readers; it was expected to. Quantise its result too.")
        : tail.Result;

    private WeightsException Stray(GraphNode node)
    {
        if (node is ActivationNode or ByteArithmeticNode)
        {
            return new WeightsException(
                $"{node.Place}, does not directly and alone follow a convolution or a fully connected layer, whose activation it would be, quantised as that is: a hard swish, or a hard sigmoid.");
        }

        if (node is ClampNode)
        {
            return new WeightsException(
                $"{node.Place}, does not directly and alone follow a convolution, a fully connected layer or an addition, whose activation it would be.");
        }

        return new WeightsException(
            $"{node.Place}, is neither the first thing that happens to the network's input nor directly and alone before or behind a convolution or a fully connected layer of real numbers, "
            + "whose weights would take it in.");
    }

    /// <summary>A layer of which each weight belongs to one channel of its input, and that reads no zeros around it.</summary>
    private static bool TakesAffineBefore(FilterNode filter) => filter.Kind == SourceFilterKind.Dense
        || filter is { Kind: SourceFilterKind.Convolution, Weights.Shape: [_, 1, 1, _], Padding: { IsSame: true } or { Top: 0, Left: 0, Bottom: 0, Right: 0 } };

    private static bool IsRowsFirst(ImmutableArray<MapAxis> order) => order.SequenceEqual(order.Order());

    /// <summary>Weights of a fully connected layer, [out][in], of which the inputs are a map's elements: brought from the file's order to rows, columns, channels.</summary>
    private SourceTensor RowsFirst(string place, SourceTensor weights, MapSize map, ImmutableArray<MapAxis> order)
    {
        if (IsRowsFirst(order))
            return weights;
        _budget.Take(place, weights.Count);
        ImmutableArray<int> sizes = [.. order.Select(axis => axis switch { MapAxis.Height => map.Height, MapAxis.Width => map.Width, _ => map.Channels })];
        SourceTensor byAxis = weights.Reshape([weights.Shape[0], .. sizes], 0);
        return SourceTensors.Transpose(byAxis, [0, .. order.Order().Select(axis => 1 + order.IndexOf(axis))]).Reshape(weights.Shape, 0);
    }

    private static SourcePadding Plus(SourcePadding a, SourcePadding b) => SourcePadding.Explicit(a.Top + b.Top, a.Left + b.Left, a.Bottom + b.Bottom, a.Right + b.Right);

    /// <summary>A filter's own padding in numbers.</summary>
    private SourcePadding Explicit(FilterNode filter)
    {
        if (!filter.Padding.IsSame)
            return filter.Padding;
        MapSize map = _nodes[filter.Input].Size;
        int kernel = filter.Kind == SourceFilterKind.Depthwise ? 0 : 1;
        int rows = Total(filter.Size.Height, filter.StrideHeight, filter.Weights.Shape[kernel], map.Height);
        int columns = Total(filter.Size.Width, filter.StrideWidth, filter.Weights.Shape[kernel + 1], map.Width);
        return SourcePadding.Explicit(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));

        static int Total(int results, int stride, int kernel, int size) => (int)Math.Clamp(((results - 1L) * stride) + kernel - size, 0, int.MaxValue);
    }

    /// <summary>[h][w][out] as [out][h][w][1].</summary>
    private SourceTensor ToConvolution(string place, SourceTensor weights)
    {
        (int height, int width, int channels) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
        _budget.Take(place, weights.Count);
        return SourceTensors.Transpose(weights, [2, 0, 1]).Reshape([channels, height, width, 1], 0);
    }
}
