using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <content>Detectors of the Object Detection API: the network ends at its predictors, and what is before it and behind them is read for what it states.</content>
internal sealed partial class GraphTranslator
{
    private const string PostProcess = "TFLite_Detection_PostProcess";

    private static FoundHeads? FindHeads(IReadOnlyList<NodeDef> nodes) =>
        nodes.Any(node => node.Operator is "ConcatV2" or "Concat" or PostProcess) ? HeadFinder.Find([.. nodes.Select(Step)]) : null;

    /// <summary>A node as the search for heads sees it: its results are one.</summary>
    private static HeadStep Step(NodeDef node)
    {
        HeadStepKind kind = node.Operator switch
        {
            "Const" => HeadStepKind.Constant,
            "Conv2D" or "_FusedConv2D" or "DepthwiseConv2dNative" or "FusedDepthwiseConv2dNative" or "_FusedDepthwiseConv2dNative" => HeadStepKind.Convolution,
            "BiasAdd" or "Add" or "AddV2" or "Sub" or "Mul" or "RealDiv" or "FusedBatchNorm" or "FusedBatchNormV2" or "FusedBatchNormV3" => HeadStepKind.Linear,
            "Identity" or "Squeeze" or "ExpandDims" or "Transpose" or "StopGradient" or "CheckNumerics" => HeadStepKind.Move,
            "Reshape" => HeadStepKind.Reshape,
            "Slice" or "StridedSlice" or "Unpack" or "Split" or "SplitV" => HeadStepKind.Slice,
            "ConcatV2" or "Concat" => HeadStepKind.Join,
            "Sigmoid" => HeadStepKind.Sigmoid,
            "Softmax" => HeadStepKind.Softmax,
            "Exp" => HeadStepKind.Exponential,
            PostProcess => HeadStepKind.Detection,
            _ => HeadStepKind.Other,
        };
        return new HeadStep(kind, node.Name, [.. node.Sources.Select(source => source.Name)], [node.Name]);
    }

    private SourceNetwork TranslateDetector(IReadOnlyList<NodeDef> nodes, FoundHeads heads)
    {
        string place = nodes[heads.Detection >= 0 ? heads.Detection : heads.Boxes.Join].Place;
        string[] predictors = [.. heads.Boxes.Cuts.Zip(heads.Scores.Cuts).SelectMany<(int First, int Second), string>(cuts => [Source(nodes[cuts.First], 0), Source(nodes[cuts.Second], 0)])];
        _stopsAtPictures = true;
        foreach (NodeDef node in InOrder([.. predictors]))
            Add(node);
        bool isExchanged = heads.AreInterchangeable && Computed(place, predictors[0]).Size(MapAxis.Channels) % 4 != 0;
        for (int i = 0; i < predictors.Length; i += 2)
            _builder.Head(place, Computed(place, predictors[isExchanged ? i + 1 : i]), Computed(place, predictors[isExchanged ? i : i + 1]));
        SourceNetwork network = _builder.Build();
        return network with { Detector = Describe(nodes, isExchanged ? heads.Exchanged : heads, network) };
    }

    private GraphValue Computed(string place, string name) => _values.TryGetValue(name, out GraphValue? value)
        ? value
        : throw new WeightsException($"{place}, joins \"{PrintableName.Of(name)}\", which does not depend on an input; a predictor's result was expected.");

    /// <summary>What gives pictures of one size, be it in a loop over them: before it, nothing is a network's.</summary>
    private bool IsPicture(NodeDef node) =>
        _stopsAtPictures && node.Operator is "ResizeBilinear" or "ResizeNearestNeighbor" or "ResizeBicubic" or "TensorArrayGatherV3" or "TensorListStack" or "Exit" or "While" or "StatelessWhile";

    private GraphValue Picture(NodeDef node)
    {
        NodeDef? resize = node.Operator.StartsWith("Resize", StringComparison.Ordinal) ? node : _nodes.Values.FirstOrDefault(other => other.Operator.StartsWith("Resize", StringComparison.Ordinal));
        ImmutableArray<long> stated = resize is not null && Stored(resize, 1) is NodeConstant.Whole { Values: [var height, var width] } ? [1, height, width, 3] : [1, 0, 0, 3];
        ImmutableArray<int> shape = InputShape.Complete(_file, node.Place, MapOrder.ChannelsLast, stated);

        // Resizing keeps what pixels mean.
        return _builder.Cast(node.Place, _builder.Input(PrintableName.Of(node.Name), shape, ElementType.UInt8, MapOrder.ChannelsLast));
    }

    /// <summary>A constant that a node reads, by way of nodes that give it as it is; null where it is computed.</summary>
    private NodeConstant? Stored(NodeDef node, int index)
    {
        NodeDef? source = node.Sources.ElementAtOrDefault(index).Name is { } name ? _nodes.GetValueOrDefault(name) : null;
        for (int i = 0; i < 8 && source is { Operator: "Identity" or "Enter" }; i++)
            source = source.Sources.FirstOrDefault().Name is { } before ? _nodes.GetValueOrDefault(before) : null;
        return source is { Operator: "Const" } && source.Attribute("value") is NodeAttribute.Constant { Value: var value } ? value : null;
    }

    private float? StoredNumber(NodeDef node, int index) => Stored(node, index) is NodeConstant.Real { Tensor: { Count: 1, Floats: [var number] } } && float.IsFinite(number) ? number : null;

