using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

/// <summary>A model for the browser with the names that Keras' own MobileNets have.</summary>
internal sealed class ManifestFile
{
    private readonly List<(string Name, int[] Shape, float[] Values)> _tensors = [];
    private readonly JsonArray _layers = [];
    private string _last;

    /// <summary>A network as Keras has it: with the layers in order, their options and what each reads.</summary>
    public ManifestFile(UnfoldedNetwork network)
    {
        _last = Network.InputName;
        Shape picture = network.Network.Input;
        Layer("InputLayer", _last, new JsonObject { ["batch_input_shape"] = new JsonArray(null, picture.Height, picture.Width, picture.Channels) }, reads: []);
        var unfolded = network.Layers.Zip(Names(network.Layers)).ToDictionary(pair => pair.First.Layer.Name, pair => (pair.First, pair.Second.Layer, pair.Second.Normalization));
        var results = new Dictionary<string, string>(StringComparer.Ordinal) { [_last] = _last };
        foreach (Layer layer in network.Network.Layers)
        {
            _last = results[layer.Inputs[0]];
            if (unfolded.TryGetValue(layer.Name, out (UnfoldedLayer Layer, string Name, string Normalization) own))
                Filter(own.Layer, own.Name, own.Normalization);
            else if (layer.Operator == Operator.Add)
                Layer("Add", layer.Name, [], [.. layer.Inputs.Select(input => results[input])]);
            else if (layer.Operator == Operator.AveragePool)
                Layer("GlobalAveragePooling2D", "global_average_pooling2d", new JsonObject { ["keepdims"] = false, ["data_format"] = "channels_last" });
            else
                Layer("Activation", "act_softmax", new JsonObject { ["activation"] = "softmax" });
            results[layer.Name] = _last;
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
            ["modelTopology"] = new JsonObject
            {
                ["class_name"] = "Functional",
                ["config"] = new JsonObject
                {
                    ["name"] = "model",
                    ["layers"] = _layers.DeepClone(),
                    ["input_layers"] = new JsonArray(Reference(Network.InputName)),
                    ["output_layers"] = new JsonArray(Reference(_last)),
                },
            },
            ["weightsManifest"] = manifest,
        };
        return new WeightsInput("model.json", Encoding.UTF8.GetBytes(file.ToJsonString()), _ => shard);
    }

    private void Filter(UnfoldedLayer layer, string name, string normalization)
    {
        (int kernel, int inputs, int stride) = (layer.Layer.Kernel, layer.Layer.Input.Channels, layer.Layer.Stride);
        if (stride == 2)
            Layer("ZeroPadding2D", $"{name}_pad", new JsonObject { ["padding"] = new JsonArray(new JsonArray(0, 1), new JsonArray(0, 1)), ["data_format"] = "channels_last" });
        var options = new JsonObject { ["kernel_size"] = new JsonArray(kernel, kernel), ["strides"] = new JsonArray(stride, stride), ["padding"] = stride == 2 ? "valid" : "same", ["use_bias"] = false };
        switch (layer.Layer.Operator.Name)
        {
            case "depthwise":
                options["depth_multiplier"] = 1;
                Layer("DepthwiseConv2D", name, options, [_last], ("depthwise_kernel", [kernel, kernel, inputs, 1], layer.TapsFirst));
                break;
            case "dense" when name == "predictions":
                Layer("Dense", name, new JsonObject { ["units"] = layer.Outputs, ["activation"] = "linear" }, [_last], ("kernel", [inputs, layer.Outputs], layer.TapsFirst), ("bias", [layer.Outputs], layer.Bias!));
                break;
            case "dense":
                Layer("Reshape", "reshape_1", new JsonObject { ["target_shape"] = new JsonArray(1, 1, inputs) });
                Layer("Dropout", "dropout", new JsonObject { ["rate"] = 0.001, ["noise_shape"] = null, ["seed"] = null });
                options["filters"] = layer.Outputs;
                options["use_bias"] = true;
                Layer("Conv2D", name, options, [_last], ("kernel", [1, 1, inputs, layer.Outputs], layer.TapsFirst), ("bias", [layer.Outputs], layer.Bias!));
                Layer("Reshape", "reshape_2", new JsonObject { ["target_shape"] = new JsonArray(layer.Outputs) });
                break;
            default:
                options["filters"] = layer.Outputs;
                Layer("Conv2D", name, options, [_last], ("kernel", [kernel, kernel, inputs, layer.Outputs], layer.TapsFirst));
                break;
        }

        if (layer.Normalization is { } n)
        {
            Layer(
                "BatchNormalization", normalization, new JsonObject { ["axis"] = -1, ["momentum"] = 0.999, ["epsilon"] = 0.001 }, [_last],
                [.. new[] { ("gamma", n.Gamma), ("beta", n.Beta), ("moving_mean", n.Mean), ("moving_variance", n.Variance) }.Select(part => (part.Item1, new[] { layer.Outputs }, part.Item2))]);
        }

        if (layer.Layer.Activation == Activation.Relu6)
            Layer("ReLU", $"{name}_relu", new JsonObject { ["max_value"] = 6.0, ["negative_slope"] = 0.0, ["threshold"] = 0.0 });
    }

    private void Layer(string kind, string name, JsonObject options) => Layer(kind, name, options, [_last]);

    private void Layer(string kind, string name, JsonObject options, string[] reads, params (string Name, int[] Shape, float[] Values)[] weights)
    {
        options["name"] = name;
        JsonArray calls = reads.Length == 0 ? [] : [new JsonArray([.. reads.Select(Reference)])];
        _layers.Add(new JsonObject { ["class_name"] = kind, ["name"] = name, ["config"] = options, ["inbound_nodes"] = calls });
        _tensors.AddRange(weights.Select(weight => ($"{name}/{weight.Name}", weight.Shape, weight.Values)));
        _last = name;
    }

    private static JsonArray Reference(string layer) => [layer, 0, 0, new JsonObject()];

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
