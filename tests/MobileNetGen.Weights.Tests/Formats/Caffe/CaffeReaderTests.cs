using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Caffe;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Caffe;

public sealed class CaffeReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("MobileNetV1", "relu", CaffeStyle.Snapshot)]
    [InlineData("MobileNetV1", "relu6", CaffeStyle.Deploy)]
    [InlineData("MobileNetV2", "relu6", CaffeStyle.Snapshot)]
    [InlineData("MobileNetV2", "relu", CaffeStyle.Deploy)]
    public void A_caffemodel_gives_the_results_of_its_parameters(string architecture, string activation, CaffeStyle style)
    {
        Network network = Text(architecture, activation);
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        _folder.Write("net.caffemodel", CaffeFile.Of(unfolded, style));
        Assert.Equal(UnfoldedNetwork.Run(unfolded.Fold(1e-5f, PaddingRule.Symmetric)), UnfoldedNetwork.Run(TrainedNetworkLoader.Load(network, _folder.Path)));
    }

    [Theory]
    [InlineData("MobileNetV1")]
    [InlineData("MobileNetV2")]
    public void An_old_file_gives_the_results_of_its_parameters(string architecture)
    {
        // Batch normalisation is later than this form of the file.
        Network network = Text(architecture, "relu");
        UnfoldedNetwork folded = UnfoldedNetwork.Of(UnfoldedNetwork.Create(network).Fold(1e-5, PaddingRule.Symmetric));
        _folder.Write("net.caffemodel", CaffeFile.Of(folded, CaffeStyle.Old));
        Assert.Equal(UnfoldedNetwork.Run(folded.Fold(0, PaddingRule.Symmetric)), UnfoldedNetwork.Run(TrainedNetworkLoader.Load(network, _folder.Path)));
    }

    [ReferenceTheory]
    [InlineData(CaffeStyle.Snapshot)]
    [InlineData(CaffeStyle.Old)]
    public void Trained_weights_are_the_same_from_a_caffemodel_as_from_TensorFlow_Lite(CaffeStyle style)
    {
        TrainedNetwork trained = ReferenceNetworks.Load("VisualWakeWordsFloat");
        string path = _folder.Write("net.caffemodel", CaffeFile.Of(UnfoldedNetwork.Of(trained), style));
        Network network = trained.Network with { Padding = PaddingRule.Symmetric };
        TrainedNetwork read = LayerMatcher.Match(network, (SourceNetwork)WeightsFile.Read(path, network.Input).Model);
        Assert.All(trained.Layers.Zip(read.Layers), pair =>
        {
            Assert.Equal((pair.First.Filter as FloatFilter)?.Weights, (pair.Second.Filter as FloatFilter)?.Weights);
            Assert.Equal((pair.First.Filter as FloatFilter)?.Bias, (pair.Second.Filter as FloatFilter)?.Bias);
        });
    }

    [Fact]
    public void An_activation_that_the_text_does_not_have_is_an_error()
    {
        Network network = Text("MobileNetV1", "relu6");
        _folder.Write("net.caffemodel", CaffeFile.Of(UnfoldedNetwork.Create(Text("MobileNetV1", "relu")), CaffeStyle.Snapshot));
        Assert.Contains("activation relu", Assert.Throws<MatchException>(() => TrainedNetworkLoader.Load(network, _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epsilon_is_the_files_own()
    {
        ProtobufBytes norm = CaffeFile.Layer("norm", "BatchNorm", ["conv"], ["conv"], CaffeFile.Blob([1], [0]), CaffeFile.Blob([1], [0]), CaffeFile.Blob([1], [1]));
        norm.Message(139, new ProtobufBytes().Single(3, 0.25f));
        var step = Assert.IsType<SourceConvolution>(Assert.Single(Read(Input(), Convolution(), norm).Operators));
        Assert.Equal([2f], step.Weights.Floats);
    }

    [Fact]
    public void A_clip_between_0_and_6_is_ReLU6()
    {
        ProtobufBytes clip = CaffeFile.Layer("clip", "Clip", ["conv"], ["conv"]).Message(148, new ProtobufBytes().Single(1, 0).Single(2, 6));
        Assert.Equal(SourceActivation.Relu6, Assert.IsType<SourceConvolution>(Assert.Single(Read(Input(), Convolution(), clip).Operators)).Activation);
    }

    [Fact]
    public void Double_precision_is_read()
    {
        ProtobufBytes blob = new ProtobufBytes().Bytes(8, BitConverter.GetBytes(0.5)).Message(7, new ProtobufBytes().Integers(1, 1, 1, 1, 1));
        ProtobufBytes conv = CaffeFile.Layer("conv", "Convolution", ["data"], ["conv"], blob).Message(106, new ProtobufBytes().Integer(4, 1));
        Assert.Equal([0.5f], Assert.IsType<SourceConvolution>(Assert.Single(Read(Input(), conv).Operators)).Weights.Floats);
    }

    [Fact]
    public void An_unknown_layer_is_refused_by_name() =>
        Fails("layer \"out\" (DetectionOutput), is not of a type that a MobileNet has", Input(), Convolution(), CaffeFile.Layer("out", "DetectionOutput", ["conv"], ["out"]));

    [Fact]
    public void A_leaky_ReLU_is_refused() =>
        Fails("layer \"relu\" (ReLU), lets negative numbers pass", Input(), Convolution(), CaffeFile.Layer("relu", "ReLU", ["conv"], ["conv"]).Message(123, new ProtobufBytes().Single(1, 0.1f)));

    [Fact]
    public void A_maximum_of_two_is_refused() =>
        Fails("layer \"max\" (Eltwise), is not the plain sum", Input(), Convolution(), CaffeFile.Layer("max", "Eltwise", ["conv", "data"], ["max"]).Message(110, new ProtobufBytes().Integer(1, 2)));

    [Fact]
    public void A_network_that_was_never_trained_is_refused() =>
        Fails("layer \"conv\" (Convolution), has 0 blobs", Input(), CaffeFile.Layer("conv", "Convolution", ["data"], ["conv"]));

    [Fact]
    public void Numbers_that_do_not_fit_their_shape_are_refused() =>
        Fails("\"conv, blob 0\" has 3 numbers for [1, 1, 1, 2]", Input(), CaffeFile.Layer("conv", "Convolution", ["data"], ["conv"], CaffeFile.Blob([1, 1, 1, 2], [1, 2, 3])));

    [Fact]
    public void Without_a_size_in_file_and_text_the_size_is_asked_for() =>
        Fails("layer \"data\" (Data), leaves its size open", CaffeFile.Layer("data", "Data", [], ["data", "label"]), Convolution());

    [Fact]
    public void A_web_page_is_refused() =>
        Assert.StartsWith("The ", Assert.Throws<WeightsException>(() => new CaffeReader().Read(new WeightsInput("net.caffemodel", "<html>not found</html>"u8.ToArray()))).Message, StringComparison.Ordinal);

    private static Network Text(string architecture, string activation) => NetworkText.Network(
        $"network {architecture}\nalpha {(architecture == "MobileNetV1" ? 0.25 : 0.35)}\nresolution 32\nclasses 5\nactivation {activation}\nweights \"net.caffemodel\"\n");

    private static ProtobufBytes Input() =>
        CaffeFile.Layer("input", "Input", [], ["data"]).Message(143, new ProtobufBytes().Message(1, new ProtobufBytes().Integers(1, 1, 1, 2, 2)));

    private static ProtobufBytes Convolution() =>
        CaffeFile.Layer("conv", "Convolution", ["data"], ["conv"], CaffeFile.Blob([1, 1, 1, 1], [1])).Message(106, new ProtobufBytes().Integer(4, 1));

    private static SourceNetwork Read(params ProtobufBytes[] layers) =>
        (SourceNetwork)new CaffeReader().Read(new WeightsInput("net.caffemodel", layers.Aggregate(new ProtobufBytes(), (net, layer) => net.Message(100, layer)).ToArray()));

    private static void Fails(string message, params ProtobufBytes[] layers) =>
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => Read(layers)).Message, StringComparison.Ordinal);
}
