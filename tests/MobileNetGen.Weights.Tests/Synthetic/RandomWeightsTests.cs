using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.Intrinsics.X86;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Packing;
using MobileNetGen.Weights.Tests.Reference;

namespace MobileNetGen.Weights.Tests.Synthetic;

public class RandomWeightsTests
{
    /// <summary>What every machine must get.</summary>
    [Theory]
    [InlineData("", "8f5bdb4767ab2eccda4708b1ee5a79841283a23e2e859a3af95738ae2c682323")]
    [InlineData("quantization uint8\n", "6630b6f73487b0390fdfd1c7a2f96d86f2e8035df692fafbc14c31a88eff39ba")]
    [InlineData("quantization int8\n", "837094d7bd5b00c1b5be5a5bf0e07c9e4f6ec5fc40413a05fde2e2d29356cecc")]
    public void Packed_bytes_are_the_same_on_every_machine(string quantization, string hash)
    {
        if (Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0")
            Assert.False(Avx2.IsSupported);
        Assert.Equal(hash, PackedSample.Odd(quantization).Packed.BlobHash);
    }

    [Fact]
    public async Task Packed_bytes_are_the_same_without_vector_instructions()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "vstest", typeof(RandomWeightsTests).Assembly.Location, $"--TestCaseFilter:FullyQualifiedName~{nameof(Packed_bytes_are_the_same_on_every_machine)}" })
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_EnableHWIntrinsic"] = "0";
        using Process process = Process.Start(start)!;
        string output = string.Concat(await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()));
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        Assert.Matches(@"Passed:\s+3\b", output);
    }

    [Fact]
    public void A_seed_gives_the_same_weights_and_another_seed_others()
    {
        float[] Weights(int seed) => ((FloatFilter)Create($"network MobileNetV2\nalpha 0.1\nresolution 32\nweights random {seed}").Layers[0].Filter!).Weights;
        Assert.Equal(Weights(42), Weights(42));
        Assert.NotEqual(Weights(42), Weights(43));
        Assert.NotEqual(Weights(0), Weights(1));
    }

    [Fact]
    public void Uniform_weights_fill_their_range_evenly_with_the_same_variance()
    {
        float[] Weights(string distribution) =>
            ((FloatFilter)Create($"network MobileNetV1\nalpha 0.25\nresolution 32\nweights random {distribution}").Layers.Single(l => l.Layer is { Operator.Name: "pointwise", Input.Channels: 256, Output.Channels: 256 }).Filter!).Weights;
        (float[] uniform, float[] laplace) = (Weights("uniform"), Weights(""));
        double limit = Math.Sqrt(6.0 / 256);
        Assert.All(uniform, w => Assert.InRange(Math.Abs(w), 0, (float)limit));
        Assert.InRange(uniform.Count(w => w > limit / 2) / (double)uniform.Length, 0.24, 0.26);
        Assert.InRange(uniform.Count(w => w < -limit / 2) / (double)uniform.Length, 0.24, 0.26);
        Assert.InRange(uniform.Sum(w => w * w) / laplace.Sum(w => w * w), 0.95, 1.05);
    }

    [Fact]
    public void Layers_of_one_shape_have_different_weights()
    {
        float[][] weights = [.. Create("network MobileNetV1\nalpha 0.25\nresolution 32\nweights random").Layers
            .Where(l => l.Layer is { Operator.Name: "pointwise", Input.Channels: 128, Output.Channels: 128 })
            .Select(l => ((FloatFilter)l.Filter!).Weights)];
        Assert.Equal(5, weights.Length);
        Assert.Equal(5, weights.Select(w => w[0]).Distinct().Count());
    }

    [Fact]
    public void Weights_are_Laplace_distributed()
    {
        TrainedLayer layer = Create("network MobileNetV2\nresolution 32\nclasses 2\nweights random 9").Layers.Single(l => l.Layer.Name == "pointwise1");
        double scale = Math.Sqrt(1.0 / 320);
        double[] weights = [.. ((FloatFilter)layer.Filter!).Weights.Select(w => w / scale)];
        Assert.Equal(320 * 1280, weights.Length);

        // Of the unit Laplace distribution: mean 0, mean magnitude 1, variance 2, kurtosis 6 (a normal one's is 3), 1 − 1/e of it within one.
        double variance = weights.Average(w => w * w);
        Assert.Equal(0, weights.Average(), 0.01);
        Assert.Equal(1, weights.Average(Math.Abs), 0.01);
        Assert.Equal(2, variance, 0.04);
        Assert.Equal(6, weights.Average(w => Math.Pow(w, 4)) / (variance * variance), 0.3);
        Assert.Equal(1 - (1 / Math.E), weights.Average(w => Math.Abs(w) < 1 ? 1.0 : 0), 0.005);
    }

    [Fact]
    public void Quantised_weights_use_all_of_their_range()
    {
        Assert.All(Filters("uint8"), filter => Assert.Equal((-128, 127), (filter.Weights.Min(), filter.Weights.Max())));
        foreach (TrainedLayer layer in Create(Text("int8")).Layers.Where(l => l.Filter is not null))
        {
            var filter = (QuantizedFilter)layer.Filter!;
            int outputs = layer.Layer.Output.Channels, perOutput = filter.Weights.Length / outputs;
            Assert.Equal((0, outputs), (filter.ZeroPoint, filter.Scales.Length));
            for (int n = 0; n < outputs; n++)
                Assert.Equal(127, Enumerable.Range(0, perOutput).Max(k => Math.Abs((int)filter.Weights[layer.Layer.Operator == Operator.Depthwise ? (k * outputs) + n : (n * perOutput) + k])));
        }

        static IEnumerable<QuantizedFilter> Filters(string quantization) => Create(Text(quantization)).Layers.Select(l => l.Filter).OfType<QuantizedFilter>();
    }

    [Theory]
    [InlineData("uint8", 0)]
    [InlineData("int8", -128)]
    public void Quantised_results_use_their_range_and_follow_the_real_ones(string quantization, int lowest)
    {
        TrainedNetwork real = Create(Text("float32")), quantized = Create(Text(quantization));
        float[] noise = RandomWeights.Noise(real.Network.Input);
        IReadOnlyDictionary<string, float[]> expected = FloatReference.Run(real, noise);
        TensorScale input = quantized.OuterInput!.Value;
        IReadOnlyDictionary<string, int[]> actual = QuantizedReference.Run(quantized, [.. noise.Select(x => Math.Clamp((int)MathF.Round(x / input.Scale) + input.ZeroPoint, lowest, lowest + 255))]);
        foreach (TrainedLayer layer in quantized.Layers.Where(l => l.Filter is not null || l.Layer.Operator == Operator.Add))
        {
            int[] values = actual[layer.Layer.Name];
            Assert.InRange(values.Max() - values.Min(), 200, 255);
            TensorScale scale = layer.Output!.Value;
            double range = expected[layer.Layer.Name].Max(Math.Abs), error = expected[layer.Layer.Name].Zip(values, (e, q) => Math.Abs(e - (scale.Scale * (q - scale.ZeroPoint)))).Average();

            // What rounding leaves adds up from layer to layer.
            Assert.InRange(error / range, 0, 0.003 * (1 + quantized.Layers.IndexOf(layer)));
        }
    }

    [Theory]
    [InlineData("uint8", 128, 128, 0)]
    [InlineData("int8", 0, 0, -128)]
    [InlineData("int8 io uint8", 0, 128, 0)]
    public void Pixels_mean_the_same_in_every_quantisation(string quantization, int inner, int outer, int output)
    {
        TrainedNetwork trained = Create(Text(quantization));
        Assert.Equal(new TensorScale(1 / 127.5f, inner), trained.Input);
        Assert.Equal(new TensorScale(1 / 127.5f, outer), trained.OuterInput);
        Assert.Equal(new TensorScale(1f / 256, output), trained.OuterOutput);
    }

    [Fact]
    public void A_network_of_one_real_end_has_the_outer_scale_of_the_other()
    {
        TrainedNetwork first = Create(Text("int8 io uint8 float32")), last = Create(Text("int8 io float32 uint8"));
        Assert.Equal((new TensorScale(1 / 127.5f, 128), null), (first.OuterInput, first.OuterOutput));
        Assert.Equal((null, new TensorScale(1f / 256, 0)), (last.OuterInput, last.OuterOutput));
    }

    [Fact]
    public void A_network_whose_ends_are_real_has_no_outer_scales()
    {
        TrainedNetwork trained = Create(Text("int8 io float32"));
        Assert.Equal(new TensorScale(1 / 127.5f, 0), trained.Input);
        Assert.Equal((null, null), (trained.OuterInput, trained.OuterOutput));
    }

    private static string Text(string quantization) => $"network MobileNetV2\nalpha 0.35\nresolution 64x48\nclasses 10\nquantization {quantization}\nweights random 12";

    private static TrainedNetwork Create(string text) => RandomWeights.Create(NetworkText.Network(text));
}
