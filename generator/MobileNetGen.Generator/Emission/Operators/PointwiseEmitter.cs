using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A pointwise layer, with or without an addition; one that reads a network's few channels as they lie is a convolution to its kernel.</summary>
internal sealed class PointwiseEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => "pointwise 1×1";

    public override string Kernel(Step step) => step.FusedAdd is not null ? "PointwiseAdd" : step.Input.IsBlocked ? "Pointwise" : "Convolution";

    public override KernelCall Float32(StepArguments step)
    {
        if (!step.Step.Input.IsBlocked)
            return All[Operator.Convolution].Float32(step);
        string residual = step.Step.FusedAdd is null ? "" : "residual, ";
        return new($"Float32Kernels.{Kernel(step.Step)}", "input, output, " + step.FloatWeights, step.InputsAndChannels(step.Layer.Output.Channels), residual + step.Activation);
    }

    public override KernelCall Bytes(StepArguments step)
    {
        if (!step.Step.Input.IsBlocked)
            return All[Operator.Convolution].Bytes(step);
        int entries = step.Weights.SixteenBitEntries;
        string kernel = $"UInt8Kernels.{Kernel(step.Step)}{(entries > 0 ? "SixteenBit" : "")}", weights = "input, output, " + step.ByteWeights;
        string shape = entries > 0 ? $"entries: {entries}, hasThrees: {(step.Weights.HasThrees ? "true" : "false")}, {step.OutputShape}" : step.InputsAndOutputs;
        return step.Step.FusedAdd is null
            ? new(kernel, weights, shape, step.Requantization)
            : new(kernel, weights, shape, step.Requantization, "residual", step.Addition);
    }
}
