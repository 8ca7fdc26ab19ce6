using System;
using System.Globalization;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>The integers of quantised layers, in the kernels' unsigned domain, against the formulas they come from.</summary>
public class QuantizedNumbersTests
{
    public static TheoryData<string> Quantizations => new("quantization uint8\n", "quantization int8\n", "quantization int8\nrounding twice\n", "quantization int8 io uint8\nactivation relu\n");

    /// <summary>Σ x·w − zw·Σx + folded = Σ (x − zx)(w − zw) + bias: with x the bytes that kernels see, zx in the padding, and anything beside the channels.</summary>
    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Folding_the_input_zero_point_into_the_bias_changes_no_sum(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        var random = new Random(6);
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered)
        {
            Layer layer = trained.Layer;
            var filter = (QuantizedFilter)trained.Filter!;
            bool depthwise = layer.Operator == Operator.Depthwise;
            int taps = layer.Kernel * layer.Kernel, inputs = depthwise ? 1 : layer.Input.Channels, lanes = depthwise ? 1 : (inputs + 3) / 4 * 4;
            int offset = sample.Offset;
            int zx = sample.Scale(layer.Inputs[0]).ZeroPoint;
            int[][]? panels = packed.Weights!.SixteenBitEntries == 0 ? null : SixteenBitPanelReader.Panels(sample.Blob.AsSpan((int)packed.Weights.Weights), (layer.Output.Channels + 15) / 16, taps * lanes / 4);
            for (int n = 0; n < layer.Output.Channels; n++)
            {
                (long formula, long kernel) = (filter.Bias[n], sample.Channel(packed, n).Bias);
                for (int tap = 0; tap < taps; tap++)
                {
                    bool outside = taps > 1 && random.Next(3) == 0;
                    for (int c = 0; c < lanes; c++)
                    {
                        int x = outside && c < inputs ? zx + offset : random.Next(256);
                        int w = depthwise
                            ? sample.Short(packed.Weights.Weights, (((n / 16 * taps) + tap) * 16) + (n % 16))
                            : panels?[n / 16][(((((tap * lanes) + c) / 4 * 16) + (n % 16)) * 4) + (c % 4)] ?? sample.SByte(packed.Weights.Weights, ((((((n / 16 * taps) + tap) * (lanes / 4)) + (c / 4)) * 16) + (n % 16)) * 4 + (c % 4));
                        kernel += x * (w - packed.Requantization!.WeightZeroPoint);
                        if (c < inputs)
                            formula += (x - offset - zx) * (filter.Weights[depthwise ? (tap * layer.Output.Channels) + n : (((n * taps) + tap) * inputs) + c] - filter.ZeroPoint);
                    }
                }

                Assert.Equal(formula, kernel);
            }
        }
    }

    [Fact]
    public void A_bias_that_overflows_wraps_as_the_sum_it_starts_does()
    {
        PackedSample sample = PackedSample.Of(
            "network N\nresolution 4\nquantization int8\nweights random\nlayers\n  conv 1 kernel 1\nhead\n  avgpool\n",
            trained => trained with
            {
                Input = new TensorScale(1, 127),
                Layers = trained.Layers.SetItem(0, trained.Layers[0] with { Filter = new QuantizedFilter([-127, -127, -127], 0, [1f], [int.MaxValue]) }),
            });
        Assert.Equal(unchecked(int.MaxValue + (255 * 3 * 127)), sample.Channel(sample.Packed.Layer("conv1"), 0).Bias);
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Multipliers_are_single_precision_per_tensor_and_double_per_channel(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        var roundings = new HashSet<bool>();
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered)
        {
            var filter = (QuantizedFilter)trained.Filter!;
            (float x, float y) = (sample.Scale(trained.Layer.Inputs[0]).Scale, trained.Output!.Value.Scale);
            for (int n = 0; n < trained.Layer.Output.Channels; n++)
            {
                ExactMultiplier single = ExactMultiplier.Of((double)(float)(x * filter.Scales[Math.Min(n, filter.Scales.Length - 1)]) / y);
                ExactMultiplier precise = ExactMultiplier.Of((double)x * filter.Scales[Math.Min(n, filter.Scales.Length - 1)] / y);
                ExactMultiplier expected = filter.Scales.Length == 1 ? single : precise;
                (_, int multiplier, int shift) = sample.Channel(packed, n);
                Assert.Equal((expected.Mantissa, expected.Exponent), (multiplier, shift));
                roundings.Add(single == precise);
            }
        }

        // The two are not the same, or this would test nothing.
        Assert.Contains(false, roundings);
    }

    [Theory]
    [InlineData("quantization uint8\n", RoundingMode.Twice, RoundingMode.Twice)]
    [InlineData("quantization int8\n", RoundingMode.Once, RoundingMode.Twice)]
    [InlineData("quantization int8\nrounding twice\n", RoundingMode.Twice, RoundingMode.Twice)]
    public void Convolutions_round_once_only_in_int8(string quantization, RoundingMode convolutions, RoundingMode depthwise)
    {
        foreach ((TrainedLayer trained, PackedLayer packed) in PackedSample.Odd(quantization).Filtered)
            Assert.Equal(trained.Layer.Operator == Operator.Depthwise ? depthwise : convolutions, packed.Requantization!.Rounding);
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Clamps_are_the_activation_in_the_unsigned_domain(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        int offset = sample.Offset;
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered)
        {
            TensorScale y = trained.Output!.Value;
            PackedRequantization r = packed.Requantization!;
            Assert.Equal(y.ZeroPoint + offset, r.OutputZeroPoint);
            Assert.Equal(trained.Layer.Activation == Activation.Linear ? 0 : y.ZeroPoint + offset, r.Min);
            decimal six = Math.Round((decimal)(6f / y.Scale), MidpointRounding.AwayFromZero) + y.ZeroPoint + offset;
            Assert.Equal(trained.Layer.Activation == Activation.Relu6 ? Math.Min(255, six) : 255, r.Max);
        }
    }

    [Fact]
    public void A_clamp_at_six_cuts_the_range_where_the_range_goes_further()
    {
        PackedSample sample = PackedSample.Of(
            "network N\nresolution 4\nquantization int8\nweights random\nlayers\n  conv 1 kernel 1\nhead\n  avgpool\n",
            trained => trained with { Layers = trained.Layers.SetItem(0, trained.Layers[0] with { Output = new TensorScale(0.1f, -100) }) });
        PackedRequantization r = sample.Packed.Layer("conv1").Requantization!;
        Assert.Equal((28, 28, 88), (r.OutputZeroPoint, r.Min, r.Max));
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Additions_rescale_both_operands_to_twice_the_larger_scale(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        int offset = sample.Offset;
        Step[] steps = [.. sample.Plan.Steps.Where(s => s.Last.Operator == Operator.Add).Select(s => new Step(s.Last, s.FusedAdd is null ? s.Input.Name : s.Layer.Name, s.Second!.Name))];
        Assert.Equal(2, steps.Length);
        foreach (Step step in steps)
        {
            // A fused addition has the layer it is fused into on its left.
            (TensorScale left, TensorScale right, TensorScale y) = (sample.Scale(step.Left), sample.Scale(step.Right), sample.Scale(step.Add.Name));
            double twice = 2 * (double)Math.Max(left.Scale, right.Scale);
            PackedAdd add = sample.Packed.Layer(step.Add.Name).Add!;
            ExactMultiplier l = ExactMultiplier.Of(left.Scale / twice), r = ExactMultiplier.Of(right.Scale / twice), o = ExactMultiplier.Of(twice / (1 << 20) / y.Scale);
            Assert.Equal((l.Mantissa, l.Exponent, left.ZeroPoint + offset), (add.LeftMultiplier, add.LeftShift, add.LeftZeroPoint));
            Assert.Equal((r.Mantissa, r.Exponent, right.ZeroPoint + offset), (add.RightMultiplier, add.RightShift, add.RightZeroPoint));
            Assert.Equal((o.Mantissa, o.Exponent, y.ZeroPoint + offset), (add.OutputMultiplier, add.OutputShift, add.OutputZeroPoint));
            Assert.Equal(step.Add.Activation == Activation.Linear ? 0 : y.ZeroPoint + offset, add.Min);
        }
    }

    private sealed record Step(Layer Add, string Left, string Right);

    [Theory]
    [InlineData("uint8", PoolKind.AverageUInt8)]
    [InlineData("int8", PoolKind.AverageInt8)]
    [InlineData("uint8", PoolKind.MeanUInt8)]
    [InlineData("int8", PoolKind.MeanInt8)]
    public void Pools_have_the_factor_of_their_kind(string quantization, PoolKind kind)
    {
        var y = new TensorScale(0.037f, quantization == "int8" ? -11 : 117);
        PackedSample sample = PackedSample.Of(
            $"network N\nresolution 5x7\nquantization {quantization}\nweights random 3\nlayers\n  conv 3 kernel 1 linear\nhead\n  avgpool\n",
            trained => trained with { Layers = trained.Layers.SetItem(1, trained.Layers[1] with { Pool = kind, Output = y }) });
        TensorScale x = sample.Scale("conv1");
        int offset = sample.Offset;
        ExactMultiplier factor = kind switch
        {
            PoolKind.MeanInt8 => ExactMultiplier.Of((double)x.Scale / y.Scale),
            PoolKind.MeanUInt8 => ExactMultiplier.Of(x.Scale / (35 * y.Scale)),
            _ => default,
        };
        int bias = kind == PoolKind.MeanUInt8 ? y.ZeroPoint - (int)Math.Round((decimal)(x.ZeroPoint * x.Scale / y.Scale), MidpointRounding.AwayFromZero) : 0;
        Assert.Equal(
            new PackedPool(kind, x.ZeroPoint + offset, factor.Mantissa, factor.Exponent, bias, y.ZeroPoint + offset, 0, 255),
            sample.Packed.Layer("avgpool1").Pool);
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void The_softmax_table_is_that_of_exp_falling_back_from_its_end(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        float scale = sample.Scale("dense2").Scale;
        long table = sample.Packed.Layer("softmax1").SoftmaxTable!.Value;
        Assert.Equal(1, sample.Float(table, 255));
        for (int k = 0; k < 256; k++)
            Assert.InRange(sample.Float(table, 255 - k), MathF.BitDecrement((float)Math.Exp(-scale * k)), MathF.BitIncrement((float)Math.Exp(-scale * k)));
    }

    /// <summary>LOGISTIC and TANH as TensorFlow Lite's tables are filled, at scales from where every byte saturates to where none differs from zero.</summary>
    [Theory]
    [InlineData("uint8", 0.1f)]
    [InlineData("int8", 0.1f)]
    [InlineData("uint8", 0.03f)]
    [InlineData("int8", 3.7f)]
    [InlineData("int8", 1e-6f)]
    public void A_function_table_has_the_result_for_every_byte(string quantization, float scale)
    {
        int lowest = quantization == "int8" ? -128 : 0;
        var x = new TensorScale(scale, lowest + 117);
        PackedSample sample = PackedSample.Of(
            $"network N\nresolution 4\nquantization {quantization}\nweights random 3\nlayers\n  conv 3 kernel 1 linear\nhead\n  maxpool\n  dense 4 tanh\n  dense 5 sigmoid\n",
            trained => trained with { Layers = [.. trained.Layers.Select(l => l.Filter is null || l.Layer.Operator != Operator.Dense ? l : l with { Output = x })] });
        Check("dense1_tanh", lowest + 128, 1f / 128, v => (float)Math.Tanh(v));
        Check("dense2_sigmoid", lowest, 1f / 256, v => 1f / (1f + (float)Math.Exp(-v)));

        void Check(string layer, int zeroPoint, float outputScale, Func<float, float> function)
        {
            Assert.Equal(new TensorScale(outputScale, zeroPoint), sample.Scale(layer));
            long table = sample.Packed.Layer(layer).FunctionTable!.Value;
            Assert.Equal(0, table % 64);
            for (int q = lowest; q < lowest + 256; q++)
            {
                int value = (int)MathF.Round(function(scale * (q - x.ZeroPoint)) / outputScale, MidpointRounding.AwayFromZero) + zeroPoint;
                Assert.Equal(Math.Clamp(value, lowest, lowest + 255) - lowest, sample.Blob[table + q - lowest]);
            }
        }
    }

    [Fact]
    public void Only_functions_have_a_function_table()
    {
        PackedSample sample = PackedSample.Of("network N\nresolution 4\nquantization int8\nweights random 3\nlayers\n  conv 3 kernel 1\nhead\n  flatten\n  dense 4 tanh\n  dense 5\n  sigmoid\n");
        Assert.Equal(["dense1_tanh", "sigmoid1"], sample.Packed.Layers.Where(l => l.FunctionTable is not null).Select(l => l.Name));
    }

    /// <summary>Each end by itself: null where it is of real numbers, whose bytes are then those of the layers.</summary>
    [Theory]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void Every_pair_of_ends_has_its_own_meanings_and_tables(string quantization)
    {
        string[] types = ["float32", "uint8", "int8"];
        foreach ((string input, string output, bool isOther) in from i in types from o in types from other in new[] { false, true } select (i, o, other))
        {
            PackedSample sample = PackedSample.Of(
                $"network Odd\nresolution 17x14\nquantization {quantization} io {input} {output}\nweights random 5\n{NetworkText.OddLayers}",
                t => !isOther ? t : t with { OuterInput = Scaled(t.OuterInput), OuterOutput = Scaled(t.OuterOutput) });
            Assert.Equal((input == "float32", output == "float32"), (sample.Trained.OuterInput is null, sample.Trained.OuterOutput is null));
            Assert.Equal((isOther && input != "float32", isOther && output != "float32"), (sample.Packed.InputTable is not null, sample.Packed.OutputTable is not null));
            Check(sample, sample.Packed.Input!, sample.Trained.OuterInput, input, sample.Trained.Input!.Value);
            Check(sample, sample.Packed.Output!, sample.Trained.OuterOutput, output, sample.Scale("softmax1"));
        }

        static TensorScale? Scaled(TensorScale? scale) => scale is { } s ? s with { Scale = s.Scale * 1.25f } : null;

        static void Check(PackedSample sample, QuantizedTensor packed, TensorScale? outer, string type, TensorScale inner)
        {
            (float scale, int zeroPoint) = outer is { } o ? (o.Scale, o.ZeroPoint + (type == "int8" ? 128 : 0)) : (inner.Scale, inner.ZeroPoint + sample.Offset);
            Assert.Equal((scale, zeroPoint), (float.Parse(packed.Scale, CultureInfo.InvariantCulture), packed.ZeroPoint));
        }
    }

    [Theory]
    [InlineData("quantization uint8\n")]
    [InlineData("quantization int8\n")]
    [InlineData("quantization int8 io uint8\n")]
    [InlineData("quantization int8 io float32\n")]
    public void Ends_of_the_same_meaning_need_no_table(string quantization)
    {
        // Between int8 and uint8 that is ^ 0x80, which is what the kernels' unsigned domain is.
        PackedSample sample = PackedSample.Odd(quantization);
        Assert.Null(sample.Packed.InputTable);
        Assert.Null(sample.Packed.OutputTable);
    }

    [Fact]
    public void Ends_of_another_meaning_have_a_table()
    {
        TensorScale outerInput = new(0.011f, 100), outerOutput = new(1f / 200, 3);
        PackedSample sample = PackedSample.Of(
            $"network Odd\nresolution 17x14\nquantization int8 io uint8\nweights random 5\n{NetworkText.OddLayers}",
            trained => trained with { OuterInput = outerInput, OuterOutput = outerOutput });
        TensorScale input = sample.Trained.Input!.Value, output = sample.Scale("softmax1");
        Check(sample.Packed.InputTable, outerInput, input with { ZeroPoint = input.ZeroPoint + 128 });
        Check(sample.Packed.OutputTable, output with { ZeroPoint = output.ZeroPoint + 128 }, outerOutput);

        void Check(long? table, TensorScale from, TensorScale to)
        {
            Assert.NotNull(table);
            Assert.Equal(0, table.Value % 64);
            ExactMultiplier factor = ExactMultiplier.Of((double)from.Scale / to.Scale);
            for (int q = 0; q < 256; q++)
                Assert.Equal((byte)Math.Clamp((int)factor.RoundTwice(q - from.ZeroPoint) + to.ZeroPoint, 0, 255), sample.Blob[table.Value + q]);
        }
    }

    [Fact]
    public void Equal_scales_and_other_zero_points_only_shift()
    {
        PackedSample sample = PackedSample.Of(
            "network N\nresolution 4\nquantization uint8\nweights random\nlayers\n  conv 1 kernel 1\nhead\n  avgpool\n",
            trained => trained with { OuterInput = trained.Input!.Value with { ZeroPoint = 120 } });
        Assert.Equal(Enumerable.Range(0, 256).Select(q => (byte)Math.Min(q + 8, 255)), sample.Blob.Skip((int)sample.Packed.InputTable!.Value).Take(256));
    }
}
