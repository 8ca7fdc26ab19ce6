using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class AddEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"{layer.Inputs[0]} plus {layer.Inputs[1]}";

    public override string Kernel(Step step) => "Add";

    public override MapNames Maps(Step step) => new("left", "right", "output");

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.Add", "left, right, output", Shape(step), step.Activation);

    public override KernelCall Bytes(StepArguments step) => new("UInt8Kernels.Add", "left, right, output", Shape(step), step.Addition);

    private static string Shape(StepArguments step) => $"{step.Width}, blocks: {step.Step.Output.Blocks}, {step.Rows}";
}
