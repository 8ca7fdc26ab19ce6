using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <content>Detectors of Caffe's branch for SSD: the network ends at its predictors, and what is behind them is read for what it states.</content>
internal sealed partial class CaffeNetworkBuilder
{
    private const long CentreAndSize = 2;

    /// <summary>A layer as the search for heads sees it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="versions">By name, how often it was computed: layers may compute in place.</param>
    private static HeadStep Step(CaffeLayer layer, Dictionary<string, int> versions)
    {
        HeadStepKind kind = layer.Type switch
        {
            "Convolution" or "DepthwiseConvolution" or "ConvolutionDepthwise" => HeadStepKind.Convolution,
            "BatchNorm" or "Scale" or "Power" or "Dropout" => HeadStepKind.Linear,
            "Permute" or "Split" => HeadStepKind.Move,
            "Flatten" or "Reshape" => HeadStepKind.Reshape,
            "Slice" => HeadStepKind.Slice,
            "Concat" => HeadStepKind.Join,
            "Sigmoid" => HeadStepKind.Sigmoid,
            "Softmax" => HeadStepKind.Softmax,
            "DetectionOutput" or "MultiBoxLoss" => HeadStepKind.Detection,
            _ => HeadStepKind.Other,
        };
        ImmutableArray<string> inputs = [.. layer.Bottoms.Select(Version)];
        foreach (string top in layer.Tops)
            versions[top] = versions.GetValueOrDefault(top) + 1;
        return new HeadStep(kind, layer.Name, inputs, [.. layer.Tops.Select(Version)]);

        string Version(string name) => $"{name}\n{versions.GetValueOrDefault(name)}";
    }

    private static FoundHeads? FindHeads(ImmutableArray<CaffeLayer> layers, out ImmutableArray<HeadStep> steps)
    {
        steps = [];
        if (!layers.Any(layer => layer.Type is "Concat" or "DetectionOutput" or "MultiBoxLoss"))
            return null;
        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        steps = [.. layers.Select(layer => Step(layer, versions))];
        return HeadFinder.Find(steps);
    }

    private SourceNetwork BuildDetector(ImmutableArray<CaffeLayer> layers, ImmutableArray<HeadStep> steps, FoundHeads heads)
    {
        CaffeLayer join = layers[heads.Detection >= 0 ? heads.Detection : heads.Boxes.Join];
        var builder = new GraphBuilder(CaffeReader.Format, MapOrder.ChannelsFirst, _budget);
        bool[] needed = Needed(steps, [.. heads.Boxes.Cuts, .. heads.Scores.Cuts]);
        var results = new Dictionary<int, GraphValue>();
        for (int i = 0; i < layers.Length; i++)
        {
            if (heads.Boxes.Cuts.Contains(i) || heads.Scores.Cuts.Contains(i))
                results[i] = Read(layers[i], 0);
            else if (needed[i])
                Add(builder, layers[i]);
        }

        bool isExchanged = heads.AreInterchangeable && results[heads.Boxes.Cuts[0]].Size(MapAxis.Channels) % 4 != 0;
        heads = isExchanged ? heads.Exchanged : heads;
        foreach ((int boxes, int scores) in heads.Boxes.Cuts.Zip(heads.Scores.Cuts))
            builder.Head(join.Place, results[boxes], results[scores]);
        SourceNetwork network = builder.Build() with { Normalization = _normalization };
        return network with { Detector = Describe(network, layers, steps, heads) };
    }

    /// <summary>The layers that those at which the network is cut read, directly or not.</summary>
    private static bool[] Needed(ImmutableArray<HeadStep> steps, ImmutableArray<int> cuts)
    {
        var read = new HashSet<string>(cuts.Select(cut => steps[cut].Inputs.FirstOrDefault("")), StringComparer.Ordinal);
        var needed = new bool[steps.Length];
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            needed[i] = !cuts.Contains(i) && steps[i].Outputs.Any(read.Contains);
            if (needed[i])
                read.UnionWith(steps[i].Inputs);
        }

        return needed;
    }

    private static SourceDetector Describe(SourceNetwork network, ImmutableArray<CaffeLayer> layers, ImmutableArray<HeadStep> steps, FoundHeads heads)
    {
        SourceDetector detector = network.Detector! with
        {
            Scores = heads.Scores.Function < 0 ? null : layers[heads.Scores.Function].Type == "Softmax" ? SourceScores.Softmax : SourceScores.Sigmoid,
        };
        if (heads.Detection < 0)
            return detector;
        CaffeLayer layer = layers[heads.Detection];
        string name = layer.Type == "DetectionOutput" ? "detection_output_param" : "multibox_loss_param";
        if (layer.Type == "MultiBoxLoss")
            detector = detector with { Scores = layer.Integer($"{name}.conf_loss_type", 0) == 0 ? SourceScores.Softmax : SourceScores.Sigmoid };
        if (!layer.Flag($"{name}.share_location", true))
            throw new WeightsException($"{layer.Place}, has boxes for each class (share_location); one box for all classes was expected.");
        if (layer.Integer($"{name}.code_type", 1) is var code && code != CentreAndSize)
            throw new WeightsException($"{layer.Place}, codes boxes by their corners (code_type {code}); centres and sizes, CENTER_SIZE, were expected.");
        if (layer.Flag($"{name}.variance_encoded_in_target", false))
            throw new WeightsException($"{layer.Place}, has variances in what is predicted (variance_encoded_in_target); boxes that are multiplied by them were expected.");
        long background = layer.Integer($"{name}.background_label_id", 0);
        if (background is not (0 or -1))
            throw new WeightsException($"{layer.Place}, has the background as class {background} (background_label_id); the first, 0, or none was expected.");
        CaffeLayer[] priors = [.. Priors(layers, steps, heads.Detection)];
        (SourceAnchors? anchors, SourceCoder? coder) = priors.Length == 0 ? default : CaffePriors.Compute(network, priors);
        return detector with
        {
            Place = layer.Place,
            Anchors = anchors,
            Coder = coder,
            Overlap = Number($"{name}.nms_param.nms_threshold"),
            Threshold = Number($"{name}.confidence_threshold"),
            IsPerClass = layer.Type == "DetectionOutput" ? true : null,
            MostPerClass = Whole($"{name}.nms_param.top_k"),
            Most = Whole($"{name}.keep_top_k"),
            HasBackground = background == 0,
            Classes = detector.Columns - (background == 0 ? 1 : 0),
        };

        float? Number(string setting) => layer.Numbers(setting) is [.., var number] && float.IsFinite(number) ? number : null;

        int? Whole(string setting) => layer.Integers(setting) is [.., > 0 and <= int.MaxValue and var number] ? (int)number : null;
    }

    /// <summary>The layers that give anchors, in the order in which their results are joined.</summary>
    private static IEnumerable<CaffeLayer> Priors(ImmutableArray<CaffeLayer> layers, ImmutableArray<HeadStep> steps, int detection)
    {
        if (steps[detection].Inputs.Length < 3)
            return [];
        int joined = Producer(steps[detection].Inputs[2]);
        int[] parts = joined >= 0 && layers[joined].Type == "Concat" ? [.. steps[joined].Inputs.Select(Producer)] : [joined];
        return parts.All(part => part >= 0 && layers[part].Type == "PriorBox") ? parts.Select(part => layers[part]) : [];

        int Producer(string value)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                if (steps[i].Outputs.Contains(value))
                    return i;
            }

            return -1;
        }
    }
}
