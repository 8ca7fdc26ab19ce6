using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class ConvolutionEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"convolution {layer.Kernel}×{layer.Kernel}";

    public override string Kernel(Step step) => "Convolution";

    public override KernelCall Float32(StepArguments step) => new(
        "Float32Kernels.Convolution", $"input, lanes: {step.Step.Input.Lanes}, output, {step.FloatWeights}", step.Window, step.InputsAndOutputs, step.Activation);

    public override KernelCall Bytes(StepArguments step) => step.Weights.SixteenBitEntries is var entries and > 0
        ? new("UInt8Kernels.ConvolutionSixteenBit", "input, output, " + step.ByteWeights, step.Window, $"entries: {entries}, {step.OutputShape}", step.Requantization)
        : new("UInt8Kernels.Convolution", $"input, lanes: {step.Step.Input.Lanes}, output, {step.ByteWeights}", step.Window, step.InputsAndOutputs, step.Requantization);
}
