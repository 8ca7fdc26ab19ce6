using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>What an operator of any format is to the search for a detector's heads.</summary>
internal enum HeadStepKind
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>It gives constants.</summary>
    Constant,

    /// <summary>A convolution, with whatever is fused into it.</summary>
    Convolution,

    /// <summary>It gives real numbers for integers, or adds or multiplies by constants.</summary>
    Linear,

    /// <summary>It only moves dimensions, or drops or adds such of size 1.</summary>
    Move,

    /// <summary>It gives another shape.</summary>
    Reshape,

    /// <summary>It takes a part.</summary>
    Slice,

    /// <summary>It joins values.</summary>
    Join,

    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid,

    /// <summary>A softmax.</summary>
    Softmax,

    /// <summary>e^x.</summary>
    Exponential,

    /// <summary>The whole post-processing: its first input is encodings, its second scores.</summary>
    Detection,
}

/// <summary>An operator as the search for a detector's heads sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, or that of its result; empty where the file has none.</param>
/// <param name="Inputs">The names of what it reads, each of one result.</param>
/// <param name="Outputs">The names of its results.</param>
internal sealed record HeadStep(HeadStepKind Kind, string Name, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs);
