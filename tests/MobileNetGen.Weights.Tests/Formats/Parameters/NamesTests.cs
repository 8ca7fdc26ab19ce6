using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Parameters;

/// <summary>The names that people's MobileNets have, in the order in which they were defined and sorted as safetensors sorts them.</summary>
public class NamesTests
{
    private const double Epsilon = 0.002;

    // α = 0.1 gives most layers the same few shapes: only order can tell them apart. Names that tell a producer would bring its padding and ε.
    private const string V1 = "network MobileNetV1\nalpha 0.1\nresolution 32\nclasses 7\npadding symmetric\nepsilon 0.002\nweights \"any\"";
    private const string V2 = "network MobileNetV2\nalpha 0.1\nresolution 32\nclasses 7\npadding symmetric\nepsilon 0.002\nweights \"any\"";

    private static readonly Dictionary<string, (string Text, Func<Layer, (string Kernel, string Normalization)> Names)> s_schemes = new()
    {
        ["torchvision MobileNetV2"] = (V2, layer => layer.Name switch
        {
            "conv1" => ("features.0.0", "features.0.1"),
            "pointwise1" => ("features.18.0", "features.18.1"),
            "dense1" => ("classifier.1", ""),
            _ => Block(layer, (block, part) => (block, part) switch
            {
                (1, 1) => ("features.1.conv.0.0", "features.1.conv.0.1"),
                (1, _) => ("features.1.conv.1", "features.1.conv.2"),
                (_, 0) => ($"features.{block}.conv.0.0", $"features.{block}.conv.0.1"),
                (_, 1) => ($"features.{block}.conv.1.0", $"features.{block}.conv.1.1"),
                _ => ($"features.{block}.conv.2", $"features.{block}.conv.3"),
            }),
        }),
        ["MobileNetV2 of flat blocks"] = (V2, layer => layer.Name switch
        {
            "conv1" => ("module.features.0.0", "module.features.0.1"),
            "pointwise1" => ("module.conv.0", "module.conv.1"),
            "dense1" => ("module.classifier", ""),
            _ => Block(layer, (block, part) => (3 * (part - (block == 1 ? 1 : 0))) is var first ? ($"module.features.{block}.conv.{first}", $"module.features.{block}.conv.{first + 1}") : default),
        }),
        ["MobileNetV2 of numbered layers"] = (V2, layer => layer.Name switch
        {
            "conv1" => ("conv1", "bn1"),
            "pointwise1" => ("conv2", "bn2"),
            "dense1" => ("linear", ""),
            _ => Block(layer, (block, part) => ($"layers.{block - 1}.conv{part + 1}", $"layers.{block - 1}.bn{part + 1}")),
        }),
        ["timm MobileNetV2"] = (V2, layer => layer.Name switch
        {
            "conv1" => ("conv_stem", "bn1"),
            "pointwise1" => ("conv_head", "bn2"),
            "dense1" => ("classifier", ""),
            _ => Block(layer, (block, part) => (block, part) switch
            {
                (1, 1) => ("blocks.0.0.conv_dw", "blocks.0.0.bn1"),
                (1, _) => ("blocks.0.0.conv_pw", "blocks.0.0.bn2"),
                (_, 0) => ($"blocks.{Stage(block)}.conv_pw", $"blocks.{Stage(block)}.bn1"),
                (_, 1) => ($"blocks.{Stage(block)}.conv_dw", $"blocks.{Stage(block)}.bn2"),
                _ => ($"blocks.{Stage(block)}.conv_pwl", $"blocks.{Stage(block)}.bn3"),
            }),
        }),
        ["Hugging Face MobileNetV2"] = (V2, layer => layer.Name switch
        {
            "conv1" => Parts("mobilenet_v2.conv_stem.first_conv"),
            "pointwise1" => Parts("mobilenet_v2.conv_1x1"),
            "dense1" => ("classifier", ""),
            _ => Block(layer, (block, part) =>
                Parts((block == 1 ? "mobilenet_v2.conv_stem." : $"mobilenet_v2.layer.{block - 2}.") + new[] { "expand_1x1", "conv_3x3", "reduce_1x1" }[part])),
        }),
        ["MobileNetV1 of one sequence"] = (V1, layer => layer.Name switch
        {
            "conv1" => ("model.0.0", "model.0.1"),
            "dense1" => ("fc", ""),
            _ => Pair(layer, (index, part) => ($"model.{index}.{3 * part}", $"model.{index}.{(3 * part) + 1}")),
        }),
        ["MobileNetV1 of numbered layers"] = (V1, layer => layer.Name switch
        {
            "conv1" => ("conv1", "bn1"),
            "dense1" => ("linear", ""),
            _ => Pair(layer, (index, part) => ($"layers.{index - 1}.conv{part + 1}", $"layers.{index - 1}.bn{part + 1}")),
        }),
        ["timm MobileNetV1"] = (V1, layer => layer.Name switch
        {
            "conv1" => ("conv_stem", "bn1"),
            "dense1" => ("classifier", ""),
            _ => Pair(layer, (index, part) => ($"blocks.{index / 6}.{index}.{(part == 0 ? "conv_dw" : "conv_pw")}", $"blocks.{index / 6}.{index}.bn{part + 1}")),
        }),
        ["Hugging Face MobileNetV1"] = (V1, layer => layer.Name switch
        {
            "conv1" => Parts("mobilenet_v1.conv_stem"),
            "dense1" => ("classifier", ""),
            _ => Pair(layer, (index, part) => Parts($"mobilenet_v1.layer.{(2 * (index - 1)) + part}")),
        }),
        ["Keras MobileNetV2"] = (V2, layer => layer.Name switch
        {
            "conv1" => ("Conv1", "bn_Conv1"),
            "pointwise1" => ("Conv_1", "Conv_1_bn"),
            "dense1" => ("Logits", ""),
            _ => Block(layer, (block, part) => ((block == 1 ? "expanded_conv_" : $"block_{block - 1}_") + new[] { "expand", "depthwise", "project" }[part]) is var name ? (name, name + "_BN") : default),
        }),
        ["Keras MobileNetV1"] = (V1, layer => layer.Name switch
        {
            "conv1" => ("conv1", "conv1_bn"),
            "dense1" => ("conv_preds", ""),
            _ => Pair(layer, (index, part) => $"conv_{(part == 0 ? "dw" : "pw")}_{index}" is var name ? (name, name + "_bn") : default),
        }),
    };

