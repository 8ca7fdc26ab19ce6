using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Networks;

/// <summary>What stands behind the word of a layer, before its options.</summary>
internal enum LayerArgument
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A number of channels, which follows α.</summary>
    Channels,

    /// <summary>A number of outputs, or <c>classes</c>.</summary>
    Outputs,

    /// <summary>The name of a layer.</summary>
    Operand,
}

/// <summary>What a layer reads.</summary>
internal enum LayerInput
{
    /// <summary>A feature map.</summary>
    Map,

    /// <summary>A vector.</summary>
    Vector,

    /// <summary>A vector, or a map of one pixel: to it that is a vector, with or without a halo around it.</summary>
    VectorOrPixel,

    /// <summary>A map or a vector.</summary>
    Any,
}

/// <summary>A word that begins the line of a layer.</summary>
/// <param name="Argument">What stands behind it.</param>
/// <param name="Input">What the layer reads.</param>
/// <param name="Options">The options that it takes, beside <c>as</c> and <c>from</c>.</param>
/// <param name="Expand">Makes layers of it; null after reporting what is wrong.</param>
internal sealed record LayerWord(LayerArgument Argument, LayerInput Input, IReadOnlyList<string> Options, Func<LayerExpander, LayerLine, LayerResult?> Expand)
{
    /// <summary>Side of the filter where the line gives none.</summary>
    public int Kernel { get; init; } = 1;

    /// <summary>Whether its result is the network's, which nothing of a MobileNet reads.</summary>
    public bool EndsNetwork { get; init; }

    /// <summary>What would give it the input that it needs.</summary>
    public string Remedy { get; init; } = "put avgpool above it";
}

/// <summary>The words of layers: what each takes, and the layers that it becomes.</summary>
internal static class LayerWords
{
    private static readonly IReadOnlyList<string> s_activations = Activations.Words;
    private static readonly string[] s_widenings = ["widen-only", "fixed", "truncated"];

    /// <summary>By word; <see cref="Syntax.Keywords.Layers"/> has an example of each.</summary>
    public static readonly IReadOnlyDictionary<string, LayerWord> All = new Dictionary<string, LayerWord>
    {
        ["conv"] = new(LayerArgument.Channels, LayerInput.Map, ["kernel", "stride", "repeat", .. s_activations, .. s_widenings], (e, line) => e.Convolution(line)),
        ["pointwise"] = new(LayerArgument.Channels, LayerInput.Map, ["repeat", .. s_activations, .. s_widenings], (e, line) => e.Window(line, Operator.Pointwise)),
        ["depthwise"] = new(LayerArgument.None, LayerInput.Map, ["kernel", "stride", "multiplier", "repeat", .. s_activations], (e, line) => e.Window(line, Operator.Depthwise)) { Kernel = 3 },
        ["separable"] = new(LayerArgument.Channels, LayerInput.Map, ["kernel", "stride", "repeat", .. s_activations, .. s_widenings], (e, line) => e.Separable(line)) { Kernel = 3 },
        ["bottleneck"] = new(LayerArgument.Channels, LayerInput.Map, ["kernel", "stride", "expand", "squeeze", "fused", "no-residual", "repeat", .. s_activations, .. s_widenings], (e, line) => e.Bottleneck(line)) { Kernel = 3 },
        ["add"] = new(LayerArgument.Operand, LayerInput.Map, s_activations, (e, line) => e.Add(line)),
        ["multiply"] = new(LayerArgument.Operand, LayerInput.Any, [], (e, line) => e.Multiply(line)),
        ["avgpool"] = new(LayerArgument.None, LayerInput.Map, [], (e, line) => e.Whole(line, Operator.AveragePool)),
        ["maxpool"] = new(LayerArgument.None, LayerInput.Map, [], (e, line) => e.Whole(line, Operator.MaxPool)),
        ["flatten"] = new(LayerArgument.None, LayerInput.Map, [], (e, line) => e.Whole(line, Operator.Flatten)),
        ["dense"] = new(LayerArgument.Outputs, LayerInput.VectorOrPixel, [.. s_activations, "tanh", "sigmoid", "widen-only"], (e, line) => e.Dense(line)) { Remedy = "put avgpool, maxpool or flatten above it" },
        ["sigmoid"] = new(LayerArgument.None, LayerInput.Vector, [], (e, line) => e.Whole(line, Operator.Sigmoid)) { EndsNetwork = true },
        ["softmax"] = new(LayerArgument.None, LayerInput.Vector, [], (e, line) => e.Softmax(line)) { EndsNetwork = true },
    };

    /// <summary>Every option, in the order in which messages list them.</summary>
    public static readonly IReadOnlyList<string> Options =
        ["kernel", "stride", "expand", "squeeze", "fused", "no-residual", "multiplier", "repeat", .. s_activations, "tanh", "sigmoid", .. s_widenings, "as", "from"];

    /// <summary>The options that a word takes.</summary>
    public static IEnumerable<string> OptionsOf(string word) => Options.Where(option => option is "as" or "from" || All[word].Options.Contains(option));
}