    private SourceDetector Describe(IReadOnlyList<NodeDef> nodes, FoundHeads heads, SourceNetwork network)
    {
        SourceDetector detector = network.Detector!;
        NodeDef? function = heads.Scores.Function < 0 ? null : nodes[heads.Scores.Function];
        detector = detector with { Scores = function is null ? null : function.Operator == "Softmax" ? SourceScores.Softmax : SourceScores.Sigmoid };
        int count = detector.Heads.Sum(head => network.Values[head.Boxes].Shape.Aggregate(1, (product, size) => product * size) / 4);
        if (heads.Detection >= 0)
            return PostProcessing(detector, nodes[heads.Detection], count);

        // Anchors are a constant of as many boxes; those of the API are corners, which it turns into centres itself.
        NodeDef? anchors = nodes.FirstOrDefault(node => node.Operator == "Const" && Table(node, count) is not null);
        NodeDef[] suppressions = [.. nodes.Where(node => node.Operator.StartsWith("NonMaxSuppression", StringComparison.Ordinal))];
        bool? hasBackground = function is not null && nodes.Any(node => node.Operator == "Slice" && Reads(node, function) && Stored(node, 1) is NodeConstant.Whole { Values: [.., 1] }) ? true : null;
        return detector with
        {
            Anchors = anchors is null ? null : CornerAnchors.Read(anchors.Place, Table(anchors, count)!),
            Coder = Coder(nodes, heads),
            HasBackground = hasBackground,
            Classes = hasBackground is null ? null : detector.Columns - 1,
            Overlap = suppressions.Select(node => StoredNumber(node, 3)).FirstOrDefault(number => number is not null),
            IsPerClass = suppressions.Length > 1 ? true : null,
        };
    }

    private static float[]? Table(NodeDef node, int count) =>
        node.Attribute("value") is NodeAttribute.Constant { Value: NodeConstant.Real { Tensor: { Shape: [.., 4] } tensor } } && tensor.Count == 4 * count ? tensor.Floats : null;

    /// <summary>What the API divides y, x, height and width by, once it has taken them apart; a converter may have made a multiplication of it.</summary>
    private SourceCoder? Coder(IReadOnlyList<NodeDef> nodes, FoundHeads heads)
    {
        var behind = new HashSet<string>(StringComparer.Ordinal) { nodes[heads.Boxes.Join].Name };
        for (int i = 0; i < 8; i++)
        {
            foreach (NodeDef node in nodes.Where(node => node.Operator is "Squeeze" or "Reshape" or "Transpose" or "Identity" && node.Sources.FirstOrDefault().Name is { } source && behind.Contains(source)))
                behind.Add(node.Name);
        }

        NodeDef? parts = nodes.FirstOrDefault(node => node.Operator == "Unpack" && node.Sources.FirstOrDefault().Name is { } source && behind.Contains(source));
        return parts is not null && Divisor(0) is { } y && Divisor(1) is { } x && Divisor(2) is { } height && Divisor(3) is { } width ? new SourceCoder(y, x, height, width, IsXFirst: false) : null;

        float? Divisor(int part)
        {
            string result = part == 0 ? parts.Name : $"{parts.Name}:{part}";
            NodeDef? reader = nodes.FirstOrDefault(node => node.Operator is "Mul" or "RealDiv" && node.Inputs is [var first, _] && (first == result || (part == 0 && first == $"{result}:0")));
            return reader is null || StoredNumber(reader, 1) is not { } number || number <= 0 ? null : reader.Operator == "Mul" ? (float)(1.0 / number) : number;
        }
    }

    private static bool Reads(NodeDef node, NodeDef source) => node.Sources.FirstOrDefault().Name == source.Name;

    /// <summary>The operator that TensorFlow Lite's exporter puts behind the predictors, with its options as attributes.</summary>
    private SourceDetector PostProcessing(SourceDetector detector, NodeDef node, int count)
    {
        SourceTensor? anchors = Stored(node, 2) is NodeConstant.Real { Tensor: var tensor } ? tensor : null;
        if (anchors is not null && (anchors.Shape is not [.., 4] || anchors.Count != 4 * count))
            throw new WeightsException($"{node.Place}: its anchors are {anchors}; {count} of four numbers were expected, one for each box that is predicted.");
        int? classes = Whole("num_classes");
        return detector with
        {
            Place = node.Place,
            Anchors = anchors is null ? null : new SourceAnchors(node.Place, [.. anchors.Floats]),
            Coder = Number("y_scale") is { } y && Number("x_scale") is { } x && Number("h_scale") is { } h && Number("w_scale") is { } w ? new SourceCoder(y, x, h, w, IsXFirst: false) : null,
            Overlap = Number("nms_iou_threshold"),
            Threshold = Number("nms_score_threshold"),
            IsPerClass = node.Attribute("use_regular_nms") is NodeAttribute.Flag { Value: true } or NodeAttribute.Integer { Value: not 0 },
            Most = Whole("max_detections"),
            ClassesPerBox = Whole("max_classes_per_detection"),
            MostPerClass = Whole("detections_per_class"),
            Classes = classes,
            HasBackground = classes is null ? null : detector.Columns > classes,
        };

        float? Number(string name) => node.Attribute(name) is NodeAttribute.Number { Value: var number } && float.IsFinite(number) ? number : null;

        int? Whole(string name) => node.Attribute(name) is NodeAttribute.Integer { Value: >= 0 and <= int.MaxValue and var number } ? (int)number : null;
    }
}
