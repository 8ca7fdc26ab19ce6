using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <content>float32: biases beside the weights, clamps in real numbers.</content>
internal static partial class StepEmitter
{
    private static void Float32(IndentedWriter writer, ClassModel model, Step step)
    {
        Layer layer = step.Layer;
        PackedWeights? packed = layer.HasWeights ? model.Packed!.Layer(layer.Name).Weights : null;
        string weights = packed is null ? "" : $"weights: {Literals.At("weights", packed.Weights, "float")}, bias: {Literals.At("weights", packed.Channels, "float")}";
        string activation = $"activation: new Float32Clamp(min: {Literals.Minimum(step.Last.Activation)}, max: {Literals.Maximum(step.Last.Activation)})";
        string input = Pointer(model, step.Input), output = Pointer(model, step.Output);

        switch (layer.Kind)
        {
            case LayerKind.Pointwise when step.FusedAdd is not null:
                Call(writer, "Float32Kernels.PointwiseAdd", "input, output, " + weights, Channels(step, layer.Output.Channels), "residual, " + activation);
                break;
            case LayerKind.Pointwise when step.Input.IsBlocked:
                Call(writer, "Float32Kernels.Pointwise", "input, output, " + weights, Channels(step, layer.Output.Channels), activation);
                break;
            case LayerKind.Pointwise or LayerKind.Convolution:
                Call(writer, "Float32Kernels.Convolution", $"input, lanes: {step.Input.Lanes}, output, {weights}", Window(layer, packed!), InputsAndOutputs(step), activation);
                break;
            case LayerKind.Depthwise when layer.Multiplier == 1:
                Call(
                    writer, "Float32Kernels.Depthwise", "input, output, " + weights, Window(layer, packed!),
                    $"width: {step.Output.Shape.Width}, blocks: {step.Output.Blocks}, {Rows(step)}", activation);
                break;
            case LayerKind.Depthwise:
                Call(
                    writer, "Float32Kernels.DepthwiseMultiplier", "input, output, " + weights, Window(layer, packed!),
                    $"width: {step.Output.Shape.Width}, multiplier: {layer.Multiplier}, outputBlocks: {step.Output.Blocks}, {Rows(step)}", activation);
                break;
            case LayerKind.Add:
                Call(writer, "Float32Kernels.Add", "left, right, output", $"width: {step.Output.Shape.Width}, blocks: {step.Output.Blocks}, {Rows(step)}", activation);
                break;
            case LayerKind.AveragePool:
                Call(
                    writer, "Float32Kernels.AveragePool", $"input, output: {output}",
                    $"height: {layer.Input.Height}, width: {layer.Input.Width}, blocks: {step.Input.Blocks}", activation);
                break;
            case LayerKind.MaxPool:
                Call(writer, "Float32Kernels.MaxPool", $"input, output: {output}", $"height: {layer.Input.Height}, width: {layer.Input.Width}, blocks: {step.Input.Blocks}");
                break;
            case LayerKind.Flatten:
                Flatten(writer, step, output);
                break;
            case LayerKind.Dense when IsContiguousVector(step.Input):
                Call(
                    writer, "Float32Kernels.Dense", $"input: {input}, output: {output}", weights,
                    $"inputs: {layer.Input.Channels}, outputBlocks: {step.Output.Blocks}", activation);
                break;
            case LayerKind.Dense:
                // Its weights are in whole blocks.
                Call(writer, "Float32Kernels.Pointwise", "input, output, " + weights, Channels(step, step.Output.Blocks * FeatureBuffer.BlockChannels), activation);
                break;
            case LayerKind.Tanh or LayerKind.Sigmoid:
                Call(writer, $"Float32Kernels.{layer.Kind}", $"input: {input}, output: {output}, blocks: {step.Output.Blocks}");
                break;
            case LayerKind.Softmax:
                Call(writer, "Float32Kernels.Softmax", $"input: {input}, output: {output}, count: {layer.Output.Channels}");
                break;
            default:
                throw Unknown(layer);
        }
    }

    private static string Channels(Step step, int outputs) =>
        $"width: {step.Output.Shape.Width}, inputChannels: {step.Layer.Input.Channels}, outputChannels: {outputs}, {Rows(step)}";
}
