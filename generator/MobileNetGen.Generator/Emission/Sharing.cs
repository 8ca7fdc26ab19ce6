using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>How threads share a stage.</summary>
/// <param name="Parts">How many parts there are that can be computed each by itself: rows of its result, blocks of its channels, or slices. 1 where one thread computes all.</param>
/// <param name="ByBlocks">Whether they are blocks of channels.</param>
internal readonly record struct Sharing(int Parts, bool ByBlocks)
{
    /// <summary>With fewer rows the parts of two threads differ by more than a tenth.</summary>
    private const int FewRows = 14;

    /// <summary>That of a stage.</summary>
    public static Sharing Of(ClassModel model, Stage stage)
    {
        if (!model.IsShared)
            return new(1, false);
        if (stage.IsSliced)
            return new(stage.Last.Output.Blocks / stage.Last.Slice, false);

        // What pools bands adds them up in order, and what a stage drains, or lets a branch compute, stands behind all of its rows.
        if (stage.IsStreamed)
            return new(stage.Last.Layer.Operator.GathersRows || stage.Branches.Count > 0 || stage.Drained.Any() ? 1 : stage.Last.Output.Shape.Height, false);
        return Of(model, stage.Last);
    }

    /// <summary>That of a step that computes a whole map.</summary>
    public static Sharing Of(ClassModel model, Step step)
    {
        if (!model.IsShared || step.Band > 0 || step.Slice > 0)
            return new(1, false);
        if (PrefersBlocks(model, step))
            return new(step.Output.Blocks, true);
        return new(step.Layer.Operator.CanStream ? step.Output.Shape.Height : 1, false);
    }

    /// <summary>
    /// Whether threads share blocks of channels: of layers with more weights than activations, of which each thread then reads its own part, and of filters on few rows. Panels for 16-bit sums
    /// have various sizes, so that their places are not known here.
    /// </summary>
    private static bool PrefersBlocks(ClassModel model, Step step)
    {
        Layer layer = step.Layer;
        if (step.Stored is not null || step.Output.Blocks < 2 || !step.Input.IsBlocked || !layer.HasWeights || model.Packed!.Layer(layer.Name).Weights!.SixteenBitEntries > 0)
            return false;
        if (layer.Operator == Operator.Depthwise)
            return layer.Multiplier == 1 && step.Output.Shape.Height < FewRows;
        return layer.Operator == Operator.Dense || (layer.Operator == Operator.Pointwise && layer.WeightCount * step.Output.ElementSize > step.Input.Bytes + step.Output.Bytes);
    }
}
