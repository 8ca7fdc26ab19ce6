using System.Linq;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes sliced stages: a loop over blocks of channels, and for each step a method that computes those of its result.</summary>
internal static class SliceEmitter
{
    /// <summary>The first of the blocks of channels that a call computes.</summary>
    public const string Block = "block";

    /// <summary>The method of a stage, named for its ends.</summary>
    public static string Name(Stage stage, MethodNames names) => $"Slice{names[stage.Steps[0].Layer]}To{names[stage.Last.Layer]}";

    /// <summary>Writes the method of a stage and those of its steps.</summary>
    public static void Emit(IndentedWriter writer, ClassModel model, Stage stage, MethodNames names)
    {
        FeatureBuffer slice = stage.Steps[0].Output;
        writer.WriteLine($"""
            /// <summary>
            /// {stage.Steps[0].Last.Name} … {stage.Last.Last.Name}, {slice.Slice * FeatureBuffer.BlockChannels} channels at a time: of the first map no more exist.
            /// </summary>
            private static void {Name(stage, names)}({StepEmitter.StageParameters(model)})
            """);
        using (writer.Block())
        {
            StepEmitter.Halo(writer, StepEmitter.MapExpression(model, slice), slice, StepEmitter.Zero(model, slice));
            int parts = Sharing.Of(model, stage).Parts;
            if (parts > 1)
                TeamEmitter.Share(writer, model, parts);
            (string first, string end) = parts > 1 ? ($"share.First * {slice.Slice}", $"share.End * {slice.Slice}") : ("0", $"{stage.Last.Output.Blocks}");
            writer.WriteLine($"for (int {Block} = {first}; {Block} < {end}; {Block} += {slice.Slice})");
            using (writer.Block())
            {
                foreach (Step step in stage.Steps)
                    writer.WriteLine($"{names[step.Layer]}({Block}, {StepEmitter.StageArguments(model)});");
            }
        }

        foreach (Step step in stage.Steps)
        {
            writer.WriteLine();
            StepEmitter.Summary(writer, step);
            writer.WriteLine($"private static void {names[step.Layer]}(int {Block}, {StepEmitter.StageParameters(model)})");
            using (writer.Block())
            {
                StepEmitter.Maps(writer, model, step);
                StepEmitter.Kernel(writer, model, step);
            }
        }
    }

    /// <summary>An address that a call of a step moves on to its blocks, where it does not compute all.</summary>
    /// <param name="address">Where the first block is.</param>
    /// <param name="model">The network.</param>
    /// <param name="step">The step.</param>
    /// <param name="stride">From one block to the next.</param>
    public static string At(string address, ClassModel model, Step step, long stride) =>
        step.Slice > 0 ? $"{address} + {Block} * {stride}" : Sharing.Of(model, step).ByBlocks ? $"{address} + share.First * {stride}" : address;
}
