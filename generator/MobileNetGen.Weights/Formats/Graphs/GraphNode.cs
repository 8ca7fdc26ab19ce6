using System.Collections.Immutable;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>The size of what a node computes; a vector is 1×1.</summary>
internal readonly record struct MapSize(int Height, int Width, int Channels);

/// <summary>Integers that stand for real numbers.</summary>
/// <param name="Type">uint8 or int8.</param>
/// <param name="Quantization">Per tensor.</param>
internal readonly record struct QuantizedType(ElementType Type, SourceQuantization Quantization);

/// <summary>An operator as the file has it, before it becomes part of another one.</summary>
/// <param name="Place">Where it is in the file, for messages: "node 12, Conv "/features/0/Conv"".</param>
/// <param name="Input">The node whose result it reads; −1 for an input of the network.</param>
/// <param name="Size">The size of its result.</param>
internal abstract record GraphNode(string Place, int Input, MapSize Size)
{
    /// <summary>Whether its result is integers that stand for real numbers.</summary>
    public virtual bool IsInteger => false;
}

internal sealed record InputNode(string Place, string Name, MapSize Size, ElementType Type) : GraphNode(Place, -1, Size)
{
    /// <summary>Whether it is a map, be it of one pixel, and no row.</summary>
    public bool IsMap { get; init; }

    /// <summary>Whether its real numbers are those of bytes, so pixels from 0 to 255.</summary>
    public bool IsPixels { get; init; }

    public override bool IsInteger => Type != ElementType.Float32;
}

/// <summary>A convolution, depthwise convolution or fully connected layer.</summary>
internal sealed record FilterNode(
    string Place, int Input, MapSize Size, SourceFilterKind Kind, SourceTensor Weights, SourceTensor? Bias, int StrideHeight, int StrideWidth, SourcePadding Padding)
    : GraphNode(Place, Input, Size)
{
    /// <summary>The dimension of the weights that is the output channels.</summary>
    public int OutputAxis => Kind == SourceFilterKind.Depthwise ? 2 : 0;
}

internal sealed record AffineNode(string Place, int Input, MapSize Size, ChannelAffine Affine) : GraphNode(Place, Input, Size);

internal sealed record ClampNode(string Place, int Input, MapSize Size, float Minimum, float Maximum) : GraphNode(Place, Input, Size);

internal sealed record PadNode(string Place, int Input, MapSize Size, SourcePadding Padding) : GraphNode(Place, Input, Size);

/// <summary>An activation that is no range to cut to.</summary>
internal sealed record ActivationNode(string Place, int Input, MapSize Size, SourceActivation Activation) : GraphNode(Place, Input, Size);

/// <summary>Arithmetic of quantised numbers and a quantised constant.</summary>
internal sealed record ByteArithmeticNode(string Place, int Input, MapSize Size, SourceByteOperator Operator, int Constant, SourceQuantization Scale) : GraphNode(Place, Input, Size)
{
    /// <summary>What the constant stands for.</summary>
    public double Number => (double)Scale.Scale * (Constant - Scale.ZeroPoint);
}

/// <summary>An operator of two computed values.</summary>
internal abstract record BinaryNode(string Place, int Input, int Right, MapSize Size) : GraphNode(Place, Input, Size);

internal sealed record AddNode(string Place, int Input, int Right, MapSize Size) : BinaryNode(Place, Input, Right, Size);

/// <summary>A map times a factor for each of its channels.</summary>
internal sealed record MultiplyNode(string Place, int Input, int Right, MapSize Size) : BinaryNode(Place, Input, Right, Size);

/// <summary>A mean or maximum over height, over width or over both.</summary>
internal sealed record PoolNode(string Place, int Input, MapSize Size, SourcePoolKind Kind, bool KeepDimensions) : GraphNode(Place, Input, Size);

/// <summary>A map as a vector, its elements in the file's order.</summary>
/// <param name="Place">Where it is in the file.</param>
/// <param name="Input">The node that gives the map.</param>
/// <param name="Size">The size of the vector.</param>
/// <param name="Order">What the dimensions of the map run along in the file, outermost first, without those of size 1.</param>
internal sealed record FlattenNode(string Place, int Input, MapSize Size, ImmutableArray<MapAxis> Order) : GraphNode(Place, Input, Size);

internal sealed record FunctionNode(string Place, int Input, MapSize Size, SourceFunction Function) : GraphNode(Place, Input, Size);

internal sealed record SoftmaxNode(string Place, int Input, MapSize Size, float Beta) : GraphNode(Place, Input, Size);

internal sealed record QuantizeNode(string Place, int Input, MapSize Size, QuantizedType Result) : GraphNode(Place, Input, Size)
{
    public override bool IsInteger => true;
}

internal sealed record DequantizeNode(string Place, int Input, MapSize Size, QuantizedType Meaning) : GraphNode(Place, Input, Size);
