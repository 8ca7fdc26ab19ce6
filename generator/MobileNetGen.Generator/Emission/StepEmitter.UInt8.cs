using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <content>Quantised: activations are unsigned bytes, also of int8 networks; sums are rescaled by integers.</content>
internal static partial class StepEmitter
{
    private static void UInt8(IndentedWriter writer, ClassModel model, Step step)
    {
        Layer layer = step.Layer;
        PackedLayer packed = model.Packed!.Layer(layer.Name);
        string type = layer.Kind == LayerKind.Depthwise ? "short" : "sbyte";
        string weights = packed.Weights is { } w ? $"weights: {Literals.At("weights", w.Weights, type)}, rescaling: {Literals.At("weights", w.Channels, "int")}" : "";
        string requantization = packed.Requantization is null ? "" : Requantization(packed.Requantization);
        string input = Pointer(model, step.Input), output = Pointer(model, step.Output);

        switch (layer.Kind)
        {
            case LayerKind.Pointwise when step.FusedAdd is { } add:
                Call(
                    writer, "UInt8Kernels.PointwiseAdd" + Form(packed), "input, output, " + weights, PointwiseShape(step, packed), requantization,
                    "residual", Add(model.Packed.Layer(add.Name).Add!));
                break;
            case LayerKind.Pointwise when step.Input.IsBlocked:
                Call(writer, "UInt8Kernels.Pointwise" + Form(packed), "input, output, " + weights, PointwiseShape(step, packed), requantization);
                break;
            case LayerKind.Convolution when packed.Weights!.SixteenBitEntries > 0:
                Call(
                    writer, "UInt8Kernels.ConvolutionSixteenBit", "input, output, " + weights, Window(layer, packed.Weights),
                    $"entries: {packed.Weights.SixteenBitEntries}, {OutputShape(step)}", requantization);
                break;
            case LayerKind.Pointwise or LayerKind.Convolution:
                Call(
                    writer, "UInt8Kernels.Convolution", $"input, lanes: {step.Input.Lanes}, output, {weights}", Window(layer, packed.Weights!),
                    InputsAndOutputs(step), requantization);
                break;
            case LayerKind.Depthwise when layer.Multiplier == 1:
                Call(
                    writer, "UInt8Kernels.Depthwise", "input, output, " + weights, Window(layer, packed.Weights!),
                    $"width: {step.Output.Shape.Width}, blocks: {step.Output.Blocks}, {Rows(step)}", requantization);
                break;
            case LayerKind.Depthwise:
                Call(
                    writer, "UInt8Kernels.DepthwiseMultiplier", "input, output, " + weights, Window(layer, packed.Weights!),
                    $"width: {step.Output.Shape.Width}, multiplier: {layer.Multiplier}, outputBlocks: {step.Output.Blocks}, {Rows(step)}", requantization);
                break;
            case LayerKind.Add:
                Call(
                    writer, "UInt8Kernels.Add", "left, right, output", $"width: {step.Output.Shape.Width}, blocks: {step.Output.Blocks}, {Rows(step)}",
                    Add(packed.Add!));
                break;
            case LayerKind.AveragePool:
                Pool(writer, model, step, packed.Pool!);
                break;
            case LayerKind.MaxPool:
                Call(writer, "UInt8Kernels.MaxPool", $"input, output: {output}", $"height: {layer.Input.Height}, width: {layer.Input.Width}, blocks: {step.Input.Blocks}");
                break;
            case LayerKind.Flatten:
                Flatten(writer, step, output);
                break;
            case LayerKind.Dense when IsContiguousVector(step.Input):
                Call(
                    writer, "UInt8Kernels.Dense", $"input: {input}, output: {output}", weights,
                    $"inputs: {layer.Input.Channels}, outputBlocks: {step.Output.Blocks}", requantization);
                break;
            case LayerKind.Dense:
                Call(writer, "UInt8Kernels.Pointwise", "input, output, " + weights, InputsAndOutputs(step), requantization);
                break;
            case LayerKind.Tanh or LayerKind.Sigmoid:
                Call(
                    writer, "UInt8Kernels.MapBytes", $"input: {input}, output: {output}, count: {step.Output.Blocks * FeatureBuffer.BlockChannels}",
                    $"table: {Literals.At("weights", packed.FunctionTable!.Value)}");
                break;
            case LayerKind.Softmax:
                Call(
                    writer, "UInt8Kernels.Softmax", $"input: {input}, output: {output}, count: {layer.Output.Channels}",
                    $"table: {Literals.At("weights", packed.SoftmaxTable!.Value, "float")}, signed: {(model.Network.Quantization == Quantization.Int8 ? "true" : "false")}");
                break;
            default:
                throw Unknown(layer);
        }
    }

