using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A function of each value of a vector: computed in float32, looked up in bytes.</summary>
internal sealed class FunctionEmitter(string kernel) : OperatorEmitter
{
    public override string Describe(Layer layer) => kernel.ToLowerInvariant();

    public override string Kernel(Step step) => step.Input.ElementSize == 1 ? "MapBytes" : kernel;

    public override MapNames Maps(Step step) => new(null, null, null);

    public override KernelCall Float32(StepArguments step) => new($"Float32Kernels.{kernel}", $"input: {step.Input}, output: {step.Output}, blocks: {step.Step.Output.Blocks}");

    public override KernelCall Bytes(StepArguments step) => new(
        "UInt8Kernels.MapBytes", $"input: {step.Input}, output: {step.Output}, count: {step.Step.Output.Blocks * FeatureBuffer.BlockChannels}",
        $"table: {Literals.At("weights", step.Packed.FunctionTable!.Value)}");
}
