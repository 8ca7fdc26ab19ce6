using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Export;

/// <summary>Our exporter and our reference against an engine that knows neither.</summary>
public class OnnxExporterTests
{
    public static TheoryData<string> Networks => new(
        "network MobileNetV1\nalpha 0.25\nresolution 97x113\nclasses 10\nweights random 1",
        "network MobileNetV1\nalpha 0.5\nresolution 128\nclasses 11\npadding symmetric\nactivation relu\nweights random 2",
        "network MobileNetV1\nalpha 0.3\nresolution 96x160\npadding same\nweights random 3",
        "network MobileNetV1\nresolution 65x64\npadding symmetric\ninput grey\nclasses 2\nweights random 4",
        "network MobileNetV2\nalpha 0.35\nresolution 97x113\nclasses 10\npadding symmetric\nweights random 5",
        "network MobileNetV2\nalpha 0.5\nresolution 128\nactivation relu\nclasses 17\nweights random 6",
        "network MobileNetV2\nalpha 1.4\nresolution 96x160\nclasses 2\npadding same\nweights random 7",
        "network MobileNetV2\nalpha 0.75\nresolution 96x160\nclasses 3\npadding symmetric\nactivation relu\nweights random 8",
        $"network Odd\nresolution 33x38\nweights random 9\n{NetworkText.OddLayers}",
        $"network Odd\nresolution 38x33\npadding symmetric\ninput grey\nactivation relu\nweights random 10\n{NetworkText.OddLayers}",
        "network MobileNetV3Large\nalpha 0.35\nresolution 65x96\nclasses 7\npadding symmetric\nweights random 12",
        "network MobileNetV3Small\nresolution 64\nclasses 7\nweights random 13",
        "network MobileNetEdgeTPU\nalpha 0.25\nresolution 64\nclasses 7\nweights random 14",
        "network Strides\nresolution 32x31\npadding symmetric\nweights random 11\nlayers\n  conv 6 kernel 1 stride 2\n  depthwise kernel 7 stride 4\nhead\n  avgpool\n  softmax");

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_reference_and_onnx_runtime_agree(string text)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network(text));
        float[] input = RandomWeights.Noise(trained.Network.Input);
        IReadOnlyDictionary<string, float[]> actual = OnnxModel.Run(OnnxExporter.Export(trained), trained.Network.Input, input);
        IReadOnlyDictionary<string, float[]> expected = FloatReference.Run(trained, input);

        Layer softmax = trained.Network.Layers[^1];
        float[] logits = expected[softmax.Inputs[0]];
        double tolerance = 1e-4 * logits.Max(Math.Abs);
        Assert.True(tolerance > 0);
        Assert.All(logits.Zip(actual[OnnxExporter.LogitsName]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.All(expected[softmax.Name].Zip(actual[OnnxExporter.OutputName]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(logits.Length, actual[OnnxExporter.LogitsName].Length);
    }

    [Fact]
    public void A_network_without_softmax_has_one_result()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("network Features\nresolution 9\nweights random\nlayers\n  conv 5 kernel 3\nhead\n  avgpool"));
        float[] input = RandomWeights.Noise(trained.Network.Input);
        (string name, float[] values) = Assert.Single(OnnxModel.Run(OnnxExporter.Export(trained), trained.Network.Input, input));
        Assert.Equal(OnnxExporter.OutputName, name);
        Assert.All(FloatReference.Run(trained, input)["avgpool1"].Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData("maxpool\n dense 9 tanh\n dense 5 sigmoid\n dense 4")]
    [InlineData("flatten\n dense 9 sigmoid\n dense 4 tanh")]
    [InlineData("flatten\n dense 1\n sigmoid")]
    [InlineData("maxpool")]
    [InlineData("flatten")]
    public void Every_head_agrees_with_onnx_runtime(string head)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network($"network Heads\nresolution 11x8\nweights random 2\nlayers\n conv 21 kernel 3 stride 2 linear\n depthwise linear\nhead\n {head}"));
        float[] input = RandomWeights.Noise(trained.Network.Input);
        float[] expected = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name], actual = OnnxModel.Run(OnnxExporter.Export(trained), trained.Network.Input, input)[OnnxExporter.OutputName];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * expected.Max(Math.Abs)));
    }

    [Fact]
    public void Layers_may_have_the_names_of_the_results()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("""
            network Names
            resolution 4
            weights random
            layers
              conv 5 kernel 3 stride 4 as output
            head
              dense 6 relu as logits
              dense 3 as scores
              softmax as probabilities
            """));
        float[] input = RandomWeights.Noise(trained.Network.Input);
        IReadOnlyDictionary<string, float[]> actual = OnnxModel.Run(OnnxExporter.Export(trained), trained.Network.Input, input);
        IReadOnlyDictionary<string, float[]> expected = FloatReference.Run(trained, input);
        Assert.All(expected["scores"].Zip(actual[OnnxExporter.LogitsName]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(expected["probabilities"].Zip(actual[OnnxExporter.OutputName]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Exporting_twice_gives_the_same_bytes()
    {
        Network network = NetworkText.Network("network MobileNetV2\nalpha 0.1\nresolution 32\nweights random 3");
        Assert.Equal(OnnxExporter.Export(RandomWeights.Create(network)), OnnxExporter.Export(RandomWeights.Create(network)));
    }

    [Fact]
    public void A_quantised_network_is_refused()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("network MobileNetV2\nalpha 0.1\nresolution 32\nquantization int8\nweights random 3"));
        var error = Assert.Throws<ArgumentException>(() => OnnxExporter.Export(trained));
        Assert.Equal("The network is int8; float32 networks can be exported. (Parameter 'trained')", error.Message);
    }
}
