using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlow;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;
using static MobileNetGen.Weights.Tests.Formats.TensorFlow.GraphDefFile;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

public sealed class FrozenGraphReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("MobileNetV1", GraphStyle.Slim)]
    [InlineData("MobileNetV2", GraphStyle.Slim)]
    [InlineData("MobileNetV2", GraphStyle.Keras)]
    [InlineData("MobileNetV2", GraphStyle.Fused)]
    [InlineData("MobileNetV2", GraphStyle.ChannelsFirst)]
    public void A_frozen_graph_gives_the_results_of_its_parameters(string architecture, GraphStyle style)
    {
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(Network(architecture));
        Assert.Equal(UnfoldedNetwork.Run(unfolded.Fold(0.001f, PaddingRule.Same)), UnfoldedNetwork.Run(Load(unfolded, style)));
    }

    [Fact]
    public void Batch_normalisation_in_single_steps_gives_the_results_of_its_parameters_but_for_rounding()
    {
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(Network("MobileNetV1"));
        float[] expected = UnfoldedNetwork.Run(unfolded.Fold(0.001f, PaddingRule.Same)), actual = UnfoldedNetwork.Run(Load(unfolded, GraphStyle.Decomposed));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [ReferenceTheory]
    [InlineData("VisualWakeWordsFloat", GraphStyle.Slim)]
    [InlineData("CatDog", GraphStyle.Keras)]
    [InlineData("CatDog", GraphStyle.Fused)]
    [InlineData("CatDog", GraphStyle.ChannelsFirst)]
    public void A_trained_network_gives_the_same_results_from_a_frozen_graph_as_from_TensorFlow_Lite(string text, GraphStyle style)
    {
        TrainedNetwork trained = ReferenceNetworks.Load(text);
        string path = _folder.Write("graph.pb", NetworkGraph.Of(UnfoldedNetwork.Of(trained), style).Build());
        var source = (SourceNetwork)WeightsFile.Read(path, trained.Network.Input).Model;
        Assert.Equal(UnfoldedNetwork.Run(trained), UnfoldedNetwork.Run(LayerMatcher.Match(trained.Network, source)));
    }

    [Fact]
    public void A_checkpoint_and_a_frozen_graph_of_the_same_layers_give_the_same_weights()
    {
        Network network = NetworkText.Network("network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 5\nepsilon 0.0010000000474974513\nweights \"model.ckpt\"\n");
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        CheckpointFile file = new();
        foreach ((UnfoldedLayer layer, string scope) in unfolded.Layers.Zip(SlimNames.Of(network.Layers)))
            file.AddLayer(layer, scope);
        file.Write(_folder.Path, "model.ckpt");
        TrainedNetwork fromCheckpoint = TrainedNetworkLoader.Load(network, _folder.Path), fromGraph = Load(unfolded, GraphStyle.Slim);
        Assert.All(fromCheckpoint.Layers.Zip(fromGraph.Layers), pair =>
        {
            Assert.Equal((pair.First.Filter as FloatFilter)?.Weights, (pair.Second.Filter as FloatFilter)?.Weights);
            Assert.Equal((pair.First.Filter as FloatFilter)?.Bias, (pair.Second.Filter as FloatFilter)?.Bias);
        });
    }

    [Fact]
    public void Padding_and_activation_are_the_graphs_own()
    {
        var file = new GraphDefFile();
        string conv = Convolution(file, ("padding", Text("EXPLICIT")), ("explicit_paddings", List(0, 0, 1, 0, 0, 1, 0, 0)));
        file.Node("relu", "Relu", [conv]);
        var step = Assert.IsType<SourceConvolution>(Assert.Single(Read(file).Operators));
        Assert.Equal(SourcePadding.Explicit(1, 0, 0, 1), step.Padding);
        Assert.Equal(SourceActivation.Relu, step.Activation);
    }

    [Fact]
    public void An_unknown_operator_is_refused_by_name()
    {
        var file = new GraphDefFile();
        file.Node("boxes", "NonMaxSuppressionV3", [Convolution(file)]);
        Fails(file, "node \"boxes\" (NonMaxSuppressionV3), is not one of a MobileNet's: Conv2D");
    }

    [Fact]
    public void What_was_trained_to_be_quantised_is_refused_with_advice()
    {
        var file = new GraphDefFile();
        file.Node("quant", "FakeQuantWithMinMaxVars", [Convolution(file), file.Number("min", [], 0), file.Number("max", [], 6)]);
        Assert.Contains("convert it to TensorFlow Lite", Fails(file, "node \"quant\" (FakeQuantWithMinMaxVars)"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_is_not_frozen_is_refused_with_advice()
    {
        var file = new GraphDefFile();
        string input = file.Node("input", "Placeholder", [], ("shape", GraphDefFile.Shape(1, 2, 2, 1)));
        file.Node("conv", "Conv2D", [input, file.Node("weights", "VariableV2", [])], ("strides", List(1, 1, 1, 1)), ("padding", Text("SAME")));
        Assert.Contains("its weights are in a checkpoint", Fails(file, "node \"weights\" (VariableV2)"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_normalisation_in_training_is_refused()
    {
        var file = new GraphDefFile();
        string one = file.Number("one", [1], 1);
        file.Node("norm", "FusedBatchNorm", [Convolution(file), one, one, one, one], ("epsilon", Single(0.001f)));
        Fails(file, "node \"norm\" (FusedBatchNorm), takes its means from the pictures");
    }

    [Fact]
    public void A_loop_is_refused()
    {
        var file = new GraphDefFile();
        file.Node("a", "Relu", ["b"]);
        file.Node("b", "Relu", ["a"]);
        file.Node("c", "Relu", ["a"]);
        Fails(file, "node \"b\" (Relu), depends on itself by way of \"a\"");
    }

    [Fact]
    public void A_node_that_is_not_there_is_refused()
    {
        var file = new GraphDefFile();
        file.Node("a", "Relu", ["b"]);
        Fails(file, "node \"a\" (Relu): the node \"b\" is not in the graph");
    }

    [Fact]
    public void An_open_size_is_that_of_the_text_and_refused_without_one()
    {
        var file = new GraphDefFile();
        string input = file.Node("input", "Placeholder", [], ("shape", GraphDefFile.Shape(-1, -1, -1, 1)));
        file.Node("conv", "Conv2D", [input, file.Number("weights", [1, 1, 1, 1], 1)], ("strides", List(1, 1, 1, 1)), ("padding", Text("SAME")));
        Fails(file, "node \"input\" (Placeholder), leaves its size open, [-1, -1, -1, 1]");
        var network = (SourceNetwork)new FrozenGraphReader().Read(new WeightsInput("graph.pb", file.Build()) { InputSize = new Shape(3, 5, 1) });
        Assert.Equal([1, 3, 5, 1], network.Values[network.Inputs[0]].Shape.AsEnumerable());
    }

    [Fact]
    public void A_saved_model_is_refused_with_what_to_name() =>
        Assert.Contains("variables/variables.index", Assert.Throws<WeightsException>(() => new FrozenGraphReader().Read(new WeightsInput("saved_model.pb", []))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_constant_of_one_number_does_not_stand_for_more_than_the_file_could_hold()
    {
        var file = new GraphDefFile();
        for (int i = 0; i < 100; i++)
            file.Number($"weights{i}", [1 << 20], 1);
        Fails(file, "weights99: the weights that operators name, taken one by one, amount to several times the file");
    }

    private TrainedNetwork Load(UnfoldedNetwork unfolded, GraphStyle style)
    {
        Network network = NetworkText.Network($"network {unfolded.Network.Architecture}\nalpha {unfolded.Network.Alpha}\nresolution 32\nclasses 5\nweights \"graph.pb\"\n");
        _folder.Write("graph.pb", NetworkGraph.Of(unfolded, style).Build());
        return TrainedNetworkLoader.Load(network, _folder.Path);
    }

    private static Network Network(string architecture) => NetworkText.Network($"network {architecture}\nalpha {(architecture == "MobileNetV1" ? 0.25 : 0.35)}\nresolution 32\nclasses 5\nweights random 1\n");

    private static string Convolution(GraphDefFile file, params (string, ProtobufBytes)[] attributes)
    {
        string input = file.Node("input", "Placeholder", [], ("shape", GraphDefFile.Shape(1, 2, 2, 1)));
        (string, ProtobufBytes)[] own = attributes.Length > 0 ? attributes : [("padding", Text("SAME"))];
        return file.Node("conv", "Conv2D", [input, file.Number("weights", [1, 1, 1, 1], 1)], [("strides", List(1, 1, 1, 1)), .. own]);
    }

    private static SourceNetwork Read(GraphDefFile file) => (SourceNetwork)new FrozenGraphReader().Read(file.Input());

    private static string Fails(GraphDefFile file, string message)
    {
        var error = Assert.Throws<WeightsException>(() => Read(file));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
