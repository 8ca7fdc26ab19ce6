using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Formats.Caffe;
using MobileNetGen.Weights.Tests.Formats.Keras;
using MobileNetGen.Weights.Tests.Formats.TensorFlow;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Reference;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>
/// A network that Keras trained, its batch normalisations not folded, written into the formats whose frameworks are not at hand, and compared with what
/// TensorFlow Lite made of the same training.
/// </summary>
public sealed class TrainedStatisticsTests : IDisposable
{
    private const string Model = "mlcommons_vww_96_float";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ReferenceFact]
    public void A_checkpoint_of_trained_statistics_gives_the_probabilities_of_TensorFlow_Lite()
    {
        UnfoldedNetwork trained = Trained();
        CheckpointFile file = new();
        foreach ((UnfoldedLayer layer, string scope) in trained.Layers.Zip(SlimNames.Of(trained.Network.Layers)))
            file.AddLayer(layer, scope);
        file.Write(_folder.Path, "model.ckpt");
        AssertProbabilities(ParameterMatcher.Match(trained.Network, (SourceParameters)WeightsFile.Read(Path.Combine(_folder.Path, "model.ckpt")).Model));
    }

    [ReferenceTheory]
    [InlineData(GraphStyle.Slim)]
    [InlineData(GraphStyle.Fused)]
    public void A_frozen_graph_of_trained_statistics_gives_the_probabilities_of_TensorFlow_Lite(GraphStyle style)
    {
        UnfoldedNetwork trained = Trained();
        string path = _folder.Write("graph.pb", NetworkGraph.Of(trained, style).Build());
        AssertProbabilities(LayerMatcher.Match(trained.Network, (SourceNetwork)WeightsFile.Read(path, trained.Network.Input).Model));
    }

    [ReferenceFact]
    public void A_caffemodel_of_trained_statistics_gives_the_weights_of_TensorFlow_Lite()
    {
        // Caffe pads otherwise, so results cannot be compared. Its ε is stated, as Keras' is another than Caffe's own.
        UnfoldedNetwork trained = Trained();
        Network network = trained.Network with { Padding = PaddingRule.Symmetric };
        string path = _folder.Write("net.caffemodel", CaffeFile.Of(trained, CaffeStyle.Snapshot, 1e-3f));
        TrainedNetwork actual = LayerMatcher.Match(network, (SourceNetwork)WeightsFile.Read(path, network.Input).Model);
        foreach ((TrainedLayer expected, TrainedLayer read) in ReferenceNetworks.Load("VisualWakeWordsFloat").Layers.Zip(actual.Layers).Where(pair => pair.First.Filter is not null))
        {
            var (e, r) = ((FloatFilter)expected.Filter!, (FloatFilter)read.Filter!);
            Assert.All(e.Weights.Concat(e.Bias).Zip(r.Weights.Concat(r.Bias)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    private UnfoldedNetwork Trained()
    {
        // As weights alone, whose normalisations wait to be folded.
        Network network = ReferenceNetworks.Load("VisualWakeWordsFloat").Network;
        byte[] file = KerasFiles.WithoutConfiguration(File.ReadAllBytes(ReferenceData.TensorFlowLite("../float/mlcommons_vww_96.h5")));
        var source = (SourceParameters)WeightsFile.Read(_folder.Write("weights.h5", file)).Model;
        Assert.Equal(27, source.Filters.Count(filter => filter.Normalization is { Epsilon: 0.001 }));
        return UnfoldedNetwork.Of(network, source);
    }

    private static void AssertProbabilities(TrainedNetwork trained)
    {
        Assert.Equal(4, ReferenceNetworks.Images(Model).Count);
        foreach (string image in ReferenceNetworks.Images(Model))
        {
            float[] input = MemoryMarshal.Cast<byte, float>(ReferenceNetworks.Input(Model, image, trained.Network)).ToArray();
            float[] expected = MemoryMarshal.Cast<byte, float>(ReferenceNetworks.Output(Model, image)).ToArray();
            float[] actual = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name];
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }
}
