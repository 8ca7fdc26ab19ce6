using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission.Operators;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the method of one step: its maps, one kernel call with every shape a literal, and the halo that the next layer reads.</summary>
internal static class StepEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model, Step step, string method)
    {
        Summary(writer, step);
        writer.WriteLine($"private static void {method}({StageParameters(model)})");
        using (writer.Block())
        {
            if (Sharing.Of(model, step).Parts is var parts and > 1)
                TeamEmitter.Share(writer, model, parts);
            Maps(writer, model, step);
            Kernel(writer, model, step);
            ResultsEmitter.Store(writer, model, step);
            Halo(writer, model, step);
        }
    }

    /// <summary>The one kernel call of a step, on maps that are declared above it.</summary>
    public static void Kernel(IndentedWriter writer, ClassModel model, Step step)
    {
        OperatorEmitter emitter = OperatorEmitter.All[step.Layer.Operator];
        var arguments = new StepArguments(model, step);
        KernelCall call = model.IsQuantized ? emitter.Bytes(arguments) : emitter.Float32(arguments);
        Call(writer, call.Method, call.Arguments);
    }

    /// <summary>What the methods that bring in the input are given.</summary>
    public static string InputParameters(ClassModel model) => TeamEmitter.Memory(model, "byte* ") + "byte* scratch, byte* weights";

    /// <summary>The same, handed on.</summary>
    public static string InputArguments(ClassModel model) => TeamEmitter.Memory(model, "") + "scratch, weights";

    /// <summary>What the methods of stages and steps are given.</summary>
    public static string StageParameters(ClassModel model) => TeamEmitter.Parameter(model) + InputParameters(model) + ResultsEmitter.Argument(model, "Results* results");

    /// <summary>The same, handed on.</summary>
    public static string StageArguments(ClassModel model) => TeamEmitter.Argument(model) + InputArguments(model) + ResultsEmitter.Argument(model, "results");

    /// <summary>A map that lies in scratch.</summary>
    public static string MapExpression(ClassModel model, FeatureBuffer buffer) => MapExpression(model, buffer, Pointer(model, buffer));

    private static string MapExpression(ClassModel model, FeatureBuffer buffer, string pointer) =>
        $"new {Names.Kernels}.FeatureMap<{Element(model)}>({pointer}, rowStride: {buffer.RowStride}, blockStride: {buffer.BlockStride}{(buffer.Ring > 0 ? $", ring: {buffer.Ring}" : "")})";

    /// <summary>A declaration of a map that lies in scratch.</summary>
    public static string Map(ClassModel model, string name, FeatureBuffer buffer) => $"var {name} = {MapExpression(model, buffer)};";

    /// <summary>The same of a map that a step reads or writes; in a sliced stage from its block of channels on, where the map has all.</summary>
    private static string Map(ClassModel model, string name, FeatureBuffer buffer, Step step, bool isWhole) => buffer.Slice > 0 || isWhole
        ? Map(model, name, buffer)
        : $"var {name} = {MapExpression(model, buffer, SliceEmitter.At(Pointer(model, buffer), model, step, buffer.BlockStride))};";

    /// <summary>The halo of a map, where some layer reads one.</summary>
    public static void Halo(IndentedWriter writer, string map, FeatureBuffer buffer, string value)
    {
        if (buffer.Halo > 0)
            Call(writer, "Halo.Fill", $"{map}, height: {buffer.Shape.Height}, width: {buffer.Shape.Width}, blocks: {buffer.Blocks}, lanes: {buffer.Lanes}, halo: {buffer.Halo}, value: {value}");
    }

    /// <summary>The halo of a step's whole result, unless an earlier step left the same one there.</summary>
    public static void Halo(IndentedWriter writer, ClassModel model, Step step)
    {
        if (model.Plan.HaloBefore(step) is { } earlier && Zero(model, earlier.Output) == Zero(model, step.Output))
            writer.WriteLine($"// The halo is there, from {earlier.Last.Name}.");
        else
            TeamEmitter.ByFirst(writer, model, step.Output.Halo > 0, () => Halo(writer, "output", step.Output, Zero(model, step.Output)));
    }

    /// <summary>A call of a kernel, its arguments by lines.</summary>
    public static void Call(IndentedWriter writer, string method, params string[] arguments)
    {
        if (arguments.Length == 1)
        {
            writer.WriteLine($"{Names.Kernels}.{method}({arguments[0]});");
            return;
        }

        writer.WriteLine($"{Names.Kernels}.{method}(");
        for (int i = 0; i < arguments.Length; i++)
            writer.WriteLine($"    {arguments[i]}{(i + 1 < arguments.Length ? "," : ");")}");
    }

    /// <summary>A byte's literal.</summary>
    public static string Byte(int value) => $"(byte){value}";

    private static string Element(ClassModel model) => model.IsQuantized ? "byte" : "float";

    /// <summary>Where a map's first pixel lies.</summary>
    public static string Pointer(ClassModel model, FeatureBuffer buffer)
    {
        string memory = TeamEmitter.MemoryOf(model, buffer);
        return model.IsQuantized ? Literals.At(memory, buffer.Origin) : Literals.At(memory, buffer.Origin, "float");
    }

    /// <summary>The rows that a call computes: a band's, a thread's, or all.</summary>
    public static string Rows(ClassModel model, Step step) => step.Band > 0 ? "firstRow: y, rowCount: count"
        : Sharing.Of(model, step) is { Parts: > 1, ByBlocks: false } ? TeamEmitter.Rows
        : $"firstRow: 0, rowCount: {step.Output.Shape.Height}";

    /// <summary>Declares the maps that a step's kernel is given.</summary>
    public static void Maps(IndentedWriter writer, ClassModel model, Step step)
    {
        MapNames names = OperatorEmitter.All[step.Layer.Operator].Maps(step);
        if (names.Input is not null)
            writer.WriteLine(Map(model, names.Input, step.Input, step, isWhole: step.Layer.Operator.Filter == FilterKind.Full));
        if (step.Second is not null && names.Second is not null)
            writer.WriteLine(Map(model, names.Second, step.Second, step, isWhole: false));
        if (names.Output is not null)
            writer.WriteLine(Map(model, names.Output, step.Output, step, isWhole: false));
    }

    /// <summary>The literal that means zero in a step's result.</summary>
    public static string Zero(ClassModel model, FeatureBuffer buffer)
    {
        if (!model.IsQuantized)
            return "0f";
        PackedLayer layer = model.Packed!.Layer(buffer.Name);
        return Byte(layer.Output!.ZeroPoint);
    }

    public static void Summary(IndentedWriter writer, Step step)
    {
        Layer layer = step.Layer;
        string work = layer.MultiplyAdds > 0 ? $"; {Literals.Grouped(layer.MultiplyAdds)} multiply-adds" : "";
        writer.WriteLine("/// <summary>");
        writer.WriteLine($"/// {Description(layer)};");
        if (step.FusedAdd is { } add)
            writer.WriteLine($"/// {add.Name}: plus {step.Second!.Name}{ActivationText(add)};");
        writer.WriteLine($"/// from \"{Literals.Documentation(layer.Source)}\"{work}.");
        writer.WriteLine("/// </summary>");
    }

    private static string Description(Layer layer)
    {
        string multiplier = layer.Multiplier > 1 ? $" multiplier {layer.Multiplier}" : "";
        string stride = layer.Stride > 1 ? $" stride {layer.Stride}" : "";
        return $"{layer.Name}: {OperatorEmitter.All[layer.Operator].Describe(layer)}{multiplier}{stride}, {layer.Input} → {layer.Output}{ActivationText(layer)}";
    }

    private static string ActivationText(Layer layer) =>
        layer.HasWeights || layer.Activation != Activation.Linear ? $", {layer.Activation.ToString().ToLowerInvariant()}" : "";
}
