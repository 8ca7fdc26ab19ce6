using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class MaxPoolEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"max pool {layer.Input.Height}×{layer.Input.Width}";

    public override string Kernel(Step step) => "MaxPool";

    public override MapNames Maps(Step step) => new("input", null, null);

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.MaxPool", $"input, output: {step.Output}", step.InputSize);

    public override KernelCall Bytes(StepArguments step) => new("UInt8Kernels.MaxPool", $"input, output: {step.Output}", step.InputSize);
}
