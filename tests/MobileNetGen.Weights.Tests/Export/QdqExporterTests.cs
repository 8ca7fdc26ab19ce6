using System;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Export;

/// <summary>
/// The exporter against ONNX Runtime, which requantises in its own way. The networks end before the softmax, which would hide or magnify
/// differences, so that results spread over the bytes.
/// </summary>
public class QdqExporterTests
{
    private const string Head = "classes 10\nhead\n  avgpool\n  dense classes";

    // As in MobileNetV2, but few: what one layer rounds differently, fifty of them multiply.
    private const string Bottlenecks = "layers\n  conv 16 kernel 3 stride 2\n  bottleneck 16 expand 6 repeat 2\n  bottleneck 24 expand 6 stride 2 repeat 2\n  pointwise 64";

    private const string Squeezes = "layers\n  conv 16 kernel 3 stride 2 hswish\n  bottleneck 16 expand 4 squeeze 1/4 hswish\n  bottleneck 24 expand to 72 stride 2 squeeze 1/4 relu\n  pointwise 64 hswish";

    public static TheoryData<string> Networks => new(
        $"network MobileNetV1\nalpha 0.25\nresolution 97x113\nquantization uint8\nweights random 1\n{Head}",
        $"network MobileNetV1\nalpha 0.25\nresolution 64\nquantization int8\npadding symmetric\nactivation relu\nweights random 2\n{Head}",
        $"network Bottlenecks\nresolution 48\nquantization uint8\nweights random 3\n{Bottlenecks}\n{Head}",
        $"network Bottlenecks\nresolution 48x33\nquantization int8\nweights random 4\n{Bottlenecks}\n{Head}",
        $"network Heads\nresolution 24x17\nquantization uint8\nweights random 7\n{Bottlenecks}\nhead\n maxpool\n dense 40 tanh\n dense 9 sigmoid",
        $"network Heads\nresolution 24x17\nquantization int8\nweights random 8\n{Bottlenecks}\nhead\n flatten\n dense 40 sigmoid\n dense 9 tanh",
        $"network Squeezes\nresolution 48\nquantization uint8\nweights random 9\n{Squeezes}\n{Head}",
        $"network Squeezes\nresolution 48x33\nquantization int8\nweights random 10\n{Squeezes}\n{Head}",
        $"network Odd\nresolution 33x38\nquantization uint8\nweights random 5\n{NetworkText.OddLayers.Replace("softmax", "", StringComparison.Ordinal)}",
        $"network Odd\nresolution 38x33\nquantization int8\ninput grey\nweights random 6\n{NetworkText.OddLayers.Replace("softmax", "", StringComparison.Ordinal)}");

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_reference_and_onnx_runtime_agree_within_a_few_units(string text)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network(text));
        int offset = trained.Network.Quantization == Quantization.Int8 ? 128 : 0;
        var input = new byte[trained.Network.Input.Length];
        new Random(1).NextBytes(input);
        int[] expected = [.. QuantizedReference.Run(trained, [.. input.Select(value => value - offset)])[QuantizedReference.ResultName].Select(value => value + offset)];

        Assert.True(expected.Max() - expected.Min() > 60);
        foreach (GraphOptimizationLevel level in (GraphOptimizationLevel[])[GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL])
        {
            byte[] actual = Run(QdqExporter.Export(trained), trained.Network.Input, input, level);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 3));
        }
    }

    [Fact]
    public void A_trained_clamp_below_a_bytes_range_is_kept()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("network Clamp\nresolution 8\nquantization uint8\nweights random 7\nlayers\n  conv 4 kernel 3 relu6\nhead\n  avgpool"));
        TrainedLayer[] layers = [.. trained.Layers.Select(layer => layer with { Output = new TensorScale(0.05f, 20) })];
        byte[] actual = Run(QdqExporter.Export(trained with { Layers = [.. layers] }), trained.Network.Input, [.. Enumerable.Repeat((byte)255, 192)], GraphOptimizationLevel.ORT_DISABLE_ALL);
        Assert.All(actual, value => Assert.InRange(value, 20, 20 + 120));
    }

    [Fact]
    public void Exporting_twice_gives_the_same_bytes()
    {
        Network network = NetworkText.Network("network MobileNetV2\nalpha 0.1\nresolution 32\nquantization int8\nweights random 3");
        Assert.Equal(QdqExporter.Export(RandomWeights.Create(network)), QdqExporter.Export(RandomWeights.Create(network)));
    }

    [Fact]
    public void A_float32_network_is_refused()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("network MobileNetV2\nalpha 0.1\nresolution 32\nweights random 3"));
        var error = Assert.Throws<ArgumentException>(() => QdqExporter.Export(trained));
        Assert.Equal("The network is float32; quantised networks can be exported in this form. (Parameter 'trained')", error.Message);
    }

    private static byte[] Run(byte[] model, Shape shape, byte[] input, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = level, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        var tensor = new DenseTensor<byte>([1, shape.Channels, shape.Height, shape.Width]);
        for (int i = 0; i < input.Length; i++)
            tensor[0, i % shape.Channels, i / shape.Channels / shape.Width, i / shape.Channels % shape.Width] = input[i];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor(Network.InputName, tensor)]);
        return [.. Assert.Single(results).AsEnumerable<byte>()];
    }
}
