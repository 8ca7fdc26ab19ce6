using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Packing;

/// <summary>What the weights add to a network: where each layer's numbers lie in the blob, and those that code holds as literals.</summary>
public sealed record PackedNetwork
{
    /// <summary>The class it belongs to.</summary>
    public required string QualifiedName { get; init; }

    /// <summary>SHA-256 of the description it was packed for: another text makes it stale.</summary>
    public required string DescriptionHash { get; init; }

    /// <summary>SHA-256 of the blob.</summary>
    public required string BlobHash { get; init; }

    /// <summary>Size of the blob in bytes.</summary>
    public required long BlobBytes { get; init; }

    /// <summary>Where the weights came from, for the header of the generated file: file name and SHA-256, or the seed.</summary>
    public required EquatableArray<string> Sources { get; init; }

    /// <summary>Name of the embedded resource that is the blob, or null where <see cref="Words"/> holds it.</summary>
    public required string? Resource { get; init; }

    /// <summary>Meaning of the input's bytes, those of the first layer where callers give real numbers; null for float32 networks.</summary>
    public required QuantizedTensor? Input { get; init; }

    /// <summary>The outputs, in the network's order.</summary>
    public required EquatableArray<PackedOutput> Outputs { get; init; }

    /// <summary>Offset of the 256 bytes that map the input's values to the first layer's, or null where they are the same.</summary>
    public required long? InputTable { get; init; }

    /// <summary>What a detector has beside its layers; null for networks that are none.</summary>
    public PackedDetector? Detector { get; init; }

    /// <summary>Meaning of the first output's bytes.</summary>
    public QuantizedTensor? Output => Outputs[0].Tensor;

    /// <summary>Offset of the 256 bytes that map the last layer's values to the first output's, or null where they are the same.</summary>
    public long? OutputTable => Outputs[0].Table;

    /// <summary>The numbers of the layers that have any.</summary>
    public required EquatableArray<PackedLayer> Layers { get; init; }

    /// <summary>The class names, or none.</summary>
    public required EquatableArray<string> Labels { get; init; }

    /// <summary>The blob as little-endian 64-bit words in hexadecimal, for <c>bake source</c>; else empty.</summary>
    public required EquatableArray<string> Words { get; init; }

    /// <summary>The numbers of a layer.</summary>
    public PackedLayer Layer(string name) => Layers.First(l => l.Name == name);
}

/// <summary>Real value = scale · (q − zero point).</summary>
/// <param name="Scale">The shortest text that reads back as the same float32: generated code must not depend on how its host prints one.</param>
/// <param name="ZeroPoint">In the unsigned domain of the kernels, where int8 values and zero points are 128 larger.</param>
public sealed record QuantizedTensor(string Scale, int ZeroPoint);

/// <summary>The numbers of an output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tensor">Meaning of its bytes, those of its layer where callers get real numbers; null for float32 networks.</param>
/// <param name="Table">Offset of the 256 bytes that map its layer's values to its own, or null where they are the same.</param>
public sealed record PackedOutput(string Name, QuantizedTensor? Tensor, long? Table);

/// <summary>The numbers of a detector.</summary>
/// <param name="Anchors">Offset of its anchors: float32 [count][4], the centre's y and x, height, width.</param>
public sealed record PackedDetector(long Anchors);

/// <summary>The numbers of a layer; each part is null where the layer has no use for it.</summary>
/// <param name="Name">The layer.</param>
public sealed record PackedLayer(string Name)
{
    /// <summary>Where its weights lie.</summary>
    public PackedWeights? Weights { get; init; }

    /// <summary>How its sums become bytes.</summary>
    public PackedRequantization? Requantization { get; init; }

    /// <summary>How a quantised addition is computed.</summary>
    public PackedAdd? Add { get; init; }

    /// <summary>How a quantised multiplication is computed.</summary>
    public PackedMultiply? Multiply { get; init; }

    /// <summary>How a quantised pooling is computed.</summary>
    public PackedPool? Pool { get; init; }

    /// <summary>Offset of the exponential table of a quantised softmax.</summary>
    public long? SoftmaxTable { get; init; }

    /// <summary>Offset of the 256 results of a quantised sigmoid or tanh, or of a quantised layer's activation that is no range.</summary>
    public long? FunctionTable { get; init; }

    /// <summary>Meaning of its quantised result.</summary>
    public QuantizedTensor? Output { get; init; }
}

/// <summary>Offsets into the blob, in bytes, and where a spatial layer starts to read.</summary>
/// <param name="Weights">Start of the weights panels.</param>
/// <param name="Channels">Start of the biases (float32), or of what blocks of 16 channels are requantised with.</param>
/// <param name="PadTop">Rows of padding above.</param>
/// <param name="PadLeft">Columns of padding on the left.</param>
/// <param name="SixteenBitEntries">
/// 0 for the plain form of weights; else they are packed for kernels that add products in 16 bits, and this is the number of entries of the panel that has most.
/// </param>
/// <param name="HasThrees">Whether those panels may have batches of three entries.</param>
public sealed record PackedWeights(long Weights, long Channels, int PadTop, int PadLeft, int SixteenBitEntries = 0, bool HasThrees = false);

/// <summary>The literals of a requantisation, in the unsigned domain.</summary>
public sealed record PackedRequantization(int WeightZeroPoint, int OutputZeroPoint, int Min, int Max, RoundingMode Rounding);

/// <summary>
/// The literals of a quantised addition, in the unsigned domain. The last three, in single precision, are texts that read back as the same numbers; the left factor is 0 where
/// no such numbers give the same bytes.
/// </summary>
public sealed record PackedAdd(
    int LeftZeroPoint, int LeftMultiplier, int LeftShift,
    int RightZeroPoint, int RightMultiplier, int RightShift,
    int OutputMultiplier, int OutputShift, int OutputZeroPoint, int Min, int Max,
    string LeftFactor = "0", string RightFactor = "0", string Offset = "0");

/// <summary>
/// The literals of a quantised multiplication, in the unsigned domain. The last two, in single precision, are texts that read back as the same numbers; the scale is 0 where no such numbers
/// give the same bytes.
/// </summary>
public sealed record PackedMultiply(int MapZeroPoint, int FactorZeroPoint, int Multiplier, int Shift, int OutputZeroPoint, int Min, int Max, string Scale = "0", string Nudge = "0");

/// <summary>The numerics of a quantised pooling.</summary>
public enum PoolKind
{
    /// <summary>AVERAGE_POOL_2D on uint8.</summary>
    AverageUInt8,

    /// <summary>AVERAGE_POOL_2D on int8.</summary>
    AverageInt8,

    /// <summary>MEAN on uint8.</summary>
    MeanUInt8,

    /// <summary>MEAN on int8.</summary>
    MeanInt8,
}

/// <summary>The literals of a quantised pooling, in the unsigned domain. <paramref name="Bias"/> is used by <see cref="PoolKind.MeanUInt8"/> alone.</summary>
public sealed record PackedPool(PoolKind Kind, int InputZeroPoint, int Multiplier, int Shift, int Bias, int OutputZeroPoint, int Min, int Max);
