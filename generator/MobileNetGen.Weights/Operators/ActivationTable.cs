using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Operators;

/// <summary>
/// Activations of bytes that are no range to cut to, as functions of single bytes: what TensorFlow Lite's operators make of each of the 256. All bytes, zero points and ranges are in the
/// unsigned domain, where int8 values are 128 larger.
/// </summary>
internal static class ActivationTable
{
    // HARD_SWISH computes with 15 bits behind the point.
    private const int Bits = 15;

    /// <summary>The table of an activation, as a network has it that is quantised here.</summary>
    /// <param name="activation">Hard swish or hard sigmoid.</param>
    /// <param name="linear">Meaning of the bytes before it.</param>
    /// <param name="output">Meaning of the bytes behind it.</param>
    public static ImmutableArray<byte> Of(Activation activation, TensorScale linear, TensorScale output) => activation switch
    {
        Activation.HSwish => [.. HardSwish(linear, output)],
        Activation.HSigmoid => [.. HardSigmoid(linear, output)],
        _ => throw new InvalidOperationException($"The activation {activation.Word()} of bytes is no table."),
    };

    /// <summary>The table of an activation as a file has it.</summary>
    /// <param name="function">Its operators.</param>
    /// <param name="meaning">Meaning of a value's bytes.</param>
    /// <param name="offset">What the unsigned domain adds to the file's bytes.</param>
    public static ImmutableArray<byte> Of(SourceByteFunction function, Func<int, TensorScale> meaning, int offset)
    {
        var tables = new Dictionary<int, byte[]> { [function.Linear] = Table(q => q) };
        foreach (SourceByteStep step in function.Steps)
        {
            (TensorScale from, TensorScale to) = (meaning(step.Input), meaning(step.Output));
            (int min, int max) = QuantizedNumbers.ClampUnsigned(step.Activation switch { SourceActivation.Relu => Activation.Relu, SourceActivation.Relu6 => Activation.Relu6, _ => Activation.Linear }, to);
            TensorScale scale = step.ConstantScale is { } c ? new TensorScale(c.Scale, c.ZeroPoint + offset) : default;
            int constant = (step.Constant ?? 0) + offset;
            tables[step.Output] = step switch
            {
                { Operator: SourceByteOperator.HardSwish } => Then(tables[step.Input], HardSwish(from, to)),
                { Operator: SourceByteOperator.Logistic } => Then(tables[step.Input], HeadTable.Sigmoid(from, to)),
                { Operator: SourceByteOperator.Add } => Then(tables[step.Input], Add(from, scale, constant, to, min, max)),
                { Second: { } second } => Product(tables[step.Input], from, tables[second], meaning(second), to, min, max),
                _ => Then(tables[step.Input], Multiply(from, scale, constant, to, min, max)),
            };
        }

        return [.. tables[function.Steps[^1].Output]];
    }

    /// <summary>
    /// HARD_SWISH (reference/hard_swish.h), in 16-bit fixed point: the value at seven more bits, rescaled to the output, times what (x + 3) / 6 is of 1, which is rescaled to 3 = 2¹⁵,
    /// saturating, and moved from [−1, 1] to [0, 1]. All but the last product round to the nearest.
    /// </summary>
    /// <param name="from">Meaning of the bytes that it reads.</param>
    /// <param name="to">Meaning of those that it gives; at most 127 times as fine.</param>
    public static byte[] HardSwish(TensorScale from, TensorScale to)
    {
        float fine = 1f / 128 * from.Scale;
        (int outputMultiplier, int outputShift) = Short(FixedPointMultiplier.From(fine / to.Scale));
        (int partMultiplier, int partShift) = Short(FixedPointMultiplier.From(fine / (3f / (1 << Bits))));
        return Table(q =>
        {
            int value = (q - from.ZeroPoint) << 7;
            int product = HighProduct(value, outputMultiplier);
            int part = partShift > 0 ? Saturate(Shifted(value, partShift - 1)) : value;
            part = HighProduct(part, partMultiplier);
            part = partShift > 0 ? Saturate(part * 2) : DivideByPower(part, -partShift);
            part = (part + (1 << Bits)) >> 1;
            return DivideByPower(part * product / (1 << Bits), -outputShift) + to.ZeroPoint;
        });
    }

