using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.PostTraining;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;
using MobileNetGen.Weights.Tests.Formats;

namespace MobileNetGen.Weights.Tests.Export;

public class TensorFlowLiteWriterTests
{
    [Theory]
    [InlineData("network MobileNetV1\nalpha 0.25\nresolution 33\nclasses 5")]
    [InlineData("network MobileNetV2\nalpha 0.35\nresolution 64x48\nclasses 5")]
    [InlineData("network Odd\nresolution 30x39\n" + NetworkText.OddLayers)]
    [InlineData("network MobileNetV3Small\nalpha 0.35\nresolution 64x48\nclasses 5")]
    [InlineData("network Heads\nresolution 12x9\nlayers\n  conv 8 kernel 3 stride 2\nhead\n  maxpool\n  dense 9 tanh\n  dense 4 sigmoid")]
    [InlineData("network Heads\nresolution 12x9\nlayers\n  conv 8 kernel 3 stride 2\nhead\n  flatten\n  dense 9 relu\n  dense 1\n  sigmoid")]
    [InlineData("network Heads\nresolution 12x9\nlayers\n  conv 8 kernel 3 stride 2\nhead\n  flatten\n  dense 9 sigmoid\n  dense 3 tanh")]
    [InlineData("network Odd\nresolution 30x39\npadding symmetric\n" + NetworkText.OddLayers)]
    public void A_network_reads_back_as_it_was_written(string text)
    {
        foreach (string io in new[] { "", " io uint8", " io float32", " io uint8 float32", " io int8 uint8" })
        {
            TrainedNetwork trained = Random($"{text}\nquantization int8{io}\nweights random 1");
            NetworkNumbers.AssertSame(trained, NetworkNumbers.Read(trained, TensorFlowLiteWriter.Write(trained)));
        }
    }

    // TensorFlow's own int8 network: what its converter wrote, written by us.
    [ReferenceFact]
    public void A_network_that_TensorFlow_wrote_reads_back_as_it_was()
    {
        TrainedNetwork trained = ReferenceNetworks.Load("Ptq");
        NetworkNumbers.AssertSame(trained, NetworkNumbers.Read(trained, TensorFlowLiteWriter.Write(trained)));
    }

    [Fact]
    public void Operators_are_those_of_TensorFlows_converter_at_the_versions_that_know_int8()
    {
        TrainedNetwork trained = Random("network Odd\nresolution 30\npadding symmetric\nquantization int8 io float32\nweights random\n" + NetworkText.OddLayers);
        var model = new TensorFlowLiteModel(TensorFlowLiteWriter.Write(trained));
        string[] expected =
        [
            "QUANTIZE", "PAD", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "CONV_2D", "ADD",
            "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "ADD", "AVERAGE_POOL_2D", "CONV_2D", "CONV_2D", "RESHAPE", "SOFTMAX", "DEQUANTIZE",
        ];
        Assert.Equal(expected, model.Operators.Select(o => BuiltinOperator.Name(o.Code)));
    }

    [Fact]
    public void Heads_are_those_that_TensorFlows_converter_writes()
    {
        Assert.Equal(["CONV_2D", "MAX_POOL_2D", "CONV_2D", "TANH", "CONV_2D", "LOGISTIC", "RESHAPE"], Operators("maxpool\n  dense 4 tanh\n  dense 5 sigmoid"));
        Assert.Equal(["CONV_2D", "RESHAPE", "CONV_2D", "LOGISTIC", "RESHAPE", "DEQUANTIZE"], Operators("flatten\n  dense 4\n  sigmoid", " io int8 float32"));

        static IEnumerable<string> Operators(string head, string io = "") => new TensorFlowLiteModel(TensorFlowLiteWriter.Write(Random(
            $"network Heads\nresolution 8\nquantization int8{io}\nweights random\nlayers\n  conv 8 kernel 3\nhead\n  {head}"))).Operators.Select(o => BuiltinOperator.Name(o.Code));
    }

    [Fact]
    public void Constants_lie_at_multiples_of_sixteen_bytes()
    {
        var model = new TensorFlowLiteModel(TensorFlowLiteWriter.Write(Random("network MobileNetV2\nalpha 0.1\nresolution 32\nquantization int8\nweights random")));
        StoredTensor[] constants = [.. Enumerable.Range(0, model.TensorCount).Select(model.Tensor).Where(t => t.IsConstant)];
        Assert.True(constants.Length > 100);
        Assert.All(constants, c => Assert.Equal(0, c.Data.Start % 16));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    public void Other_networks_are_refused(string quantization) =>
        Assert.Throws<ArgumentException>(() => TensorFlowLiteWriter.Write(Random($"network MobileNetV1\nalpha 0.25\nresolution 32\nquantization {quantization}\nweights random")));

    [Fact]
    public void A_convolution_that_rounds_as_another_kind_is_refused()
    {
        TrainedNetwork trained = Random("network MobileNetV1\nalpha 0.25\nresolution 32\nquantization int8\nweights random");
        trained = trained with { Layers = trained.Layers.SetItem(0, trained.Layers[0] with { StoredAsDepthwise = true }) };
        Assert.Throws<ArgumentException>(() => TensorFlowLiteWriter.Write(trained));
    }

    private static TrainedNetwork Random(string text) => RandomWeights.Create(NetworkText.Network(text));
}
