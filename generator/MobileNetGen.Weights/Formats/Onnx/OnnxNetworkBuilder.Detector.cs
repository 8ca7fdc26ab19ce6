using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <content>Detectors: the network ends at its predictors, and what is behind them is read for what it states.</content>
internal sealed partial class OnnxNetworkBuilder
{
    private FoundHeads? FindHeads()
    {
        // Shapes are joined along dimension 0, boxes and scores never.
        int joins = 0;
        foreach (OnnxNode node in _model.Nodes)
            joins += node.Operator == "Concat" && node.Attributes.TryGetValue("axis", out OnnxNodeAttribute? axis) && axis.Integer != 0 ? 1 : 0;
        return joins < 2 ? null : HeadFinder.Find([.. _model.Nodes.Select(Step)]);
    }

    /// <summary>A node as the search for heads sees it.</summary>
    private static HeadStep Step(OnnxNode node)
    {
        HeadStepKind kind = node.Operator switch
        {
            "Constant" or "ConstantOfShape" => HeadStepKind.Constant,
            "Conv" or "QLinearConv" => HeadStepKind.Convolution,
            "BatchNormalization" or "Add" or "Sub" or "Mul" or "Div" or "QuantizeLinear" or "DequantizeLinear" => HeadStepKind.Linear,
            "Identity" or "Transpose" or "Squeeze" or "Unsqueeze" or "Cast" => HeadStepKind.Move,
            "Reshape" or "Flatten" => HeadStepKind.Reshape,
            "Slice" or "Split" or "Gather" => HeadStepKind.Slice,
            "Concat" => HeadStepKind.Join,
            "Sigmoid" => HeadStepKind.Sigmoid,
            "Softmax" => HeadStepKind.Softmax,
            "Exp" => HeadStepKind.Exponential,
            _ => HeadStepKind.Other,
        };
        return new HeadStep(kind, node.Name, [.. node.Inputs.Where(name => name.Length > 0)], [.. node.Outputs.Where(name => name.Length > 0)]);
    }

    /// <summary>The names of the predictors' results: of each map boxes, then scores.</summary>
    private string[] Predictors(FoundHeads heads) =>
        [.. heads.Boxes.Cuts.Zip(heads.Scores.Cuts).SelectMany<(int First, int Second), string>(cuts => [_model.Nodes[cuts.First].Inputs[0], _model.Nodes[cuts.Second].Inputs[0]])];

    /// <summary>What gives pictures of one size: before it, nothing is a detector's.</summary>
    private bool IsPicture(OnnxNode step) => _heads is not null && step.Operator is "Loop" or "Resize" or "Upsample";

    /// <summary>The result of resizing, which keeps what pixels mean, as the network's input.</summary>
    private void AddPicture(OnnxNode step, ImmutableArray<OnnxNode> steps)
    {
        string name = step.Outputs.First(_read.Contains);
        MapOrder order = IsTransposedFirst(new OnnxInput(name, OnnxType.UInt8, []), steps) ? MapOrder.ChannelsLast : MapOrder.ChannelsFirst;
        ImmutableArray<long> sizes = order == MapOrder.ChannelsLast ? [1, 0, 0, 3] : [1, 3, 0, 0];
        GraphValue value = _builder.Input(PrintableName.Of(name), InputShape.Complete(_file, step.Place, order, sizes), ElementType.UInt8, order);
        _values.Add(name, _builder.Cast(step.Place, value));
    }

    private void AddHeads(FoundHeads heads)
    {
        string place = _model.Nodes[heads.Boxes.Join].Place;
        string[] names = Predictors(heads);
        bool isExchanged = heads.AreInterchangeable && Computed(names[0]).Size(MapAxis.Channels) % 4 != 0;
        for (int i = 0; i < names.Length; i += 2)
            _builder.Head(place, Computed(names[isExchanged ? i + 1 : i]), Computed(names[isExchanged ? i : i + 1]));
        _heads = isExchanged ? heads.Exchanged : heads;

        GraphValue Computed(string name) => _values.TryGetValue(name, out GraphValue? value)
            ? value
            : throw new WeightsException($"{place}, joins \"{PrintableName.Of(name)}\", which is not computed from the network's input.");
    }