    /// <summary>Which of a kernel's forms the weights were packed for.</summary>
    private static string Form(PackedLayer packed) => packed.Weights!.SixteenBitEntries > 0 ? "SixteenBit" : "";

    private static string PointwiseShape(Step step, PackedLayer packed) => packed.Weights!.SixteenBitEntries is var entries and > 0
        ? $"entries: {entries}, hasThrees: {(packed.Weights.HasThrees ? "true" : "false")}, {OutputShape(step)}"
        : InputsAndOutputs(step);

    private static string OutputShape(Step step) => $"width: {step.Output.Shape.Width}, outputBlocks: {Blocks(step.Layer.Output.Channels)}, {Rows(step)}";

    private static void Pool(IndentedWriter writer, ClassModel model, Step step, PackedPool pool)
    {
        Shape shape = step.Layer.Input;
        string operands = $"input, output: {Pointer(model, step.Output)}";
        string geometry = $"height: {shape.Height}, width: {shape.Width}, blocks: {step.Input.Blocks}";
        string rescale = FormattableString.Invariant($"multiplier: {pool.Multiplier}, shift: {pool.Shift}");
        switch (pool.Kind)
        {
            case PoolKind.MeanInt8:
                Call(
                    writer, "UInt8Kernels.MeanInt8", operands, geometry,
                    $"inputZeroPoint: {pool.InputZeroPoint}, {rescale}, outputZeroPoint: {pool.OutputZeroPoint}");
                break;
            case PoolKind.MeanUInt8:
                Call(writer, "UInt8Kernels.MeanUInt8", operands, geometry, FormattableString.Invariant($"{rescale}, bias: {pool.Bias}"));
                break;
            default:
                string kernel = pool.Kind == PoolKind.AverageInt8 ? "AveragePoolInt8" : "AveragePoolUInt8";
                Call(writer, $"UInt8Kernels.{kernel}", operands, geometry, $"min: {pool.Min}, max: {pool.Max}");
                break;
        }
    }

    private static string Requantization(PackedRequantization r) => FormattableString.Invariant(
        $"new Requantization(weightZeroPoint: {r.WeightZeroPoint}, outputZeroPoint: {r.OutputZeroPoint}, min: {r.Min}, max: {r.Max}, Rounding.{r.Rounding})");

    private static string Add(PackedAdd a) => FormattableString.Invariant($"""
        new QuantizedAdd(
                leftZeroPoint: {a.LeftZeroPoint}, leftMultiplier: {a.LeftMultiplier}, leftShift: {a.LeftShift},
                rightZeroPoint: {a.RightZeroPoint}, rightMultiplier: {a.RightMultiplier}, rightShift: {a.RightShift},
                outputMultiplier: {a.OutputMultiplier}, outputShift: {a.OutputShift}, outputZeroPoint: {a.OutputZeroPoint}, min: {a.Min}, max: {a.Max},
                leftFactor: {a.LeftFactor}f, rightFactor: {a.RightFactor}f, offset: {a.Offset}f)
        """);
}
