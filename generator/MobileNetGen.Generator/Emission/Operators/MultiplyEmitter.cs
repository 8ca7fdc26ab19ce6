using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A map times a vector of factors, which is passed as an address.</summary>
internal sealed class MultiplyEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"{layer.Inputs[0]} times {layer.Inputs[1]}";

    public override string Kernel(Step step) => "Multiply";

    public override MapNames Maps(Step step) => new("input", null, "output");

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.Multiply", Operands(step), Shape(step));

    public override KernelCall Bytes(StepArguments step)
    {
        PackedMultiply m = step.Packed.Multiply!;
        return new("UInt8Kernels.Multiply", Operands(step), Shape(step), FormattableString.Invariant($"""
            new {Names.Kernels}.QuantizedMultiply(
                    mapZeroPoint: {m.MapZeroPoint}, factorZeroPoint: {m.FactorZeroPoint}, multiplier: {m.Multiplier}, shift: {m.Shift},
                    outputZeroPoint: {m.OutputZeroPoint}, min: {m.Min}, max: {m.Max}, scale: {m.Scale}f, nudge: {m.Nudge}f)
            """));
    }

    private static string Operands(StepArguments step) => $"input, factors: {step.Second}, output";

    private static string Shape(StepArguments step) => $"{step.Width}, blocks: {step.Step.Output.Blocks}, {step.Rows}";
}
