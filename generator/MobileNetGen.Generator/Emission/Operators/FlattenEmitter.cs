using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A map as a vector: one kernel for numbers of either type.</summary>
internal sealed class FlattenEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => "flatten";

    public override string Kernel(Step step) => "Flatten";

    public override MapNames Maps(Step step) => new("input", null, null);

    public override KernelCall Float32(StepArguments step) => new(
        "Flattening.Flatten", $"input, output: {step.Output}", $"height: {step.Layer.Input.Height}, width: {step.Layer.Input.Width}, channels: {step.Layer.Input.Channels}");

    public override KernelCall Bytes(StepArguments step) => Float32(step);
}
