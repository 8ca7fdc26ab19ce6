using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

/// <summary>A model for the browser with the names that Keras' own MobileNets have.</summary>
internal sealed class ManifestFile
{
    private readonly List<(string Name, int[] Shape, float[] Values)> _tensors = [];
    private readonly JsonArray _layers = [];

    /// <summary>A network as Keras has it: with the layers in order and their configuration.</summary>
    public ManifestFile(UnfoldedNetwork network)
    {
        foreach ((UnfoldedLayer layer, (string name, string normalization)) in network.Layers.Zip(Names(network.Layers)))
        {
            (int kernel, int inputs) = (layer.Layer.Kernel, layer.Layer.Input.Channels);
            switch (layer.Layer.Kind)
            {
                case LayerKind.Depthwise:
                    Layer(name, "DepthwiseConv2D", ("depthwise_kernel", [kernel, kernel, inputs, 1], layer.TapsFirst));
                    break;
                case LayerKind.Dense when name == "predictions":
                    Layer(name, "Dense", ("kernel", [inputs, layer.Outputs], layer.TapsFirst), ("bias", [layer.Outputs], layer.Bias!));
                    break;
                case LayerKind.Dense:
                    Layer(name, "Conv2D", ("kernel", [1, 1, inputs, layer.Outputs], layer.TapsFirst), ("bias", [layer.Outputs], layer.Bias!));
                    break;
                default:
                    Layer(name, "Conv2D", ("kernel", [kernel, kernel, inputs, layer.Outputs], layer.TapsFirst));
                    break;
            }

            if (layer.Normalization is { } n)
                Layer(normalization, "BatchNormalization", [.. new[] { ("gamma", n.Gamma), ("beta", n.Beta), ("moving_mean", n.Mean), ("moving_variance", n.Variance) }.Select(part => (part.Item1, new[] { layer.Outputs }, part.Item2))]);
        }
    }

    /// <summary>The model, or its manifest alone.</summary>
    /// <param name="isSorted">Whether weights are sorted by name.</param>
    /// <param name="isManifest">Whether there is nothing but the manifest.</param>
    public WeightsInput Input(bool isSorted, bool isManifest)
    {
        List<(string Name, int[] Shape, float[] Values)> tensors = isSorted ? [.. _tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)] : _tensors;
        var manifest = new JsonArray(new JsonObject
        {
            ["paths"] = new JsonArray("shard"),
            ["weights"] = new JsonArray([.. tensors.Select(tensor => new JsonObject
            {
                ["name"] = tensor.Name,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => JsonValue.Create(size))]),
                ["dtype"] = "float32",
            })]),
        });
        byte[] shard = [.. tensors.SelectMany(tensor => MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())];
        JsonNode file = isManifest ? manifest : new JsonObject
        {
            ["modelTopology"] = new JsonObject { ["class_name"] = "Functional", ["config"] = new JsonObject { ["layers"] = _layers.DeepClone() } },
            ["weightsManifest"] = manifest,
        };
        return new WeightsInput("model.json", Encoding.UTF8.GetBytes(file.ToJsonString()), _ => shard);
    }

    private void Layer(string name, string kind, params (string Name, int[] Shape, float[] Values)[] weights)
    {
        _layers.Add(new JsonObject { ["class_name"] = kind, ["config"] = new JsonObject { ["name"] = name } });
        _tensors.AddRange(weights.Select(weight => ($"{name}/{weight.Name}", weight.Shape, weight.Values)));
    }

    /// <summary>The names of Keras' MobileNet or MobileNetV2: of each layer, and of its batch normalisation.</summary>
    private static IEnumerable<(string Layer, string Normalization)> Names(IReadOnlyList<UnfoldedLayer> layers)
    {
        bool isV1 = layers[^2].Layer.Name.StartsWith("separable", StringComparison.Ordinal);
        for (int i = 0; i < layers.Count; i++)
        {
            string[] parts = layers[i].Layer.Name.Split('_');
            string name = (isV1, i) switch
            {
                (true, 0) => "conv1",
                (false, 0) => "Conv1",
                (true, _) when i == layers.Count - 1 => "conv_preds",
                (false, _) when i == layers.Count - 1 => "predictions",
                (false, _) when i == layers.Count - 2 => "Conv_1",
                (true, _) => i % 2 == 1 ? $"conv_dw_{(i + 1) / 2}" : $"conv_pw_{i / 2}",
                _ => $"{Block(parts[0]["bottleneck".Length..])}_{parts[1]}",
            };
            yield return (name, name == "Conv1" ? "bn_Conv1" : isV1 || name == "Conv_1" ? $"{name}_bn" : $"{name}_BN");
        }
    }

    private static string Block(string number) => number == "1" ? "expanded_conv" : string.Create(CultureInfo.InvariantCulture, $"block_{int.Parse(number, CultureInfo.InvariantCulture) - 1}");
}
