using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission.Operators;
using MobileNetGen.Tool.Operators;

namespace MobileNetGen.Tool.Info;

/// <summary>A layer in numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">What it is, as <c>depthwise 3×3</c>.</param>
/// <param name="Input">The shape of what it reads.</param>
/// <param name="Output">The shape of its result.</param>
/// <param name="Stride">Its stride.</param>
/// <param name="Activation">What is done to its result.</param>
/// <param name="MultiplyAdds">Its multiply-adds.</param>
/// <param name="Parameters">Its parameters, as the papers count.</param>
/// <param name="Kernel">The kernel that computes it, or null where an earlier layer's does so with its own.</param>
/// <param name="ScratchBytes">Memory of its result in scratch; 0 where an earlier layer's kernel writes it in place.</param>
/// <param name="Rows">How many rows of the result exist at once, if not all.</param>
internal sealed record LayerSummary(
    string Name, string Operator, Shape Input, Shape Output, int Stride, Activation Activation, long MultiplyAdds, long Parameters,
    string? Kernel, long ScratchBytes, int? Rows);

/// <summary>A network in numbers: of its text alone, with or without weights.</summary>
internal sealed record NetworkSummary
{
    /// <summary>The generated class.</summary>
    public required string ClassName { get; init; }

    /// <summary>The architecture.</summary>
    public required string Network { get; init; }

    /// <summary>The width multiplier.</summary>
    public required decimal Alpha { get; init; }

    /// <summary>The shape of the image.</summary>
    public required Shape Input { get; init; }

    /// <summary>The number of outputs.</summary>
    public required int Outputs { get; init; }

    /// <summary>What is known of a detector's boxes; null for other networks.</summary>
    public DetectorSummary? Detector { get; init; }

    /// <summary>The arithmetic.</summary>
    public required Quantization Quantization { get; init; }

    /// <summary>Multiply-adds of a call.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Parameters, as the papers count.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of weights and biases: four each in float32; quantised, one a weight and four a bias.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Scratch of a call.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>Whether a call takes its scratch from the stack.</summary>
    public required bool OnStack { get; init; }

    /// <summary>The layer during which the most scratch is in use.</summary>
    public required string PeakLayer { get; init; }

    /// <summary>The layers.</summary>
    public required ImmutableArray<LayerSummary> Layers { get; init; }

    /// <summary>What was published about this variant.</summary>
    public required ImmutableArray<PublishedRow> Published { get; init; }

    /// <summary>Summarises a plan.</summary>
    public static NetworkSummary Of(Plan plan)
    {
        Network network = plan.Network;
        int weight = network.Quantization == Quantization.Float32 ? 4 : 1;
        return new NetworkSummary
        {
            ClassName = network.ClassName,
            Network = network.Architecture,
            Alpha = network.Alpha,
            Input = network.Input,
            Outputs = network.OutputLength,
            Detector = network.Detector is { } detector ? DetectorSummary.Of(detector) : null,
            Quantization = network.Quantization,
            MultiplyAdds = network.MultiplyAdds,
            Parameters = network.Parameters,
            WeightBytes = network.Layers.Where(l => l.HasWeights).Sum(l => (l.WeightCount * weight) + (4L * l.Output.Channels)),
            ScratchBytes = plan.ScratchBytes,
            OnStack = plan.FitsStack,
            PeakLayer = plan.PeakStep,
            Layers = [.. plan.Steps.SelectMany(LayersOf)],
            Published = PublishedNumbers.All.Of(network),
        };
    }

    private static IEnumerable<LayerSummary> LayersOf(Step step)
    {
        int? rows = step.Output.Ring > 0 ? step.Output.Ring : null;
        bool isInPlace = step.Second is not null && step.Second.Offset == step.Output.Offset;
        long bytes = isInPlace ? 0 : step.Output.Bytes;
        yield return Of(step.Layer, OperatorEmitter.All[step.Layer.Operator].Kernel(step), step.FusedAdd is null ? bytes : 0, rows);
        if (step.FusedAdd is { } add)
            yield return Of(add, null, bytes, rows);
    }

    private static LayerSummary Of(Layer layer, string? kernel, long bytes, int? rows) => new(
        layer.Name, ToolOperator.Of(layer).Text(layer), layer.Input, layer.Output, layer.Stride, layer.Activation, layer.MultiplyAdds, layer.Parameters, kernel, bytes, rows);
}
