using System.Linq;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the network itself: one straight list of steps, and of stages that run row by row.</summary>
internal static class ForwardEmitter
{
    /// <summary>Runs the network in aligned scratch on what <see cref="InputEmitter"/> says the caller's data is passed as.</summary>
    public static string Call(ClassModel model, string source) =>
        $"Forward({source}, {(model.IsShared ? "member: default, shared: aligned, " : "")}aligned, Weights.Data{ResultsEmitter.Argument(model, "&results")});";

    public static void Emit(IndentedWriter writer, ClassModel model, MethodNames names)
    {
        FeatureBuffer output = model.Plan.Output;
        string end = model.Network.KeepsOutput ? $" The result ends up at {output.Origin} in scratch." : "";
        var stream = new StreamEmitter(writer, model, names);
        writer.WriteLine($"""
            /// <summary>The network, step by step.{end}</summary>
            private static void Forward({InputEmitter.SourceParameters(model)}, {StepEmitter.StageParameters(model)})
            """);
        using (writer.Block())
        {
            if (!InputEmitter.IsStreamed(model))
            {
                writer.WriteLine($"{InputEmitter.PullMethod}({string.Join(", ", InputEmitter.SourceNames(model))}, {TeamEmitter.Argument(model)}{StepEmitter.InputArguments(model)});");
                TeamEmitter.Wait(writer, model);
            }

            foreach (Stage stage in model.Plan.Stages)
            {
                string call = stage.IsStreamed ? stream.Call(stage) : $"{(stage.IsSliced ? SliceEmitter.Name(stage, names) : names[stage.Last.Layer])}({StepEmitter.StageArguments(model)});";
                TeamEmitter.Stage(writer, model, stage, call);
            }

            if (model.Network.KeepsOutput && model.Packed!.OutputTable is { } table)
            {
                string values = Literals.At("scratch", output.Origin);
                writer.WriteLine("// The outputs' scale is not the last layer's.");
                TeamEmitter.ByFirst(writer, model, true, () => StepEmitter.Call(writer, "UInt8Kernels.MapBytes", $"{values}, {values}, OutputLength, table: {Literals.At("weights", table)}"));
            }
        }

        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>The first address from which every map lies on a cache line; <see cref="ScratchBytes"/> has room for it.</summary>
            private static byte* Align(byte* memory) => (byte*)(((nuint)memory + {Plan.Alignment - 1}) & ~(nuint){Plan.Alignment - 1});
            """);
        ResultsEmitter.Emit(writer, model);
        TeamEmitter.Emit(writer, model);
        stream.EmitRows();
        InputEmitter.Emit(writer, model);
        foreach (Stage stage in model.Plan.Stages)
        {
            writer.WriteLine();
            if (stage.IsStreamed)
                stream.Emit(stage);
            else if (stage.IsSliced)
                SliceEmitter.Emit(writer, model, stage, names);
            else
                StepEmitter.Emit(writer, model, stage.Last, names[stage.Last.Layer]);
        }
    }
}
