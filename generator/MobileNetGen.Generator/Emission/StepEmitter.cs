using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the method of one step: its maps, one kernel call with every shape a literal, and the halo that the next layer reads.</summary>
internal static partial class StepEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model, Step step, string method)
    {
        Summary(writer, step);
        writer.WriteLine($"private static void {method}({StageParameters})");
        using (writer.Block())
        {
            Maps(writer, model, step);
            Kernel(writer, model, step);
            Halo(writer, model, step);
        }
    }

    /// <summary>The one kernel call of a step, on maps that are declared above it.</summary>
    public static void Kernel(IndentedWriter writer, ClassModel model, Step step)
    {
        if (model.IsQuantized)
            UInt8(writer, model, step);
        else
            Float32(writer, model, step);
    }

    /// <summary>What every method is given.</summary>
    public const string StageParameters = "byte* scratch, byte* weights";

    /// <summary>The same, handed on.</summary>
    public const string StageArguments = "scratch, weights";

    /// <summary>A map that lies in scratch.</summary>
    public static string MapExpression(ClassModel model, FeatureBuffer buffer) =>
        $"new FeatureMap<{Element(model)}>({Pointer(model, buffer)}, rowStride: {buffer.RowStride}, blockStride: {buffer.BlockStride}{(buffer.Ring > 0 ? $", ring: {buffer.Ring}" : "")})";

    /// <summary>A declaration of a map that lies in scratch.</summary>
    public static string Map(ClassModel model, string name, FeatureBuffer buffer) => $"var {name} = {MapExpression(model, buffer)};";

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
            Halo(writer, "output", step.Output, Zero(model, step.Output));
    }

    /// <summary>A call, its arguments by lines.</summary>
    public static void Call(IndentedWriter writer, string method, params string[] arguments)
    {
        if (arguments.Length == 1)
        {
            writer.WriteLine($"{method}({arguments[0]});");
            return;
        }

        writer.WriteLine($"{method}(");
        for (int i = 0; i < arguments.Length; i++)
            writer.WriteLine($"    {arguments[i]}{(i + 1 < arguments.Length ? "," : ");")}");
    }

    /// <summary>A byte's literal.</summary>
    public static string Byte(int value) => $"(byte){value}";

    private static string Element(ClassModel model) => model.IsQuantized ? "byte" : "float";

    /// <summary>Where a map's first pixel lies.</summary>
    private static string Pointer(ClassModel model, FeatureBuffer buffer) =>
        model.IsQuantized ? Literals.At("scratch", buffer.Origin) : Literals.At("scratch", buffer.Origin, "float");

    /// <summary>Declares the maps that a step's kernel is given.</summary>
    public static void Maps(IndentedWriter writer, ClassModel model, Step step)
    {
        // The rest work on vectors, which need no more than their addresses.
        bool isVector = (step.Layer.Operator == Operator.Softmax || step.Layer.Operator == Operator.Sigmoid || step.Layer.Operator == Operator.Tanh) || (step.Layer.Operator == Operator.Dense && IsContiguousVector(step.Input));
        if (isVector)
            return;
        writer.WriteLine(Map(model, step.Layer.Operator == Operator.Add ? "left" : "input", step.Input));
        if (step.Second is not null)
            writer.WriteLine(Map(model, step.FusedAdd is null ? "right" : "residual", step.Second));
        if ((step.Layer.Operator != Operator.AveragePool && step.Layer.Operator != Operator.MaxPool && step.Layer.Operator != Operator.Flatten))
            writer.WriteLine(Map(model, "output", step.Output));
    }

    /// <summary>A map as a vector, for numbers of either type.</summary>
    private static void Flatten(IndentedWriter writer, Step step, string output) => Call(
        writer, "Flattening.Flatten", $"input, output: {output}", $"height: {step.Layer.Input.Height}, width: {step.Layer.Input.Width}, channels: {step.Layer.Input.Channels}");

    private static InvalidOperationException Unknown(Layer layer) => new($"The generator has no kernel for {layer.Kind}.");

    /// <summary>The literal that means zero in a step's result.</summary>
    public static string Zero(ClassModel model, FeatureBuffer buffer)
    {
        if (!model.IsQuantized)
            return "0f";
        PackedLayer layer = model.Packed!.Layer(buffer.Name);
        return Byte(layer.Output!.ZeroPoint);
    }

    /// <summary>Blocks of 16 channels.</summary>
    private static int Blocks(int channels) => (channels + FeatureBuffer.BlockChannels - 1) / FeatureBuffer.BlockChannels;

    /// <summary>The part of a spatial kernel's arguments that weights and formats decide.</summary>
    private static string Window(Layer layer, PackedWeights weights) =>
        $"kernel: {layer.Kernel}, stride: {layer.Stride}, padTop: {weights.PadTop}, padLeft: {weights.PadLeft}";

    private static string Rows(Step step) => step.Band > 0 ? "firstRow: y, rowCount: count" : $"firstRow: 0, rowCount: {step.Output.Shape.Height}";

    private static string InputsAndOutputs(Step step) =>
        $"width: {step.Output.Shape.Width}, inputChannels: {step.Layer.Input.Channels}, outputBlocks: {Blocks(step.Layer.Output.Channels)}, {Rows(step)}";

    /// <summary>A pixel of a map with a halo is no contiguous vector: its blocks lie apart.</summary>
    private static bool IsContiguousVector(FeatureBuffer buffer) => buffer.Halo == 0;

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
        string operation = layer.Kind switch
        {
            LayerKind.Convolution => $"convolution {layer.Kernel}×{layer.Kernel}",
            LayerKind.Pointwise => "pointwise 1×1",
            LayerKind.Depthwise => $"depthwise {layer.Kernel}×{layer.Kernel}",
            LayerKind.Add => $"{layer.Inputs[0]} plus {layer.Inputs[1]}",
            LayerKind.AveragePool => $"average pool {layer.Input.Height}×{layer.Input.Width}",
            LayerKind.MaxPool => $"max pool {layer.Input.Height}×{layer.Input.Width}",
            LayerKind.Flatten => "flatten",
            LayerKind.Dense => "dense",
            LayerKind.Tanh => "tanh",
            LayerKind.Sigmoid => "sigmoid",
            LayerKind.Softmax => "softmax",
            _ => throw Unknown(layer),
        };
        string multiplier = layer.Multiplier > 1 ? $" multiplier {layer.Multiplier}" : "";
        string stride = layer.Stride > 1 ? $" stride {layer.Stride}" : "";
        return $"{layer.Name}: {operation}{multiplier}{stride}, {layer.Input} → {layer.Output}{ActivationText(layer)}";
    }

    private static string ActivationText(Layer layer) =>
        layer.HasWeights || layer.Activation != Activation.Linear ? $", {layer.Activation.ToString().ToLowerInvariant()}" : "";
}
