using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>What the exporters write is read as the network that was exported, number for number.</summary>
public sealed class OnnxRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Networks => new(
        "network MobileNetV1\nalpha 0.25\nresolution 97x113\nclasses 10",
        "network MobileNetV1\nalpha 0.25\nresolution 96\ninput grey\nclasses 2\npadding same\nactivation relu",
        "network MobileNetV2\nalpha 0.35\nresolution 96\nclasses 10\npadding symmetric",
        "network MobileNetV2\nalpha 0.35\nresolution 65x64\nclasses 3\npadding same",
        $"network Odd\nresolution 33x38\n{NetworkText.OddLayers}");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_float32_network_is_the_same(string text)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network($"{text}\nweights random 1"));
        IsSame(trained, Load(OnnxExporter.Export(trained), text));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void An_int8_network_is_the_same(string text)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network($"{text}\nquantization int8\nweights random 2"));
        IsSame(trained, Load(QdqExporter.Export(trained), $"{text}\nquantization int8"));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_uint8_network_is_the_same(string text)
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network($"{text}\nquantization uint8\nweights random 3"));
        IsSame(trained, Load(QdqExporter.Export(trained), $"{text}\nquantization uint8"));
    }

    private TrainedNetwork Load(byte[] file, string text)
    {
        _folder.Write("model.onnx", file);
        return TrainedNetworkLoader.Load(NetworkText.Network($"{text}\nweights \"model.onnx\""), _folder.Path);
    }

    private static void IsSame(TrainedNetwork expected, TrainedNetwork actual)
    {
        Assert.Equal((expected.Input, expected.OuterInput, expected.OuterOutput), (actual.Input, actual.OuterInput, actual.OuterOutput));
        Assert.Equal(expected.Layers.Length, actual.Layers.Length);
        foreach ((TrainedLayer a, TrainedLayer b) in expected.Layers.Zip(actual.Layers))
        {
            Assert.Equal(a.Layer.Name, b.Layer.Name);
            Assert.Equal((a.Output, a.PadTop, a.PadLeft, a.Pool), (b.Output, b.PadTop, b.PadLeft, b.Pool));
            switch (a.Filter)
            {
                case FloatFilter real:
                    Assert.Equal(real.Weights, ((FloatFilter)b.Filter!).Weights);
                    Assert.Equal(real.Bias, ((FloatFilter)b.Filter!).Bias);
                    break;
                case QuantizedFilter integers:
                    var read = (QuantizedFilter)b.Filter!;
                    Assert.Equal(integers.Weights, read.Weights);
                    Assert.Equal(integers.Bias, read.Bias);
                    Assert.Equal(integers.ZeroPoint, read.ZeroPoint);
                    Assert.Equal(integers.Scales.AsEnumerable(), read.Scales.AsEnumerable());
                    Assert.Equal(a.StoredAsDepthwise, b.StoredAsDepthwise);
                    break;
                default:
                    Assert.Null(b.Filter);
                    break;
            }
        }
    }
}
