using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <content>Where the dimensions of a value are. What only moves them computes nothing and becomes no operator.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>
    /// A value under another shape: what flatten, squeeze and the like also are. Dimensions of size 1 come and go, which computes nothing; or a whole map becomes one row, in the file's order.
    /// </summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">The value.</param>
    /// <param name="shape">The new sizes; one may be −1, for what the others leave over.</param>
    public GraphValue Reshape(string place, GraphValue input, ImmutableArray<long> shape)
    {
        string text = $"[{string.Join(", ", shape)}]";
        if (shape.Length > 8)
            throw new WeightsException($"{place}, makes {shape.Length} dimensions of {input}; at most 8 were expected.");

        long known = 1;
        foreach (long size in shape.Where(size => size > 0))
            known = known > int.MaxValue || size > int.MaxValue ? long.MaxValue : known * size;
        int open = shape.IndexOf(-1);
        if (open >= 0 && known <= input.Count)
            shape = shape.SetItem(open, input.Count / known);
        bool isRow = shape.Count(size => size != 1) == 1 && shape.All(size => size == 1 || size == input.Count);
        MapAxis[] moved = [.. input.Axes.Where(axis => axis != MapAxis.None)];
        if (isRow && (moved.Length > 1 || (moved[0] != MapAxis.Channels && shape.Length <= 2)))
            return Flatten(place, input, [.. shape.Select(size => (int)size)]);
        return Regroup(input, shape) ?? throw new WeightsException($"{place}, makes {text} of {input}; in a MobileNet it only adds or drops dimensions of size 1, or makes one row of a whole map.");
    }

    /// <summary>A value under a shape that differs in dimensions of size 1, or that makes one dimension of a map's rows and columns; null where it is another.</summary>
    private static GraphValue? Regroup(GraphValue input, ImmutableArray<long> shape)
    {
        var left = new Queue<(MapAxis Axis, int Size)>(input.Axes.Zip(input.Shape).Where(dimension => dimension.First != MapAxis.None));
        var axes = ImmutableArray.CreateBuilder<MapAxis>();
        foreach (long size in shape)
        {
            if (size == 1)
            {
                axes.Add(MapAxis.None);
                continue;
            }

            if (!left.TryDequeue(out (MapAxis Axis, int Size) next))
                return null;
            if (next.Axis == MapAxis.Height && next.Size != size && left.TryPeek(out (MapAxis Axis, int Size) width) && width.Axis == MapAxis.Width)
                next = (MapAxis.Area, next.Size * left.Dequeue().Size);
            if (next.Size != size)
                return null;
            axes.Add(next.Axis);
        }

        return left.Count == 0 ? input with { Shape = [.. shape.Select(size => (int)size)], Axes = axes.ToImmutable() } : null;
    }

    private GraphValue Flatten(string place, GraphValue input, ImmutableArray<int> shape)
    {
        if (_nodes[input.Node] is QuantizeNode { Result: var result })
            return OnIntegers(place, input, result, real => Flatten(place, real, shape));
        int read = Real(place, input);
        int node = Add(new FlattenNode(place, read, new MapSize(1, 1, input.Count), MapAxes(input)));
        return Label(place, node, shape, [.. shape.Select(size => size == 1 ? MapAxis.None : MapAxis.Channels)]);
    }

    /// <summary>The dimensions of a map that have more than one element, in a value's order.</summary>
    private static ImmutableArray<MapAxis> MapAxes(GraphValue value) =>
        [.. value.Axes.Where(axis => axis != MapAxis.None).SelectMany<MapAxis, MapAxis>(axis => axis == MapAxis.Area ? [MapAxis.Height, MapAxis.Width] : [axis])];

    /// <summary>Integers of which an operator only chooses some or brings them into another order: they keep what they stand for.</summary>
    private GraphValue OnIntegers(string place, GraphValue input, QuantizedType meaning, Func<GraphValue, GraphValue> compute) =>
        Quantize(place, compute(Dequantize(place, input, meaning.Type, meaning.Quantization)), meaning.Type, meaning.Quantization);

    /// <summary>A value with its dimensions in another order.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">The value.</param>
    /// <param name="order">For each new dimension, the old one.</param>
    public static GraphValue Transpose(string place, GraphValue input, ImmutableArray<long> order)
    {
        if (!order.Order().SequenceEqual(Enumerable.Range(0, input.Shape.Length).Select(i => (long)i)))
            throw new WeightsException($"{place}, orders the dimensions of {input} as [{string.Join(", ", order)}]; each one once was expected.");
        return input with { Shape = [.. order.Select(i => input.Shape[(int)i])], Axes = [.. order.Select(i => input.Axes[(int)i])] };
    }

    private static ImmutableArray<MapAxis> Axes(MapOrder order) => order == MapOrder.ChannelsFirst
        ? [MapAxis.None, MapAxis.Channels, MapAxis.Height, MapAxis.Width]
        : [MapAxis.None, MapAxis.Height, MapAxis.Width, MapAxis.Channels];

    private static ImmutableArray<MapAxis> LastIsChannels(int rank) =>
        [.. Enumerable.Range(0, rank).Select(i => i == rank - 1 ? MapAxis.Channels : MapAxis.None)];

    /// <summary>A value whose dimensions run along given axes, where they have more than one element.</summary>
    private static GraphValue Label(string place, int node, ImmutableArray<int> shape, ImmutableArray<MapAxis> axes)
    {
        long count = 1;
        foreach (int size in shape)
        {
            count *= size;
            if (size < 1 || count > int.MaxValue)
                throw new WeightsException($"{place}: a shape of [{string.Join(", ", shape)}] does not have 1 to {int.MaxValue} elements.");
        }

        return new GraphValue(node, shape, [.. axes.Select((axis, i) => shape[i] == 1 ? MapAxis.None : axis)]);
    }

    private static MapSize SizeOf(GraphValue value) => new(value.Size(MapAxis.Height), value.Size(MapAxis.Width), value.Size(MapAxis.Channels));

    /// <summary>The result of a node as a map in the file's order.</summary>
    private GraphValue Map(string place, int node)
    {
        MapSize size = _nodes[node].Size;
        ImmutableArray<int> shape = order == MapOrder.ChannelsFirst ? [1, size.Channels, size.Height, size.Width] : [1, size.Height, size.Width, size.Channels];
        return Label(place, node, shape, Axes(order));
    }

    /// <summary>The size of a value, after checking that its dimensions are a map's in the file's order.</summary>
    private MapSize CheckMap(string place, GraphValue value)
    {
        if (value.Shape.Length != 4 || !value.Axes.Zip(Axes(order)).All(pair => pair.First == MapAxis.None || pair.First == pair.Second))
        {
            string expected = order == MapOrder.ChannelsFirst ? "[1, channels, height, width]" : "[1, height, width, channels]";
            throw new WeightsException($"{place}, reads {value}; one map, {expected}, was expected.");
        }

        return _nodes[value.Node].Size;
    }
}
