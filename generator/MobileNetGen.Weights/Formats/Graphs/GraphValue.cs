using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>The order of a map's dimensions in a file.</summary>
internal enum MapOrder
{
    /// <summary>[n][h][w][c]: TensorFlow's.</summary>
    ChannelsLast,

    /// <summary>[n][c][h][w]: ONNX's and PyTorch's.</summary>
    ChannelsFirst,
}

/// <summary>What a dimension of a value runs along.</summary>
internal enum MapAxis
{
    /// <summary>Nothing: it has size 1.</summary>
    None,

    /// <summary>The rows of a map.</summary>
    Height,

    /// <summary>The columns of a map.</summary>
    Width,

    /// <summary>The pixels of a map, row by row.</summary>
    Area,

    /// <summary>The channels of a map, or the elements of a vector.</summary>
    Channels,
}

/// <summary>Arithmetic with a constant.</summary>
internal enum GraphArithmetic
{
    /// <summary>x + c.</summary>
    Add,

    /// <summary>x − c, or c − x.</summary>
    Subtract,

    /// <summary>x · c.</summary>
    Multiply,

    /// <summary>x / c.</summary>
    Divide,
}

/// <summary>What an operator gives, as the file sees it. Made by <see cref="GraphBuilder"/>.</summary>
/// <param name="Node">The index of the node that computes it: reshapes and transposes compute nothing.</param>
/// <param name="Shape">In the file's order, the batch dimension 1; every size positive, at most 2³¹ − 1 elements.</param>
/// <param name="Axes">What each dimension is; <see cref="MapAxis.None"/> exactly where the size is 1.</param>
internal sealed record GraphValue(int Node, ImmutableArray<int> Shape, ImmutableArray<MapAxis> Axes)
{
    /// <summary>The number of elements.</summary>
    public int Count => Shape.Aggregate(1, (product, size) => product * size);

    /// <summary>The size along an axis; 1 where no dimension runs along it.</summary>
    public int Size(MapAxis axis) => Axes.IndexOf(axis) is var at and >= 0 ? Shape[at] : 1;

    /// <summary><c>[1, 96, 7, 7]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Shape)}]";
}
