using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats;

/// <summary>
/// The trained parameters of a network from a file that does not say how they are connected: a state dictionary, a checkpoint. Strides, padding and
/// activations are those of the network's text.
/// </summary>
/// <param name="Format">The facts of the file's format.</param>
/// <param name="Filters">One for each layer that has weights, in the order of execution as far as the file tells it.</param>
public sealed record SourceParameters(SourceFormat Format, ImmutableArray<SourceFilter> Filters) : SourceModel(Format)
{
    /// <summary>Whether there is a batch normalisation whose ε the file does not say.</summary>
    public bool NeedsEpsilon => Filters.Any(filter => filter.Normalization is { StatesEpsilon: false });
}

/// <summary>What kind of layer weights are of, as far as the file tells.</summary>
public enum SourceFilterKind
{
    /// <summary>A convolution: [out][kernel height][kernel width][in].</summary>
    Convolution,

    /// <summary>A depthwise convolution: [kernel height][kernel width][channels · multiplier].</summary>
    Depthwise,

    /// <summary>A fully connected layer: [out][in].</summary>
    Dense,
}

/// <summary>The weights and biases of one layer, and the batch normalisation behind it.</summary>
/// <param name="Place">Where they are in the file, for messages: "features.0.0.weight".</param>
/// <param name="Kind">Of what kind of layer. A convolution of one input channel is also a depthwise one with a multiplier, and the other way round.</param>
/// <param name="Weights">float32, in the order that <paramref name="Kind"/> says.</param>
/// <param name="Bias">[out] of float32, or null where there is none.</param>
public sealed record SourceFilter(string Place, SourceFilterKind Kind, SourceTensor Weights, SourceTensor? Bias)
{
    /// <summary>What the file states of the layer beside its numbers; null where it is a file of numbers alone.</summary>
    public SourceLayerFacts? Facts { get; init; }

    /// <summary>
    /// What is still to be folded in, null where nothing is. It waits for <see cref="Fold"/> because most files do not say its ε and the network's text may.
    /// </summary>
    public BatchNormalization? Normalization { get; init; }

    /// <summary>The same layer without a batch normalisation behind it.</summary>
    /// <param name="epsilon">ε in place of the format's default; a file that states its own ε keeps that.</param>
    /// <exception cref="WeightsException">A variance is negative, or a result not finite.</exception>
    public SourceFilter Fold(double? epsilon)
    {
        if (Normalization is not { } n)
            return this;
        double used = n.StatesEpsilon ? n.Epsilon : epsilon ?? n.Epsilon;
        ChannelAffine affine = ChannelAffine.BatchNormalization(n.Place, n.Gamma, n.Beta, n.Mean, n.Variance, used);
        (SourceTensor weights, SourceTensor? bias) = affine.Fold(n.Place, Weights, Kind == SourceFilterKind.Depthwise ? Weights.Shape.Length - 1 : 0, Bias);
        return this with { Weights = weights, Bias = bias, Normalization = null };
    }
}

/// <summary>What a file without operators states of a layer all the same, as the modules of PyTorch do. What is null it does not say.</summary>
public sealed record SourceLayerFacts
{
    /// <summary>Steps down and along the map.</summary>
    public (int Height, int Width)? Stride { get; init; }

    /// <summary>Padding around the map.</summary>
    public SourcePadding? Padding { get; init; }

    /// <summary>What is done to the layer's result, batch normalisation included before it.</summary>
    public SourceActivation? Activation { get; init; }

    /// <summary>A function that follows the layer as an operator of its own: a head's sigmoid, a hidden tanh.</summary>
    public SourceFunction? Function { get; init; }
}
