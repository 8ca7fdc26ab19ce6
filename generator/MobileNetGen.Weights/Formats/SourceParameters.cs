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
    /// <summary>Whether what a map becomes as one row is in the order channels, rows, columns: in the weights of a fully connected layer behind it.</summary>
    public bool IsChannelsFirst { get; init; }

    /// <summary>The anchors of a detector; null where the file has none.</summary>
    public SourceAnchors? Anchors { get; init; }

    /// <summary>Whether there is a batch normalisation whose ε the file does not say.</summary>
    public bool NeedsEpsilon => Filters.Any(filter => filter.Normalization is { StatesEpsilon: false } || filter.NormalizationBefore is { StatesEpsilon: false });
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

    /// <summary>A filter of the same shape, before this one, of which the file does not tell whether it runs before this one; null where there is none.</summary>
    public string? UnorderedWith { get; init; }

    /// <summary>
    /// What is still to be folded in, null where nothing is. It waits for <see cref="Fold"/> because most files do not say its ε and the network's text may.
    /// </summary>
    public BatchNormalization? Normalization { get; init; }

    /// <summary>What is still to be folded in of what stands before a fully connected layer, where nothing before that could take it in.</summary>
    public BatchNormalization? NormalizationBefore { get; init; }

    /// <summary>The same layer without batch normalisations beside it.</summary>
    /// <param name="epsilon">ε in place of the format's default; a file that states its own ε keeps that.</param>
    /// <exception cref="WeightsException">A variance is negative, or a result not finite.</exception>
    public SourceFilter Fold(double? epsilon)
    {
        SourceFilter folded = this with { Normalization = null, NormalizationBefore = null };
        if (NormalizationBefore is { } before)
        {
            (SourceTensor weights, SourceTensor? bias) = Affine(before).FoldBefore(Place, folded.Weights, folded.Bias);
            folded = folded with { Weights = weights, Bias = bias };
        }

        if (Normalization is { } behind)
        {
            int axis = Kind == SourceFilterKind.Depthwise ? Weights.Shape.Length - 1 : 0;
            (SourceTensor weights, SourceTensor? bias) = Affine(behind).Fold(behind.Place, folded.Weights, axis, folded.Bias);
            folded = folded with { Weights = weights, Bias = bias };
        }

        return folded;

        ChannelAffine Affine(BatchNormalization n) =>
            ChannelAffine.BatchNormalization(n.Place, n.Gamma, n.Beta, n.Mean, n.Variance, n.StatesEpsilon ? n.Epsilon : epsilon ?? n.Epsilon);
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

    /// <summary>What stands behind that.</summary>
    public SourceFollower? Next { get; init; }

    /// <summary>These facts, and others of the same layer where these say nothing.</summary>
    public SourceLayerFacts Or(SourceLayerFacts? other) => other is null ? this : new()
    {
        Stride = Stride ?? other.Stride,
        Padding = Padding ?? other.Padding,
        Activation = Activation ?? other.Activation,
        Next = Next ?? other.Next,
    };
}

/// <summary>What stands behind a layer and its activation.</summary>
public enum SourceFollower
{
    /// <summary>The next layer that has weights, a sum, or the end.</summary>
    Other,

    /// <summary>The mean over height and width.</summary>
    AveragePool,

    /// <summary>The largest value over height and width.</summary>
    MaxPool,

    /// <summary>A whole map becomes one row.</summary>
    Flatten,

    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>A softmax.</summary>
    Softmax,
}
