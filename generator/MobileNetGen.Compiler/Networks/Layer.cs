using System;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Networks;

/// <summary>One operation of a network, with concrete shapes.</summary>
/// <param name="Name">Unique in the network, lower case with underscores: <c>bottleneck3_expand</c>.</param>
/// <param name="Operator">What it computes.</param>
/// <param name="Inputs">The layers it reads, <see cref="Network.InputName"/> for the network's input. Two for an addition, else one.</param>
/// <param name="Input">The shape of the (first) input.</param>
/// <param name="Output">The shape of the result.</param>
/// <param name="Kernel">Height and width of the filter; 1 where there is none.</param>
/// <param name="Stride">Step of the filter in both directions.</param>
/// <param name="Multiplier">Filters a channel in a depthwise layer, else 1.</param>
/// <param name="Activation">What is done to the result.</param>
/// <param name="Source">The statement it comes from, for comments.</param>
public sealed record Layer(
    string Name,
    Operator Operator,
    EquatableArray<string> Inputs,
    Shape Input,
    Shape Output,
    int Kernel,
    int Stride,
    int Multiplier,
    Activation Activation,
    string Source)
{
    /// <summary>Input channels that each output reads: 1 of a depthwise layer, 0 of one without weights.</summary>
    public int FilterInputs => Operator.Filter switch
    {
        FilterKind.Full => Input.Channels,
        FilterKind.Depthwise => 1,
        _ => 0,
    };

    /// <summary>Whether its weights are those of a depthwise layer, [kernel][kernel][outputs].</summary>
    public bool IsDepthwise => Operator.Filter == FilterKind.Depthwise;

    /// <summary>Multiplications, without bias and pooling, as the papers count.</summary>
    public long MultiplyAdds => Output.Length * Kernel * Kernel * FilterInputs;

    /// <summary>Weights, and for dense layers biases: the published count, in which batch normalisation (our convolutions' biases) is left out.</summary>
    public long Parameters => WeightCount + (Operator.CountsBiases ? Output.Channels : 0);

    /// <summary>The number of weights.</summary>
    public long WeightCount => (long)Kernel * Kernel * FilterInputs * Output.Channels;

    /// <summary>Whether the layer has weights and biases.</summary>
    public bool HasWeights => WeightCount > 0;

    /// <summary>Whether it reads more than one pixel for each it writes, so that its input needs a halo.</summary>
    public bool IsSpatial => Kernel > 1;

    /// <summary>
    /// Rows or columns that TensorFlow's SAME adds to an input of a size: just enough for ⌈size / stride⌉ outputs. Half of them, rounded down, stand
    /// before it: even sizes at stride 2 pad (0, 1), odd ones (1, 1).
    /// </summary>
    public int SamePadding(int size) => Math.Max((((size + Stride - 1) / Stride) - 1) * Stride + Kernel - size, 0);

    /// <summary>What it is, for diagnostics and comments: <c>pointwise 16 → 96, 112×112</c>.</summary>
    public override string ToString()
    {
        string filter = Kernel > 1 ? $" {Kernel}×{Kernel}" : "";
        string stride = Stride > 1 ? $" stride {Stride}" : "";
        return $"{Operator}{filter}{stride}, {Input} → {Output}";
    }
}
