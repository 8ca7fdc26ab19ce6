using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

internal sealed class AveragePoolEmitter : OperatorEmitter
{
    public override string Describe(Layer layer) => $"average pool {layer.Input.Height}×{layer.Input.Width}";

    public override string Kernel(Step step) => "AveragePool";

    public override MapNames Maps(Step step) => new("input", null, null);

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.AveragePool", $"input, output: {step.Output}", step.InputSize, step.Activation);

    public override KernelCall Bytes(StepArguments step)
    {
        PackedPool pool = step.Packed.Pool!;
        string operands = $"input, output: {step.Output}", rescale = FormattableString.Invariant($"multiplier: {pool.Multiplier}, shift: {pool.Shift}");
        string zeroPoint = $"inputZeroPoint: {pool.InputZeroPoint}, {rescale}, outputZeroPoint: {pool.OutputZeroPoint}", range = $"min: {pool.Min}, max: {pool.Max}";
        return pool.Kind switch
        {
            PoolKind.MeanInt8 => new("UInt8Kernels.MeanInt8", operands, step.InputSize, zeroPoint),
            PoolKind.MeanUInt8 => new("UInt8Kernels.MeanUInt8", operands, step.InputSize, FormattableString.Invariant($"{rescale}, bias: {pool.Bias}")),
            PoolKind.AverageInt8 => new("UInt8Kernels.AveragePoolInt8", operands, step.InputSize, range),
            PoolKind.AverageUInt8 => new("UInt8Kernels.AveragePoolUInt8", operands, step.InputSize, range),
            _ => throw new InvalidOperationException($"The generator does not know the pool {pool.Kind}."),
        };
    }
}
