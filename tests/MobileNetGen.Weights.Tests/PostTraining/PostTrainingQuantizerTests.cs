using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.PostTraining;

public class PostTrainingQuantizerTests
{
    private const string Odd = "network Odd\nresolution 39x30\nweights random 3\n" + NetworkText.OddLayers;
    private const string Torch = "\nnormalize mean 123.675 116.28 103.53 std 58.395 57.12 57.375";

    public static TheoryData<string> Texts =>
    [
        Odd,
        Odd + "\npadding symmetric",
        "network MobileNetV1\nalpha 0.25\nresolution 45\nclasses 9\nactivation relu\nweights random 1" + Torch,
        "network MobileNetV2\nalpha 0.35\nresolution 64x40\nclasses 9\npadding symmetric\nweights random 2\nhead\n avgpool\n dense 20 relu6\n dense classes",
        "network Grey\nresolution 16\ninput grey\nweights random 4\nlayers\n depthwise multiplier 5 as wide\n conv 5 kernel 3 from input\n add wide\n conv 8 kernel 3 stride 3\nhead\n avgpool",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_file_of_a_quantised_network_reads_back_as_the_same_numbers(string text)
    {
        foreach (Quantization io in new[] { Quantization.Int8, Quantization.UInt8, Quantization.Float32 })
        {
            TrainedNetwork quantized = Quantize(text, 2, io: io);
            Assert.Equal((Quantization.Int8, io, io), (quantized.Network.Quantization, quantized.Network.InputType, quantized.Network.OutputType));
            NetworkNumbers.AssertSame(quantized, NetworkNumbers.Read(quantized, TensorFlowLiteWriter.Write(quantized)));
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Outputs_follow_the_real_ones(string text)
    {
        TrainedNetwork trained = Create(text);
        byte[][] images = NetworkNumbers.Images(trained, 6);
        foreach (Quantization io in new[] { Quantization.Int8, Quantization.Float32 })
        {
            TrainedNetwork quantized = PostTrainingQuantizer.Quantize(trained, images, RangeMethod.MeanSquaredError, io);
            Assert.InRange(Fidelity.Measure(trained, quantized, images).SignalToNoise, 12, 60);
        }
    }

    [Theory]
    [InlineData("network MobileNetV3Small\nalpha 0.75\nresolution 64x40\nclasses 9\nweights random 2\nhead\n avgpool\n dense 20 hswish\n dense classes")]
    [InlineData("network MobileNetV3Large\nalpha 0.35\nresolution 33\nclasses 9\npadding symmetric\nweights random 3\nhead\n avgpool\n dense classes")]
    public void Outputs_behind_squeezes_follow_the_real_ones(string text)
    {
        TrainedNetwork trained = Create(text);
        byte[][] images = NetworkNumbers.Images(trained, 6);
        TrainedNetwork quantized = PostTrainingQuantizer.Quantize(trained, images, RangeMethod.MeanSquaredError, Quantization.Int8);
        Assert.InRange(Fidelity.Measure(trained, quantized, images).SignalToNoise, 12, 60);

        // Below −3 hard swish is 0 whatever it reads: no byte is spent on that.
        foreach (TrainedLayer layer in quantized.Layers.Where(l => !l.Layer.Activation.IsClamp()))
            Assert.True(layer.Function!.Linear.Scale * (-128 - layer.Function.Linear.ZeroPoint) > -3.05f, layer.Layer.Name);
    }

    [Theory]
    [InlineData("maxpool\n dense 20 tanh\n dense 5\n sigmoid", 5)]
    [InlineData("flatten\n dense 20 sigmoid\n dense 1\n sigmoid", 1)]
    [InlineData("flatten\n dense 20 tanh\n dense 1 tanh", 1)]
    public void Heads_follow_the_real_ones_and_have_TensorFlows_scales(string head, int outputs)
    {
        TrainedNetwork trained = Create($"network Heads\nresolution 24\nweights random 5\nlayers\n conv 16 kernel 3 stride 2\n separable 24 stride 2\nhead\n {head}");
        byte[][] images = NetworkNumbers.Images(trained, 8);
        TrainedNetwork quantized = PostTrainingQuantizer.Quantize(trained, images, RangeMethod.MinMax, Quantization.UInt8);
        Assert.Equal(outputs, quantized.Network.OutputLength);
        Assert.All(quantized.Layers.Where(l => l.Layer.Operator == Operator.Sigmoid), l => Assert.Equal(new TensorScale(1f / 256, -128), l.Output));
        Assert.All(quantized.Layers.Where(l => l.Layer.Operator == Operator.Tanh), l => Assert.Equal(new TensorScale(1f / 128, 0), l.Output));
        foreach (TrainedLayer layer in quantized.Layers.Where(l => l.Layer.Operator == Operator.MaxPool || l.Layer.Operator == Operator.Flatten))
            Assert.Equal(quantized.Layers[quantized.Layers.IndexOf(layer) - 1].Output, layer.Output);

        Fidelity fidelity = Fidelity.Measure(trained, quantized, images);
        Assert.InRange(fidelity.SignalToNoise, 12, 60);
        Assert.InRange(fidelity.Agreement, 0.7, 1);
    }

    /// <summary>What every machine must get, whatever its vectors and its processors.</summary>
    [Theory]
    [InlineData(RangeMethod.MinMax, "1d2bddd601579a2a")]
    [InlineData(RangeMethod.Percentile, "d46278824800ffcb")]
    [InlineData(RangeMethod.MeanSquaredError, "314cb08f6242d97f")]
    public void The_bytes_of_the_file_are_the_same_on_every_machine(RangeMethod method, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(TensorFlowLiteWriter.Write(Quantize(Odd, 5, method))))[..16]);

    [Fact]
    public void Each_output_channel_has_the_scale_of_its_largest_weight()
    {
        TrainedNetwork trained = Create(Odd), quantized = Quantize(Odd, 1);
        foreach ((TrainedLayer real, TrainedLayer layer) in trained.Layers.Zip(quantized.Layers).Skip(1).Where(pair => pair.First.Filter is not null))
        {
            (var weights, var filter) = ((FloatFilter)real.Filter!, (QuantizedFilter)layer.Filter!);
            IEnumerable<IGrouping<int, int>> channels = Enumerable.Range(0, weights.Weights.Length).GroupBy(i => FilterQuantizer.Channel(real.Layer, i));
            Assert.Equal(filter.Scales, channels.Select(c => c.Max(i => Math.Abs(weights.Weights[i])) / 127));
            Assert.All(channels, c => Assert.Equal(127, c.Max(i => Math.Abs((int)filter.Weights[i]))));
            Assert.Equal(0, filter.ZeroPoint);
        }
    }

    [Fact]
    public void A_channel_without_weights_keeps_its_bias()
    {
        Layer layer = NetworkText.Network("network Own\nresolution 1\nweights random\nlayers\n pointwise 3 linear\nhead\n avgpool").Layers[0];
        QuantizedFilter filter = FilterQuantizer.PerChannel(layer, new FloatFilter([0, 0, 0, 1e-9f, 0, 0, 0, 0, 0], [5, -1000, 0]), 0.01f);
        Assert.All(filter.Scales, scale => Assert.True(float.IsNormal(scale) && scale > 0));
        Assert.Equal([5, -1000, 0], filter.Bias.Zip(filter.Scales, (bias, scale) => Math.Round((double)bias * 0.01f * scale, 3)));
    }

    [Fact]
    public void Pixels_are_the_input_and_normalisation_is_in_the_first_layer()
    {
        // A filter of one pixel has no padding, the only place where folding is not exact.
        TrainedNetwork trained = Create("network Own\nresolution 6\nweights random 8\nlayers\n pointwise 7 linear\nhead\n avgpool" + Torch);
        (TrainedNetwork folded, TensorScale input) = InputFolding.Fold(trained);
        Assert.Equal(new TensorScale(1 / 58.395f, 114 - 128), input);
        byte[] pixels = NetworkNumbers.Images(trained, 1)[0];
        float[] expected = FloatReference.Run(trained, NormalizedInput.Of(trained.Network, pixels))["pointwise1"];
        float[] actual = FloatReference.Run(folded, InputFolding.Of(input, pixels))["pointwise1"];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData("mean 128 std 127.5", 1 / 127.5f, 0)]
    [InlineData("mean 0 std 255", 1 / 255f, -128)]
    public void A_normalisation_that_a_scale_can_hold_changes_no_weight(string normalize, float scale, int zeroPoint)
    {
        TrainedNetwork trained = Create($"network MobileNetV1\nalpha 0.25\nresolution 32\nweights random\nnormalize {normalize}");
        (TrainedNetwork folded, TensorScale input) = InputFolding.Fold(trained);
        Assert.Same(trained, folded);
        Assert.Equal(new TensorScale(scale, zeroPoint), input);
    }

    [Fact]
    public void An_image_that_nothing_with_weights_reads_can_only_be_normalised()
    {
        const string text = "network Own\nresolution 4\nweights random\nlayers\n pointwise 3 linear\n add input\nhead\n avgpool";
        Assert.Contains("--io float32", Assert.Throws<CalibrationException>(() => Quantize(text, 1)).Message, StringComparison.Ordinal);
        Assert.Null(Quantize(text, 1, io: Quantization.Float32).OuterInput);
    }

    [Fact]
    public void Corrected_biases_take_back_what_rounding_shifts()
    {
        // All weights but one of each output round to zero, and what they add to its mean is lost.
        TrainedNetwork trained = Create("network Own\nresolution 8\nweights random 6\nlayers\n pointwise 16 linear\n pointwise 2 linear\nhead\n avgpool\nnormalize mean 0 std 255");
        float[] weights = [.. Enumerable.Range(0, 32).Select(i => i % 16 == 0 ? 1 : 0.4f / 127)];
        trained = trained with
        {
            Layers = trained.Layers
                .SetItem(0, trained.Layers[0] with { Filter = ((FloatFilter)trained.Layers[0].Filter!) with { Bias = [.. Enumerable.Repeat(4f, 16)] } })
                .SetItem(1, trained.Layers[1] with { Filter = new FloatFilter(weights, [0, 1]) }),
        };
        byte[][] images = NetworkNumbers.Images(trained, 4);
        TrainedNetwork corrected = PostTrainingQuantizer.Quantize(trained, images, RangeMethod.MinMax, Quantization.Int8);
        var filter = (QuantizedFilter)corrected.Layers[1].Filter!;
        Assert.Equal(30, filter.Weights.Count(w => w == 0));
        QuantizedFilter plain = FilterQuantizer.PerChannel(trained.Layers[1].Layer, (FloatFilter)trained.Layers[1].Filter!, corrected.Layers[0].Output!.Value.Scale);
        TrainedNetwork uncorrected = corrected with { Layers = corrected.Layers.SetItem(1, corrected.Layers[1] with { Filter = plain }) };
        double step = corrected.Layers[1].Output!.Value.Scale;
        Assert.InRange(Shift(uncorrected) / step, 1, 100);
        Assert.InRange(Shift(corrected) / step, 0, 0.1);

        // The largest difference of a channel's mean over all pixels and images.
        double Shift(TrainedNetwork quantized)
        {
            TensorScale output = quantized.Layers[1].Output!.Value;
            var sums = new double[2];
            foreach (byte[] pixels in images)
            {
                float[] expected = FloatReference.Run(trained, NormalizedInput.Of(trained.Network, pixels))["pointwise2"];
                int[] actual = QuantizedReference.Run(quantized, [.. pixels.Select(p => p - 128)])["pointwise2"];
                for (int i = 0; i < expected.Length; i++)
                    sums[i % 2] += (expected[i] - (output.Scale * (actual[i] - output.ZeroPoint))) / (64 * images.Length);
            }

            return sums.Max(Math.Abs);
        }
    }

    [Fact]
    public void Weights_that_give_no_finite_numbers_are_refused()
    {
        TrainedNetwork trained = Create("network MobileNetV1\nalpha 0.25\nresolution 32\nweights random");
        var first = (FloatFilter)trained.Layers[0].Filter!;
        trained = trained with { Layers = trained.Layers.SetItem(0, trained.Layers[0] with { Filter = first with { Bias = [.. first.Bias.Select(_ => float.NaN)] } }) };
        var error = Assert.Throws<CalibrationException>(() => PostTrainingQuantizer.Quantize(trained, NetworkNumbers.Images(trained, 2), RangeMethod.MinMax, Quantization.Int8));
        Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused()
    {
        TrainedNetwork trained = Create(Odd), quantized = Quantize(Odd, 1);
        byte[][] images = NetworkNumbers.Images(trained, 1);
        Assert.Equal("trained", Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Quantize(quantized, images, RangeMethod.MinMax, Quantization.Int8)).ParamName);
        Assert.Equal("images", Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Quantize(trained, [], RangeMethod.MinMax, Quantization.Int8)).ParamName);
        Assert.Equal("images", Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Quantize(trained, [images[0][1..]], RangeMethod.MinMax, Quantization.Int8)).ParamName);
    }

