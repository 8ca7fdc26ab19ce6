using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class DepthwiseEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"depthwise {layer.Kernel}×{layer.Kernel}";

    public override string Kernel(Step step) => step.Layer.Multiplier > 1 ? "DepthwiseMultiplier" : "Depthwise";

    public override KernelCall Float32(StepArguments step) =>
        new($"Float32Kernels.{Kernel(step.Step)}", "input, output, " + step.FloatWeights, step.Window, Shape(step), step.Activation);

    public override KernelCall Bytes(StepArguments step) =>
        new($"UInt8Kernels.{Kernel(step.Step)}", "input, output, " + step.ByteWeights, step.Window, Shape(step), step.Requantization);

    private static string Shape(StepArguments step) => step.Layer.Multiplier > 1
        ? $"{step.Width}, multiplier: {step.Layer.Multiplier}, outputBlocks: {step.Step.Output.Blocks}, {step.Rows}"
        : $"{step.Width}, blocks: {step.Blocks}, {step.Rows}";
}
