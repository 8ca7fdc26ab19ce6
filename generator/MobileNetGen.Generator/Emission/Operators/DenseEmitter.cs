using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A dense layer. A pixel of a map with a halo is no contiguous vector, as its blocks lie apart: to its kernel such a layer is a pointwise one.</summary>
internal sealed class DenseEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => "dense";

    public override string Kernel(Step step) => IsContiguous(step) ? "Dense" : "Pointwise";

    public override MapNames Maps(Step step) => IsContiguous(step) ? new(null, null, null) : base.Maps(step);

    public override KernelCall Float32(StepArguments step) => IsContiguous(step.Step)
        ? new("Float32Kernels.Dense", $"input: {step.Input}, output: {step.Output}", step.FloatWeights, Size(step), step.Activation)
        // Its weights are in whole blocks.
        : new("Float32Kernels.Pointwise", "input, output, " + step.FloatWeights, step.InputsAndChannels(step.Step.Output.Blocks * FeatureBuffer.BlockChannels), step.Activation);

    public override KernelCall Bytes(StepArguments step) => IsContiguous(step.Step)
        ? new("UInt8Kernels.Dense", $"input: {step.Input}, output: {step.Output}", step.ByteWeights, Size(step), step.Requantization)
        : new("UInt8Kernels.Pointwise", "input, output, " + step.ByteWeights, step.InputsAndOutputs, step.Requantization);

    private static bool IsContiguous(Step step) => step.Input.Halo == 0;

    private static string Size(StepArguments step) => $"inputs: {step.Layer.Input.Channels}, outputBlocks: {step.OutputBlocks}";
}
