using System.Collections.Immutable;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>A network with its numbers, whichever file or seed they came from.</summary>
/// <param name="Network">The network.</param>
/// <param name="Layers">One for each layer of the network, in its order.</param>
/// <param name="Input">Meaning of what the first layer reads; null for float32.</param>
/// <param name="OuterInput">Meaning of what the caller gives: differs from <paramref name="Input"/> where the network quantises at its start.</param>
/// <param name="OuterOutput">Meaning of what the caller gets: differs from the last layer's where the network quantises at its end.</param>
/// <param name="Notes">What a user should know of the file and cannot see from the network.</param>
public sealed record TrainedNetwork(
    Network Network,
    ImmutableArray<TrainedLayer> Layers,
    TensorScale? Input,
    TensorScale? OuterInput,
    TensorScale? OuterOutput,
    ImmutableArray<string> Notes)
{
    /// <summary>What neither the file nor the text says.</summary>
    public ImmutableArray<Assumption> Assumptions { get; init; } = [];

    /// <summary>What a detector has beside its layers; null where <see cref="TrainedDetector.Of"/> says it, and for networks that are none.</summary>
    public TrainedDetector? Detector { get; init; }

    /// <summary>Every file that the numbers were read from, also those that the description does not name itself, such as shards; empty for random weights.</summary>
    public ImmutableArray<FileRead> Files { get; init; } = [];
}

/// <summary>Real value = scale · (q − zero point), in the network's own domain: unsigned for uint8, signed for int8.</summary>
public readonly record struct TensorScale(float Scale, int ZeroPoint);

/// <summary>A layer with its numbers.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Output">Meaning of its result; null for float32.</param>
public sealed record TrainedLayer(Layer Layer, TensorScale? Output)
{
    /// <summary>A quantised activation that is no range to cut to: bytes of another meaning, and what becomes of them. Null elsewhere.</summary>
    public ByteFunction? Function { get; init; }

    /// <summary>Meaning of its bytes before such an activation: of its result where there is none; null for float32.</summary>
    public TensorScale? Linear => Function?.Linear ?? Output;

    /// <summary>Weights and biases, where the layer has them.</summary>
    public Filter? Filter { get; init; }

    /// <summary>Rows of padding above the input.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the input's left.</summary>
    public int PadLeft { get; init; }

    /// <summary>The numerics of a quantised pooling layer.</summary>
    public PoolKind? Pool { get; init; }

    /// <summary>Whether a quantised filter rounds as a depthwise convolution, because the file has it as one.</summary>
    public bool StoredAsDepthwise { get; init; }
}

/// <summary>An activation of bytes.</summary>
/// <param name="Linear">Meaning of the bytes before it.</param>
/// <param name="Table">What becomes of each of the 256 bytes, both in the unsigned domain: an int8 value q is the byte q + 128.</param>
public sealed record ByteFunction(TensorScale Linear, ImmutableArray<byte> Table);

/// <summary>
/// The weights of a layer: [out][kernel][kernel][in] of a convolution (pointwise and dense layers have kernel 1), [kernel][kernel][channels · multiplier]
/// of a depthwise one.
/// </summary>
public abstract record Filter;

/// <summary>Real weights, batch normalisation folded in.</summary>
/// <param name="Weights">In the order above.</param>
/// <param name="Bias">One an output channel.</param>
public sealed record FloatFilter(float[] Weights, float[] Bias) : Filter;

/// <summary>Quantised weights.</summary>
/// <param name="Weights">Signed: a uint8 network's are 128 less.</param>
/// <param name="ZeroPoint">Of the signed weights: 0 for int8.</param>
/// <param name="Scales">One, or one an output channel.</param>
/// <param name="Bias">One an output channel, at scale input · weights.</param>
public sealed record QuantizedFilter(sbyte[] Weights, int ZeroPoint, ImmutableArray<float> Scales, int[] Bias) : Filter;
