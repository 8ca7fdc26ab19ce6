using System;
using System.Collections.Generic;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Tests.Operators;

/// <summary>Tables of activations against TensorFlow Lite's definitions, and against the real functions.</summary>
public class ActivationTableTests
{
    /// <summary>Scales as maps have them, and finer and coarser ones: factors to the left and to the right.</summary>
    private static readonly Gen<(TensorScale From, TensorScale To)> s_scales = Gen.Select(Gen.Double[-9, 2], Gen.Double[-3, 3], Gen.Int[0, 255], Gen.Int[0, 255]).Select(
        (from, ratio, fromZero, toZero) => (new TensorScale((float)Math.Pow(2, from), fromZero), new TensorScale((float)Math.Pow(2, from + ratio), toZero)));

    /// <summary>The definition in its own words: 16-bit integers that saturate, step by step.</summary>
    [Fact]
    public void Hard_swish_is_TensorFlow_Lites_of_every_byte() => s_scales.Sample(
        scales =>
        {
            byte[] table = ActivationTable.HardSwish(scales.From, scales.To);
            for (int q = 0; q < 256; q++)
                Assert.Equal(HardSwish(q, scales.From, scales.To), table[q]);
        },
        iter: 2_000,
        threads: 1);

    [Theory]
    [InlineData(0.05f, 128, 0.03f, 13)]
    [InlineData(0.02f, 150, 0.01f, 37)]
    [InlineData(0.1f, 30, 0.09f, 4)]
    public void Tables_are_a_step_from_the_real_functions_at_most(float from, int fromZero, float to, int toZero)
    {
        (TensorScale read, TensorScale written, TensorScale unit) = (new(from, fromZero), new(to, toZero), new(1f / 256, 0));
        byte[] swish = ActivationTable.HardSwish(read, written), sigmoid = ActivationTable.HardSigmoid(read, unit);
        for (int q = 0; q < 256; q++)
        {
            double x = (double)from * (q - fromZero), part = Math.Clamp(x + 3, 0, 6) / 6;
            Assert.InRange(Math.Abs(Math.Clamp(Math.Round(x * part / to) + toZero, 0, 255) - swish[q]), 0, 1);
            Assert.InRange(Math.Abs(Math.Clamp(part * 256, 0, 255) - sigmoid[q]), 0, 1.6);
        }
    }

    /// <summary>x · (relu6(x + 3) · 1/6), as files have it that were converted before there was an operator.</summary>
    [Fact]
    public void Operators_of_a_file_are_composed()
    {
        var meaning = new Dictionary<int, TensorScale> { [4] = new(0.05f, 120), [5] = new(6f / 255, 0), [6] = new(1f / 255, 0), [7] = new(0.03f, 13) };
        SourceQuantization Constant(float value) => new([value / 255], [-128], 0);
        var function = new SourceByteFunction(
            4,
            [
                new SourceByteStep(SourceByteOperator.Add, 4, null, 127, Constant(3), SourceActivation.Relu6, 5),
                new SourceByteStep(SourceByteOperator.Multiply, 5, null, 127, Constant(1f / 6), SourceActivation.None, 6),
                new SourceByteStep(SourceByteOperator.Multiply, 4, 6, null, null, SourceActivation.None, 7),
            ]);
        var table = ActivationTable.Of(function, value => meaning[value], offset: 128);
        for (int q = 0; q < 256; q++)
        {
            double x = 0.05f * (q - 120);
            Assert.InRange(Math.Abs(Math.Clamp((x * Math.Clamp(x + 3, 0, 6) / 6 / 0.03f) + 13, 0, 255) - table[q]), 0, 2);
        }
    }

    [Fact]
    public void One_operator_of_a_file_is_its_table()
    {
        (TensorScale from, TensorScale to) = (new(0.05f, 120), new(0.03f, 13));
        var function = new SourceByteFunction(0, [new SourceByteStep(SourceByteOperator.HardSwish, 0, null, null, null, SourceActivation.None, 1)]);
        Assert.Equal(ActivationTable.HardSwish(from, to), ActivationTable.Of(function, value => value == 0 ? from : to, offset: 0));
        Assert.Equal(ActivationTable.HardSwish(from, to), ActivationTable.Of(Activation.HSwish, from, to));
    }

    private static int HardSwish(int q, TensorScale from, TensorScale to)
    {
        float fine = (1f / 128f) * from.Scale;
        (short outputMultiplier, int outputExponent) = Quantize(fine / to.Scale);
        (short partMultiplier, int partExponent) = Quantize(fine / (3f / 32768f));

        short value = (short)(q - from.ZeroPoint);
        short hires = (short)(value * 128);
        short preshift = RoundingHighMultiply(hires, outputMultiplier);
        short part = hires;
        if (partExponent > 0)
            part = ShiftLeft(part, partExponent - 1);
        part = RoundingHighMultiply(part, partMultiplier);
        if (partExponent > 0)
            part = ShiftLeft(part, 1);
        if (partExponent < 0)
            part = DivideByPower(part, -partExponent);
        part = (short)((part + 32768) >> 1);

        // The product is rounded to zero.
        short product = (short)(part * preshift / 32768);
        short output = (short)(DivideByPower(product, -outputExponent) + to.ZeroPoint);
        return Math.Max((int)Math.Min(output, (short)255), 0);
    }

    private static (short Multiplier, int Exponent) Quantize(double factor)
    {
        int exponent = 0;
        while (factor >= 1)
            (factor, exponent) = (factor / 2, exponent + 1);
        while (factor < 0.5)
            (factor, exponent) = (factor * 2, exponent - 1);
        long mantissa = (long)Math.Round(factor * 2147483648.0, MidpointRounding.AwayFromZero);
        if (mantissa == 2147483648)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        return (mantissa >= int.MaxValue - 32768 ? short.MaxValue : (short)((mantissa + 32768) >> 16), exponent);
    }

    private static short RoundingHighMultiply(short a, short b)
    {
        int product = a * b, nudge = product >= 0 ? 16384 : 1 - 16384;
        return (short)((product + nudge) / 32768);
    }

    private static short ShiftLeft(short value, int amount) => (short)Math.Clamp(value * Math.Pow(2, amount), short.MinValue, short.MaxValue);

    private static short DivideByPower(short value, int exponent)
    {
        double quotient = value / Math.Pow(2, exponent);
        return (short)Math.Round(quotient, MidpointRounding.AwayFromZero);
    }
}
