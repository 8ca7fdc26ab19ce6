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

    public override KernelCall Float32(StepArguments step) => new("Float32Kernels.AveragePool", $"input, output: {step.Output}", step.InputSize + Band(step), step.Activation);

    /// <summary>Which rows a call takes in, where it does not take all.</summary>
    private static string Band(StepArguments step) => step.Step.Band > 0 ? ", " + step.Rows : "";

    public override KernelCall Bytes(StepArguments step)
    {
        PackedPool pool = step.Packed.Pool!;
        string sums = step.Step.Band > 0 ? $"sums: {step.Sums}, " : "", operands = $"input, {sums}output: {step.Output}", size = step.InputSize + Band(step), rescale = FormattableString.Invariant($"multiplier: {pool.Multiplier}, shift: {pool.Shift}");
        string zeroPoint = $"inputZeroPoint: {pool.InputZeroPoint}, {rescale}, outputZeroPoint: {pool.OutputZeroPoint}", range = $"min: {pool.Min}, max: {pool.Max}";
        return pool.Kind switch
        {
            PoolKind.MeanInt8 => new("UInt8Kernels.MeanInt8", operands, size, zeroPoint),
            PoolKind.MeanUInt8 => new("UInt8Kernels.MeanUInt8", operands, size, FormattableString.Invariant($"{rescale}, bias: {pool.Bias}")),
            PoolKind.AverageInt8 => new("UInt8Kernels.AveragePoolInt8", operands, size, range),
            PoolKind.AverageUInt8 => new("UInt8Kernels.AveragePoolUInt8", operands, size, range),
            _ => throw new InvalidOperationException($"The generator does not know the pool {pool.Kind}."),
        };
    }
}
