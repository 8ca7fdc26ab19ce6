using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats.TensorFlow;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Checkpoints of the Object Detection API with seeded numbers: trained ones are not to be had here.</summary>
public sealed class CheckpointDetectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SSDMobileNetV1")]
    [InlineData("SSDLiteMobileNetV1")]
    public void A_checkpoint_gives_each_predictor_its_own_numbers(string name)
    {
        Network network = NetworkText.Network($"network {name}\nalpha 0.25\nresolution 96\nclasses 3\nweights \"model.ckpt\"\n");
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        var file = new CheckpointFile();
        foreach ((UnfoldedLayer layer, string scope) in unfolded.Layers.Zip(Scopes(network)))
            file.AddLayer(layer, scope);
        file.Write(_folder.Path, "model.ckpt");

        TrainedNetwork expected = unfolded.Fold(0.001, PaddingRule.Same), actual = TrainedNetworkLoader.Load(network, _folder.Path);

        Assert.All(expected.Layers.Zip(actual.Layers), pair =>
        {
            Assert.Equal((pair.First.Filter as FloatFilter)?.Weights, (pair.Second.Filter as FloatFilter)?.Weights);
            Assert.Equal((pair.First.Filter as FloatFilter)?.Bias, (pair.Second.Filter as FloatFilter)?.Bias);
        });
    }

    /// <summary>The scopes of the layers that have weights: of the backbone, of what the API adds, and of predictors.</summary>
    private static IEnumerable<string> Scopes(Network network)
    {
        const string Extractor = "FeatureExtractor/MobilenetV1/";
        Layer[] layers = [.. network.Layers.Where(layer => layer.HasWeights)];
        (int pair, int extra) = (0, 1);
        foreach (Layer layer in layers)
        {
            if (network.Detector!.Maps.Index().FirstOrDefault(map => layer.Name.StartsWith(map.Item.Boxes, StringComparison.Ordinal) || layer.Name.StartsWith(map.Item.Scores, StringComparison.Ordinal)) is { Item: { } map, Index: var i })
                yield return $"BoxPredictor_{i}/{(layer.Name.StartsWith(map.Boxes, StringComparison.Ordinal) ? "BoxEncodingPredictor" : "ClassPredictor")}{(layer.IsDepthwise ? "_depthwise" : "")}";
            else if (pair == 0 && layer.Operator == Operator.Convolution)
                yield return Extractor + "Conv2d_0";
            else if (pair < 13 && layer.Operator == Operator.Depthwise)
                yield return $"{Extractor}Conv2d_{++pair}_depthwise";
            else if (extra == 1 && layer.Name != "pointwise1" && IsBackbone(layer))
                yield return $"{Extractor}Conv2d_{pair}_pointwise";
            else if (layer.Kernel == 1 && !Follows(layer))
                yield return $"{Extractor}Conv2d_13_pointwise_1_Conv2d_{++extra}_1x1_{layer.Output.Channels}";
            else
                yield return $"{Extractor}Conv2d_13_pointwise_2_Conv2d_{extra}_3x3_s2_{layer.Output.Channels}{(layer.IsDepthwise ? "_depthwise" : "")}";
        }

        bool IsBackbone(Layer layer) => Follows(layer) && pair <= 13 && Array.IndexOf(layers, layer) <= 26;

        // A pointwise layer behind a depthwise one is the second half of a separable convolution.
        bool Follows(Layer layer) => layer.Kernel == 1 && layers.FirstOrDefault(l => l.Name == layer.Inputs[0]) is { IsDepthwise: true };
    }
}
