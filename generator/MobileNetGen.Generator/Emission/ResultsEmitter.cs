using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission.Api;
using MobileNetGen.Generator.Emission.Operators;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes what stores results for the caller as soon as they, or rows of them, are there. A network of one vector has none of that.</summary>
internal static class ResultsEmitter
{
    /// <summary>Whether anything is stored.</summary>
    public static bool IsNeeded(ClassModel model) => model.Network.StoredOutputs.Any();

    /// <summary>Writes the struct that says where results go.</summary>
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        if (model.Network.Detector is { } detector)
        {
            new HeadsEmitter(writer, model, detector).EmitResults();
            return;
        }

        if (!IsNeeded(model))
            return;
        writer.WriteLine();
        writer.WriteLine("/// <summary>Where results go that are stored as they are computed: as real numbers, or as the network's own. Null is for what nobody asked for.</summary>");
        writer.WriteLine("private struct Results");
        using (writer.Block())
        {
            foreach (OutputParameter output in OutputParameter.Stored(model.Network))
            {
                writer.WriteLine($"internal float* {output.Field};");
                if (HasOwnType(model))
                    writer.WriteLine($"internal {model.RawOutput}* {output.RawField};");
            }
        }
    }

    /// <summary>Pins the spans of outputs that are stored.</summary>
    public static void Pin(IndentedWriter writer, ClassModel model, bool raw)
    {
        foreach (OutputParameter output in OutputParameter.Stored(model.Network))
            writer.WriteLine($"fixed ({(raw ? model.RawOutput : "float")}* {Pointer(output, raw)} = {(raw ? output.Raw : output.Scores)})");
    }

    /// <summary>Declares where results go, once their spans are pinned; nowhere, where only the best class is asked for.</summary>
    public static void Declare(IndentedWriter writer, ClassModel model, bool raw, bool isWanted = true)
    {
        if (!IsNeeded(model))
            return;
        IEnumerable<string> fields = OutputParameter.Stored(model.Network).Select(o => $"{(raw && HasOwnType(model) ? o.RawField : o.Field)} = {Pointer(o, raw)}");
        writer.WriteLine(isWanted ? $"var results = new Results {{ {string.Join(", ", fields)} }};" : "Results results = default;");
    }

    /// <summary>The argument that hands that on.</summary>
    public static string Argument(ClassModel model, string argument) => IsNeeded(model) ? ", " + argument : "";

    /// <summary>Stores what a step has just computed, if callers get it.</summary>
    public static void Store(IndentedWriter writer, ClassModel model, Step step)
    {
        if (step.Stored is not { } stored)
            return;
        string map = OperatorEmitter.All[step.Layer.Operator].Maps(step).Output ?? StepEmitter.MapExpression(model, step.Output);
        string rows = StepEmitter.Rows(model, step);
        if (model.Network.Detector is { } detector)
        {
            new HeadsEmitter(writer, model, detector).Store(step, map, rows);
            return;
        }

        OutputParameter output = OutputParameter.Stored(model.Network).First(o => o.Output == stored);
        string shape = $"width: {step.Output.Shape.Width}, channels: {step.Output.Shape.Channels}, {rows}";
        writer.WriteLine($"if (results->{output.Field} != null)");
        using (writer.Block())
        {
            if (model.IsQuantized)
            {
                QuantizedTensor tensor = model.Packed!.Layer(step.Last.Name).Output!;
                StepEmitter.Call(writer, "UInt8Kernels.StoreValues", map, $"results->{output.Field}", shape, $"scale: {Literals.Scale(tensor)}, zeroPoint: {tensor.ZeroPoint}");
            }
            else
            {
                StepEmitter.Call(writer, "Float32Kernels.StoreValues", map, $"results->{output.Field}", shape);
            }
        }

        if (!HasOwnType(model))
            return;
        writer.WriteLine($"if (results->{output.RawField} != null)");
        using (writer.Block())
        {
            bool signed = model.Network.OutputType == Quantization.Int8;
            StepEmitter.Call(writer, "UInt8Kernels.StoreBytes", map, $"{(signed ? "(byte*)" : "")}results->{output.RawField}", shape, $"flip: {(signed ? "0x80" : "0x00")}");
        }
    }

    /// <summary>Whether callers can also get bytes.</summary>
    private static bool HasOwnType(ClassModel model) => model.Network.OutputType != Quantization.Float32;

    private static string Pointer(OutputParameter output, bool raw) => raw ? output.RawPointer : output.ScoresPointer;
}
