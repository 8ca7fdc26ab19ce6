using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>What the arguments of a step's kernel call are made of.</summary>
internal sealed class StepArguments(ClassModel model, Step step)
{
    /// <summary>The step.</summary>
    public Step Step => step;

    /// <summary>The layer.</summary>
    public Layer Layer => step.Layer;

    /// <summary>The numbers of the layer.</summary>
    public PackedLayer Packed => model.Packed!.Layer(step.Layer.Name);

    /// <summary>The numbers of the layer's weights.</summary>
    public PackedWeights Weights => Packed.Weights!;

    /// <summary>Whether activations are signed to the caller.</summary>
    public bool IsSigned => model.Network.Quantization == Quantization.Int8;

    /// <summary>The address of what is read.</summary>
    public string Input => StepEmitter.Pointer(model, step.Input);

    /// <summary>The address of the second operand.</summary>
    public string Second => StepEmitter.Pointer(model, step.Second!);

    /// <summary>The address of what is written.</summary>
    public string Output => SliceEmitter.At(StepEmitter.Pointer(model, step.Output), model, step, FeatureBuffer.BlockChannels);

    /// <summary>How many blocks of channels a call computes of a result that has a block for each of its input's.</summary>
    public string Blocks => BlocksOf(step.Output.Blocks);

    /// <summary>Weights and biases of a float32 layer.</summary>
    public string FloatWeights
    {
        get
        {
            long panel = (long)Layer.Kernel * Layer.Kernel * Layer.FilterInputs * FeatureBuffer.BlockChannels;
            string weights = SliceEmitter.At(Literals.At("weights", Weights.Weights, "float"), model, step, panel);
            return $"weights: {weights}, bias: {SliceEmitter.At(Literals.At("weights", Weights.Channels, "float"), model, step, FeatureBuffer.BlockChannels)}";
        }
    }

    /// <summary>Weights of a quantised layer, and what its outputs are requantised with.</summary>
    public string ByteWeights
    {
        get
        {
            int taps = Layer.Kernel * Layer.Kernel, panel = Layer.IsDepthwise ? PanelLayout.Depthwise(taps, 1).Panel : PanelLayout.Bytes(taps, Layer.FilterInputs, 1).Panel;
            string weights = SliceEmitter.At(Literals.At("weights", Weights.Weights, Layer.IsDepthwise ? "short" : "sbyte"), model, step, panel);
            return $"weights: {weights}, rescaling: {SliceEmitter.At(Literals.At("weights", Weights.Channels, "int"), model, step, RescalingLayout.Length)}";
        }
    }

    /// <summary>The address of the sums that are kept between bands.</summary>
    public string Sums => Literals.At("scratch", step.Output.Sums, "int");

    /// <summary>What is done to the results of a float32 step before they are stored.</summary>
    public string Activation => "activation: " + step.Last.Activation switch
    {
        Compiler.Networks.Activation.HSwish => $"new {Names.Kernels}.Float32HSwish()",
        Compiler.Networks.Activation.HSigmoid => $"new {Names.Kernels}.Float32HSigmoid()",
        var clamp => $"new {Names.Kernels}.Float32Clamp(min: {Literals.Minimum(clamp)}, max: {Literals.Maximum(clamp)})",
    };

    /// <summary>How sums become bytes.</summary>
    public string Requantization => Packed.Requantization is not { } r ? "" : FormattableString.Invariant(
        $"new {Names.Kernels}.Requantization(weightZeroPoint: {r.WeightZeroPoint}, outputZeroPoint: {r.OutputZeroPoint}, min: {r.Min}, max: {r.Max}, {Names.Kernels}.Rounding.{r.Rounding}{Table(Packed)})");

    /// <summary>How the step's addition, fused or not, is computed in bytes.</summary>
    public string Addition
    {
        get
        {
            PackedAdd a = model.Packed!.Layer(step.Last.Name).Add!;
            return FormattableString.Invariant($"""
                new {Names.Kernels}.QuantizedAdd(
                        leftZeroPoint: {a.LeftZeroPoint}, leftMultiplier: {a.LeftMultiplier}, leftShift: {a.LeftShift},
                        rightZeroPoint: {a.RightZeroPoint}, rightMultiplier: {a.RightMultiplier}, rightShift: {a.RightShift},
                        outputMultiplier: {a.OutputMultiplier}, outputShift: {a.OutputShift}, outputZeroPoint: {a.OutputZeroPoint}, min: {a.Min}, max: {a.Max},
                        leftFactor: {a.LeftFactor}f, rightFactor: {a.RightFactor}f, offset: {a.Offset}f{Table(model.Packed!.Layer(step.Last.Name))})
                """);
        }
    }

    /// <summary>The argument that gives the table of an activation, where a layer has one.</summary>
    private static string Table(PackedLayer layer) => layer.FunctionTable is { } table ? $", table: {Literals.At("weights", table)}" : "";

    /// <summary>The part of a spatial kernel's arguments that weights and formats decide.</summary>
    public string Window => $"kernel: {Layer.Kernel}, stride: {Layer.Stride}, padTop: {Weights.PadTop}, padLeft: {Weights.PadLeft}";

    /// <summary>Which rows a call computes.</summary>
    public string Rows => StepEmitter.Rows(model, step);

    /// <summary>Columns of the result.</summary>
    public string Width => $"width: {step.Output.Shape.Width}";

    /// <summary>The size of what a layer reads whole.</summary>
    public string InputSize => $"height: {Layer.Input.Height}, width: {Layer.Input.Width}, blocks: {BlocksOf(step.Input.Blocks)}";

    /// <summary>Blocks of 16 outputs.</summary>
    public string OutputBlocks => BlocksOf((Layer.Output.Channels + FeatureBuffer.BlockChannels - 1) / FeatureBuffer.BlockChannels);

    /// <summary>The shape of a convolution's result in blocks.</summary>
    public string OutputShape => $"{Width}, outputBlocks: {OutputBlocks}, {Rows}";

    /// <summary>The same with the channels that it reads.</summary>
    public string InputsAndOutputs => $"{Width}, inputChannels: {Layer.Input.Channels}, outputBlocks: {OutputBlocks}, {Rows}";

    /// <summary>The same with outputs counted one by one.</summary>
    public string InputsAndChannels(int outputs) => $"{Width}, inputChannels: {Layer.Input.Channels}, outputChannels: {Channels(outputs)}, {Rows}";

    private bool IsSharedByBlocks => Sharing.Of(model, step).ByBlocks;

    private string BlocksOf(int all) => IsSharedByBlocks ? "share.Count" : $"{(step.Slice > 0 ? step.Slice : all)}";

    /// <summary>The channels that a call computes: the last slice may have fewer than its blocks have room for.</summary>
    private string Channels(int outputs)
    {
        if (IsSharedByBlocks)
        {
            string shared = $"share.Count * {FeatureBuffer.BlockChannels}";
            return outputs % FeatureBuffer.BlockChannels == 0 ? shared : $"{Names.Math}.Min({outputs} - share.First * {FeatureBuffer.BlockChannels}, {shared})";
        }

        int most = step.Slice * FeatureBuffer.BlockChannels;
        return step.Slice == 0 ? $"{outputs}" : outputs % most == 0 ? $"{most}" : $"{Names.Math}.Min({outputs} - {SliceEmitter.Block} * {FeatureBuffer.BlockChannels}, {most})";
    }
}
