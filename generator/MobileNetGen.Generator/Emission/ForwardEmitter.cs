using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the network itself: one straight list of steps.</summary>
internal static class ForwardEmitter
{
    /// <summary>Runs the network in aligned scratch.</summary>
    public const string Call = "Forward(aligned, Weights.Data);";

    public static void Emit(IndentedWriter writer, ClassModel model, MethodNames names)
    {
        FeatureBuffer output = model.Plan.Output;
        writer.WriteLine($"""
            /// <summary>The network, step by step. The input lies at {model.Plan.Input.Origin} in scratch, the result ends up at {output.Origin}.</summary>
            private static void Forward(byte* scratch, byte* weights)
            """);
        using (writer.Block())
        {
            foreach (Step step in model.Plan.Steps)
                writer.WriteLine($"{names[step.Layer]}({StepEmitter.Arguments(model, step)});");
            if (model.Packed!.OutputTable is { } table)
            {
                string values = Literals.At("scratch", output.Origin);
                writer.WriteLine("// The outputs' scale is not the last layer's.");
                writer.WriteLine($"UInt8Kernels.MapBytes({values}, {values}, OutputLength, table: {Literals.At("weights", table)});");
            }
        }

        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>The first address from which every map lies on a cache line; <see cref="ScratchBytes"/> has room for it.</summary>
            private static byte* Align(byte* memory) => (byte*)(((nuint)memory + {Plan.Alignment - 1}) & ~(nuint){Plan.Alignment - 1});
            """);
    }
}
