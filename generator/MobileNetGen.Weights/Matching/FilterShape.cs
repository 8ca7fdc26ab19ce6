using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>The size of a layer's weights, by which it is told from others.</summary>
/// <param name="Height">Rows of the kernel; 1 in a fully connected layer.</param>
/// <param name="Width">Columns of the kernel; 1 in a fully connected layer.</param>
/// <param name="Inputs">Channels that each output reads: 1 in a depthwise layer.</param>
/// <param name="Outputs">Channels of the result.</param>
internal readonly record struct FilterShape(int Height, int Width, int Inputs, int Outputs)
{
    /// <summary>What a layer needs.</summary>
    public static FilterShape Of(Layer layer) => new(layer.Kernel, layer.Kernel, layer.FilterInputs, layer.Output.Channels);

    /// <summary>What a file has.</summary>
    public static FilterShape Of(SourceFilter filter)
    {
        ImmutableArray<int> sizes = filter.Weights.Shape;
        return filter.Kind switch
        {
            SourceFilterKind.Convolution => new(sizes[1], sizes[2], sizes[3], sizes[0]),
            SourceFilterKind.Depthwise => new(sizes[0], sizes[1], 1, sizes[2]),
            _ => new(1, 1, sizes[1], sizes[0]),
        };
    }

    /// <summary>What an operator has; null of one without weights.</summary>
    public static FilterShape? Of(SourceOperator step) => step switch
    {
        SourceConvolution { Weights.Shape: var sizes } => new(sizes[1], sizes[2], sizes[3], sizes[0]),
        SourceDepthwise { Weights.Shape: var sizes } => new(sizes[0], sizes[1], 1, sizes[2]),
        SourceDense { Weights.Shape: var sizes } => new(1, 1, sizes[1], sizes[0]),
        _ => null,
    };

    /// <summary>The layers with weights before a network's head. Dense layers before the last map are among them: those of squeezes.</summary>
    public static IEnumerable<Layer> Body(Network network) =>
        network.Layers.Take(network.Layers.Count - network.Layers.Reverse().TakeWhile(layer => !layer.HasWeights || layer.Operator == Operator.Dense).Count()).Where(layer => layer.HasWeights);

    /// <summary>How unlike two are: in the kernel first, then in how many of the two channel counts.</summary>
    public int Difference(FilterShape other) =>
        (Height == other.Height && Width == other.Width ? 0 : 3) + (Inputs == other.Inputs ? 0 : 1) + (Outputs == other.Outputs ? 0 : 1);

    /// <summary>Where a file's having this for a layer that needs something else is to be mended.</summary>
    public Place PlaceFor(Layer layer) => HasOtherClasses(layer) ? Place.Statement("classes") : Place.Layer(layer);

    /// <summary>What to do where a file has this for a layer that needs something else.</summary>
    public string Advice(Layer layer)
    {
        if (HasOtherClasses(layer))
            return $"the file has {Outputs} classes; write: classes {Outputs}";
        if (layer.Operator == Operator.Dense)
            return "correct 'classes' or the dense layer";
        return Outputs == layer.Output.Channels ? "correct the layer" : "correct 'alpha', or the layer";
    }

    /// <summary>Whether all that differs is how many classes a network tells apart.</summary>
    private bool HasOtherClasses(Layer layer) => layer.Operator == Operator.Dense && Inputs == layer.FilterInputs && Outputs != layer.Output.Channels && layer.Source.Contains(" classes");

    /// <summary>For messages: <c>3×3 weights for 16 inputs and 32 outputs</c>.</summary>
    public override string ToString() => $"{Height}×{Width} weights for {Inputs} inputs and {Outputs} outputs";
}
