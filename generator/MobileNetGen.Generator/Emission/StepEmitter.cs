using System.Linq;
using MobileNetGen.Compiler.Networks;
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
        string parameters = string.Join(", ", Arguments(model, step).Split(',').Select(a => "byte* " + a.Trim()));
        writer.WriteLine($"private static void {method}({parameters})");
        using (writer.Block())
        {
            if (model.IsQuantized)
                UInt8(writer, model, step);
            else
                Float32(writer, model, step);
        }
    }

    /// <summary>What the method of a step is given.</summary>
    public static string Arguments(ClassModel model, Step step) =>
        step.Layer.HasWeights || (model.IsQuantized && step.Layer.Kind == LayerKind.Softmax) ? "scratch, weights" : "scratch";

    /// <summary>A declaration of a map that lies in scratch.</summary>
    public static string Map(ClassModel model, string name, FeatureBuffer buffer) =>
        $"var {name} = new FeatureMap<{Element(model)}>({Pointer(model, buffer)}, rowStride: {buffer.RowStride}, blockStride: {buffer.BlockStride});";

    /// <summary>The halo of a map, where some layer reads one.</summary>
    public static void Halo(IndentedWriter writer, string map, FeatureBuffer buffer, string value)
    {
        if (buffer.Halo > 0)
            Call(writer, "Halo.Fill", $"{map}, height: {buffer.Shape.Height}, width: {buffer.Shape.Width}, blocks: {buffer.Blocks}, lanes: {buffer.Lanes}, halo: {buffer.Halo}, value: {value}");
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

    private static void Maps(IndentedWriter writer, ClassModel model, Step step, string second)
    {
        writer.WriteLine(Map(model, step.Layer.Kind == LayerKind.Add ? "left" : "input", step.Input));
        if (step.Second is not null)
            writer.WriteLine(Map(model, second, step.Second));
        writer.WriteLine(Map(model, "output", step.Output));
    }

    /// <summary>Blocks of 16 channels.</summary>
    private static int Blocks(int channels) => (channels + FeatureBuffer.BlockChannels - 1) / FeatureBuffer.BlockChannels;

    /// <summary>The part of a spatial kernel's arguments that weights and formats decide.</summary>
    private static string Window(Layer layer, PackedWeights weights) =>
        $"kernel: {layer.Kernel}, stride: {layer.Stride}, padTop: {weights.PadTop}, padLeft: {weights.PadLeft}";

    private static string Rows(Step step) => $"firstRow: 0, rowCount: {step.Output.Shape.Height}";

    private static string InputsAndOutputs(Step step) =>
        $"width: {step.Output.Shape.Width}, inputChannels: {step.Layer.Input.Channels}, outputBlocks: {Blocks(step.Layer.Output.Channels)}, {Rows(step)}";

    /// <summary>A pixel of a map with a halo is no contiguous vector: its blocks lie apart.</summary>
    private static bool IsContiguousVector(FeatureBuffer buffer) => buffer.Halo == 0;

    private static void Summary(IndentedWriter writer, Step step)
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
            LayerKind.Dense => "dense",
            _ => "softmax",
        };
        string multiplier = layer.Multiplier > 1 ? $" multiplier {layer.Multiplier}" : "";
        string stride = layer.Stride > 1 ? $" stride {layer.Stride}" : "";
        return $"{layer.Name}: {operation}{multiplier}{stride}, {layer.Input} → {layer.Output}{ActivationText(layer)}";
    }

    private static string ActivationText(Layer layer) =>
        layer.HasWeights || layer.Activation != Activation.Linear ? $", {layer.Activation.ToString().ToLowerInvariant()}" : "";
}