    private SourceDetector Describe(SourceNetwork network, FoundHeads heads)
    {
        SourceDetector detector = network.Detector!;
        int count = detector.Heads.Sum(head => network.Values[head.Boxes].Shape.Aggregate(1, (product, size) => product * size) / 4);
        OnnxNode? suppression = _model.Nodes.FirstOrDefault(node => node.Operator == "NonMaxSuppression");
        (SourceCoder? coder, SourceAnchors? anchors) = Decoding(_model.Nodes[heads.Boxes.Join], count);
        return detector with
        {
            Scores = heads.Scores.Function < 0 ? null : _model.Nodes[heads.Scores.Function].Operator == "Softmax" ? SourceScores.Softmax : SourceScores.Sigmoid,
            Coder = coder,
            Anchors = anchors,

            // The operator suppresses boxes of one class.
            IsPerClass = suppression is null ? null : true,
            MostPerClass = Stored(suppression, 2) is { Integers: [>= 0 and <= int.MaxValue and var most] } ? (int)most : null,
            Overlap = Single(suppression, 3),
            Threshold = Single(suppression, 4),
        };
    }

    /// <summary>A constant as stored; null where there is none.</summary>
    private OnnxTensor? Stored(OnnxNode? node, int input)
    {
        if (node is null || input >= node.Inputs.Length)
            return null;
        string name = node.Inputs[input];
        return _model.Constants.TryGetValue(name, out OnnxTensor? tensor)
            ? tensor
            : _model.Nodes.FirstOrDefault(other => other.Operator == "Constant" && other.Outputs.Contains(name))?.Tensor("value");
    }

    private float? Single(OnnxNode? node, int input) => Stored(node, input) is { Count: 1, Data: float[] and [var number] } && float.IsFinite(number) ? number : null;

    /// <summary>
    /// The arithmetic that makes boxes of encodings, as PyTorch's detectors are exported with it: the first two numbers times a variance times the anchors' sizes, plus their centres; the exponential
    /// of the last two times another variance, times the sizes.
    /// </summary>
    private (SourceCoder? Coder, SourceAnchors? Anchors) Decoding(OnnxNode join, int count)
    {
        OnnxNode[] slices = [.. _model.Nodes.Where(node => node.Operator == "Slice" && node.Inputs[0] == join.Outputs[0]).Take(2)];
        OnnxNode? first = slices.FirstOrDefault(slice => Begin(slice) == 0), last = slices.FirstOrDefault(slice => Begin(slice) == 2);
        if (first is null || last is null)
            return default;
        (float centre, float[]? sizes, float[]? centres) = Follow(first, count);
        (float size, _, _) = Follow(last, count);
        if (sizes is null || centres is null || !(centre > 0) || !(size > 0))
            return default;

        // Cells are row by row, so what changes first is x.
        int change = Enumerable.Range(0, centres.Length).FirstOrDefault(i => centres[i] != centres[i % 2], 0);
        int x = change % 2, y = 1 - x;
        var boxes = new float[4 * count];
        for (int i = 0; i < count; i++)
            (boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]) = (centres[(2 * i) + y], centres[(2 * i) + x], sizes[(2 * i) + y], sizes[(2 * i) + x]);
        (float ofCentre, float ofSize) = ((float)(1.0 / centre), (float)(1.0 / size));
        return (new SourceCoder(ofCentre, ofCentre, ofSize, ofSize, IsXFirst: x == 0), new SourceAnchors(join.Place, [.. boxes]));
    }

    /// <summary>Where a slice begins, of its last dimension.</summary>
    private long? Begin(OnnxNode slice) => slice.Integers("starts") is [var stated] ? stated : Stored(slice, 1) is { Integers: [var begin] } ? begin : null;

    /// <summary>Follows arithmetic with constants: the product of single numbers before any exponential, and the tables that multiply and are added.</summary>
    private (float Factor, float[]? Multiplied, float[]? Added) Follow(OnnxNode from, int count)
    {
        (float factor, float[]? multiplied, float[]? added) = (1, null, null);
        bool isExponential = false;
        OnnxNode at = from;
        for (int i = 0; i < 6 && added is null && _model.Nodes.FirstOrDefault(node => node.Inputs.Contains(at.Outputs[0])) is { Outputs.Length: > 0 } next; i++)
        {
            OnnxTensor? constant = Stored(next, next.Inputs[0] == at.Outputs[0] ? 1 : 0);
            float[]? table = constant is { Shape: [.., 2], Data: float[] numbers } && numbers.Length == 2 * count && numbers.All(float.IsFinite) ? numbers : null;
            isExponential |= next.Operator == "Exp";
            if (next.Operator == "Mul" && table is not null)
                multiplied = table;
            else if (next.Operator == "Add" && table is not null)
                added = table;
            else if (next.Operator == "Mul" && constant is { Count: 1, Data: float[] and [var number] } && !isExponential)
                factor *= number;
            else if (next.Operator is not ("Exp" or "Identity"))
                break;
            at = next;
        }

        return (factor, multiplied, added);
    }
}