    /// <summary>
    /// The hard sigmoid as TensorFlow Lite's converter writes it: ADD of 3 with a ReLU6, whose bytes cover 0 to 6, and MUL by 1/6; constants are the largest byte of a range from 0.
    /// </summary>
    /// <param name="from">Meaning of the bytes that it reads.</param>
    /// <param name="to">Meaning of those that it gives.</param>
    public static byte[] HardSigmoid(TensorScale from, TensorScale to) => Then(Add(from, Three, byte.MaxValue, Six, 0, byte.MaxValue), Multiply(Six, Sixth, byte.MaxValue, to, 0, byte.MaxValue));

    /// <summary>The constant 3 of a hard sigmoid, the largest byte.</summary>
    public static TensorScale Three { get; } = new(3f / 255, 0);

    /// <summary>What min(max(x + 3, 0), 6) is in.</summary>
    public static TensorScale Six { get; } = new(6f / 255, 0);

    /// <summary>The constant 1/6, the largest byte.</summary>
    public static TensorScale Sixth { get; } = new(1f / 6 / 255, 0);

    /// <summary>ADD of a constant.</summary>
    /// <param name="from">Meaning of the bytes that it reads.</param>
    /// <param name="scale">Meaning of the constant.</param>
    /// <param name="constant">The constant.</param>
    /// <param name="to">Meaning of the bytes that it gives.</param>
    /// <param name="min">The least result.</param>
    /// <param name="max">The greatest result.</param>
    public static byte[] Add(TensorScale from, TensorScale scale, int constant, TensorScale to, int min, int max)
    {
        PackedAdd add = TrainedAdd.Integers(from, scale, to, min, max);
        return Table(q => SinglePrecisionAdd.Exact(add, q, constant));
    }

    /// <summary>MUL by a constant.</summary>
    /// <param name="from">Meaning of the bytes that it reads.</param>
    /// <param name="scale">Meaning of the constant.</param>
    /// <param name="constant">The constant.</param>
    /// <param name="to">Meaning of the bytes that it gives.</param>
    /// <param name="min">The least result.</param>
    /// <param name="max">The greatest result.</param>
    public static byte[] Multiply(TensorScale from, TensorScale scale, int constant, TensorScale to, int min, int max) =>
        Product(Table(q => q), from, Table(_ => constant), scale, to, min, max);

    /// <summary>MUL of two functions of the same byte.</summary>
    private static byte[] Product(byte[] left, TensorScale leftScale, byte[] right, TensorScale rightScale, TensorScale to, int min, int max)
    {
        FixedPointMultiplier factor = FixedPointMultiplier.From(TrainedMultiply.Factor(leftScale, rightScale, to));
        return Table(q => Math.Clamp(factor.ApplyRoundingTwice((left[q] - leftScale.ZeroPoint) * (right[q] - rightScale.ZeroPoint)) + to.ZeroPoint, min, max));
    }

    /// <summary>One function after the other.</summary>
    public static byte[] Then(byte[] first, byte[] second) => HeadTable.Then(first, second);

    private static byte[] Table(Func<int, int> function)
    {
        var table = new byte[256];
        for (int q = 0; q < table.Length; q++)
            table[q] = (byte)Math.Clamp(function(q), 0, 255);
        return table;
    }

    /// <summary>The upper 15 bits of a factor's 31, rounded (<c>DownScaleInt32ToInt16Multiplier</c>).</summary>
    private static (int Multiplier, int Shift) Short(FixedPointMultiplier factor) => (Math.Min((int)((factor.Multiplier + (1L << 15)) >> 16), short.MaxValue), factor.Shift);

    /// <summary>a · b / 2¹⁵, rounded, ties up (<c>SaturatingRoundingDoublingHighMul</c> of 16 bits; no two operands here are both −2¹⁵).</summary>
    private static int HighProduct(int a, int b) => ((a * b) + (1 << (Bits - 1))) >> Bits;

    private static int Shifted(int value, int shift) => (int)Math.Clamp((long)value << Math.Min(shift, 31), short.MinValue, short.MaxValue);

    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);

    /// <summary>A right shift that rounds, ties away from zero (<c>RoundingDivideByPOT</c>).</summary>
    private static int DivideByPower(int value, int shift)
    {
        int by = Math.Min(shift, 31), remainder = value & (int)((1L << by) - 1), threshold = (int)(((1L << by) - 1) >> 1) + (value < 0 ? 1 : 0);
        return (value >> by) + (remainder > threshold ? 1 : 0);
    }
}