    // MLPerf Tiny's float32 network and the int8 one that its authors made of it with TensorFlow.
    [ReferenceFact]
    public void Visual_wake_words_is_closer_to_its_float_network_than_the_released_int8_one()
    {
        TrainedNetwork trained = ReferenceNetworks.Load("VisualWakeWordsFloat"), released = ReferenceNetworks.Load("VisualWakeWords");
        byte[][] images = [.. new[] { "bird", "cat", "grace_hopper", "parrot" }.Select(image => ReferenceNetworks.Input("mlcommons_vww_96_float_pixels", image, trained.Network))];
        TrainedNetwork quantized = PostTrainingQuantizer.Quantize(trained, images, RangeMethod.MeanSquaredError, Quantization.Int8);
        Fidelity ours = Fidelity.Measure(trained, quantized, images), theirs = Fidelity.Measure(trained, released, images);
        Assert.Equal(1, ours.Agreement);
        Assert.InRange(ours.SignalToNoise, 20, 60);
        Assert.True(ours.SignalToNoise > theirs.SignalToNoise, $"{ours} is not better than {theirs}");
    }

    private static TrainedNetwork Create(string text) => RandomWeights.Create(NetworkText.Network(text));

    private static TrainedNetwork Quantize(string text, int images, RangeMethod method = RangeMethod.MeanSquaredError, Quantization io = Quantization.Int8)
    {
        TrainedNetwork trained = Create(text);
        return PostTrainingQuantizer.Quantize(trained, NetworkNumbers.Images(trained, images), method, io);
    }
}