    public static TheoryData<string, bool> Schemes
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string scheme in s_schemes.Keys)
            {
                data.Add(scheme, true);
                data.Add(scheme, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Every_normalisation_finds_its_convolution_and_every_filter_its_layer(string scheme, bool inOrder)
    {
        (string text, Func<Layer, (string, string)> names) = s_schemes[scheme];
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(NetworkText.Network(text));
        KernelLayout layout = scheme.StartsWith("Keras", StringComparison.Ordinal) ? KernelLayout.OutputLast : KernelLayout.OutputFirst;
        List<Parameter> parameters = [.. unfolded.Layers.SelectMany(layer => Parameters(layer, layout, names(layer.Layer)))];
        if (!inOrder)
            parameters.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        SourceParameters source = ParameterGrouping.Group(new SourceFormat("Test", PaddingConvention.Symmetric), layout, Epsilon, inOrder, parameters);
        TrainedNetwork trained = ParameterMatcher.Match(NetworkText.Network(text), source);

        TrainedNetwork expected = unfolded.Fold(Epsilon, PaddingRule.Symmetric);
        Assert.Empty(trained.Notes);
        Assert.All(expected.Layers.Zip(trained.Layers), pair =>
        {
            Assert.Equal(pair.First.Layer.HasWeights, pair.Second.Filter is not null);
            Assert.Equal((pair.First.PadTop, pair.First.PadLeft), (pair.Second.PadTop, pair.Second.PadLeft));
            if (pair is not ({ Filter: FloatFilter wanted }, { Filter: FloatFilter found }))
                return;
            Near(wanted.Weights, found.Weights);
            Near(wanted.Bias, found.Bias);
        });
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6f * (1 + Math.Abs(expected[i])));
    }

    private static IEnumerable<Parameter> Parameters(UnfoldedLayer layer, KernelLayout layout, (string Kernel, string Normalization) names)
    {
        (int kernel, int inputs, int outputs) = (layer.Layer.Kernel, layer.Layer.Input.Channels, layer.Outputs);
        (bool isDepthwise, bool isDense) = (layer.Layer.Operator == Operator.Depthwise, layer.Layer.Operator == Operator.Dense);
        bool isTorch = layout == KernelLayout.OutputFirst;
        float[] values = isTorch ? layer.OutputsFirst : layer.TapsFirst;
        int[] shape = (isTorch, isDense) switch
        {
            (true, true) => [outputs, inputs],
            (true, false) => [outputs, isDepthwise ? 1 : inputs, kernel, kernel],
            (false, true) => [inputs, outputs],
            _ => [kernel, kernel, inputs, isDepthwise ? 1 : outputs],
        };
        yield return Named(names.Kernel, isTorch ? "weight" : isDepthwise ? "depthwise_kernel:0" : "kernel:0", shape, values);
        if (layer.Bias is { } bias)
            yield return Named(names.Kernel, isTorch ? "bias" : "bias:0", [outputs], bias);
        if (layer.Normalization is not { } n)
            yield break;
        yield return Named(names.Normalization, isTorch ? "weight" : "gamma:0", [outputs], n.Gamma);
        yield return Named(names.Normalization, isTorch ? "bias" : "beta:0", [outputs], n.Beta);
        yield return Named(names.Normalization, isTorch ? "running_mean" : "moving_mean:0", [outputs], n.Mean);
        yield return Named(names.Normalization, isTorch ? "running_var" : "moving_variance:0", [outputs], n.Variance);

        Parameter Named(string of, string word, int[] size, float[] numbers)
        {
            string name = of + (isTorch ? "." : "/") + word;
            (string parent, ParameterRole role) = ParameterNames.Parse(name, size.Length)!.Value;
            return new Parameter(parent, role, name, [.. size], numbers);
        }
    }

    /// <summary>A bottleneck's number from 1, and 0, 1 or 2 for its expansion, depthwise layer or projection.</summary>
    private static (string, string) Block(Layer layer, Func<int, int, (string, string)> names)
    {
        Match match = Regex.Match(layer.Name, "bottleneck(\\d+)_(expand|depthwise|project)");
        return names(int.Parse(match.Groups[1].Value), Array.IndexOf(["expand", "depthwise", "project"], match.Groups[2].Value));
    }

    /// <summary>A separable layer's number from 1, and 0 or 1 for its depthwise or pointwise layer.</summary>
    private static (string, string) Pair(Layer layer, Func<int, int, (string, string)> names)
    {
        Match match = Regex.Match(layer.Name, "separable(\\d+)_(depthwise|pointwise)");
        return names(int.Parse(match.Groups[1].Value), Array.IndexOf(["depthwise", "pointwise"], match.Groups[2].Value));
    }

    private static (string, string) Parts(string layer) => ($"{layer}.convolution", $"{layer}.normalization");

    /// <summary>timm's stage and block within it, of a bottleneck's number.</summary>
    private static string Stage(int block)
    {
        int stage = 0;
        foreach (int count in new[] { 1, 2, 3, 4, 3, 3, 1 })
        {
            if (block <= count)
                return $"{stage}.{block - 1}";
            (stage, block) = (stage + 1, block - count);
        }

        throw new ArgumentOutOfRangeException(nameof(block));
    }
}
