using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class SoftmaxEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => "softmax";

    public override string Kernel(Step step) => "Softmax";

    public override MapNames Maps(Step step) => new(null, null, null);

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.Softmax", $"input: {step.Input}, output: {step.Output}, count: {step.Layer.Output.Channels}");

    public override KernelCall Bytes(StepArguments step) => new(
        "UInt8Kernels.Softmax", $"input: {step.Input}, output: {step.Output}, count: {step.Layer.Output.Channels}",
        $"table: {Literals.At("weights", step.Packed.SoftmaxTable!.Value, "float")}, signed: {(step.IsSigned ? "true" : "false")}");
}
