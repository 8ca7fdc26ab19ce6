using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>Detectors: the network ends at its predictors, and what is behind them is read for what it states.</content>
internal sealed partial class NetworkBuilder
{
    private const string PostProcess = "TFLite_Detection_PostProcess";

    private static string Key(int tensor) => tensor.ToString(CultureInfo.InvariantCulture);

    /// <summary>An operator as the search for heads sees it.</summary>
    private HeadStep Step(StoredOperator step)
    {
        HeadStepKind kind = step.Code switch
        {
            BuiltinOperator.Convolution or BuiltinOperator.Depthwise => HeadStepKind.Convolution,
            BuiltinOperator.Reshape => HeadStepKind.Reshape,
            BuiltinOperator.Squeeze or BuiltinOperator.ExpandDims or BuiltinOperator.Transpose => HeadStepKind.Move,
            BuiltinOperator.Quantize or BuiltinOperator.Dequantize => HeadStepKind.Linear,
            BuiltinOperator.Concatenation => HeadStepKind.Join,
            BuiltinOperator.Logistic => HeadStepKind.Sigmoid,
            BuiltinOperator.Softmax => HeadStepKind.Softmax,
            BuiltinOperator.Exponential => HeadStepKind.Exponential,
            BuiltinOperator.StridedSlice or BuiltinOperator.Slice or BuiltinOperator.Split => HeadStepKind.Slice,
            BuiltinOperator.Custom when step.Custom == PostProcess => HeadStepKind.Detection,
            _ => HeadStepKind.Other,
        };
        string name = step.Outputs is [>= 0 and var result, ..] ? _model.NameOf(result) : "";
        return new HeadStep(kind, name, [.. step.Inputs.Where(tensor => tensor >= 0).Select(Key)], [.. step.Outputs.Where(tensor => tensor >= 0).Select(Key)]);
    }

    private FoundHeads? FindHeads()
    {
        if (!_model.Operators.Any(step => step.Code == BuiltinOperator.Concatenation || step.Custom == PostProcess))
            return null;
        return HeadFinder.Find([.. _model.Operators.Select(Step)]);
    }

    /// <summary>The tensors that are the predictors' results: of each map boxes, then scores.</summary>
    private IEnumerable<int> Predictors(FoundHeads heads) =>
        heads.Boxes.Cuts.Zip(heads.Scores.Cuts).SelectMany<(int First, int Second), int>(cuts => [_model.Operators[cuts.First].Inputs[0], _model.Operators[cuts.Second].Inputs[0]]);

    private void AddHeads(FoundHeads heads)
    {
        string place = _model.Operators[heads.Detection >= 0 ? heads.Detection : heads.Boxes.Join].Place;
        int[] tensors = [.. Predictors(heads)];
        for (int i = 0; i < tensors.Length; i += 2)
            _builder.Head(place, Value(place, tensors[i]), Value(place, tensors[i + 1]));
    }

    /// <summary>Adds what the file states of what is behind the predictors.</summary>
    private SourceNetwork Describe(SourceNetwork network, FoundHeads heads)
    {
        SourceDetector detector = network.Detector! with
        {
            EncodingsQuantization = Joined(heads.Boxes, head => head.Boxes),
            LogitsQuantization = Joined(heads.Scores, head => head.Scores),
            Scores = Function() is { } function ? function.Code == BuiltinOperator.Softmax ? SourceScores.Softmax : SourceScores.Sigmoid : null,
            ScoresQuantization = Function() is { } scores ? Quantization(scores.Outputs[0]) : null,
        };
        return network with { Detector = heads.Detection < 0 ? detector : PostProcessing(network, detector, _model.Operators[heads.Detection]) };

        StoredOperator? Function() => heads.Scores.Function < 0 ? null : _model.Operators[heads.Scores.Function];

        SourceQuantization? Joined(FoundPredictors found, Func<SourceHead, int> value) => found.Join < 0
            ? network.Values[value(network.Detector!.Heads[0])].Quantization
            : Quantization(_model.Operators[found.Join].Outputs[0]);
    }

    private SourceQuantization? Quantization(int tensor) =>
        tensor >= 0 && _model.Tensor(tensor) is { Type: TensorType.UInt8 or TensorType.Int8, Quantization: { IsPerTensor: true } q } ? q : null;

    private SourceDetector PostProcessing(SourceNetwork network, SourceDetector detector, StoredOperator step)
    {
        Dictionary<string, double> options = FlexMap.Read(step.Place, _model.Bytes(step.CustomOptions));
        int? classes = Whole("num_classes");
        if (classes is { } count && detector.Columns - count is not (0 or 1))
            throw new WeightsException($"{step.Place}, states {count} classes (num_classes) and reads {detector.Columns} scores for each box; as many, or one more for the background, were expected. The file is damaged.");
        return detector with
        {
            Place = step.Place,
            Anchors = step.Inputs.Length > 2 ? Anchors(network, detector, step) : null,
            Coder = Number("y_scale") is { } y && Number("x_scale") is { } x && Number("h_scale") is { } h && Number("w_scale") is { } w ? new SourceCoder(y, x, h, w, IsXFirst: false) : null,
            Overlap = Number("nms_iou_threshold"),
            Threshold = Number("nms_score_threshold"),

            // The operator has the default of suppressing all classes together.
            IsPerClass = Whole("use_regular_nms") is not (null or 0),
            Most = Whole("max_detections"),
            ClassesPerBox = Whole("max_classes_per_detection"),
            MostPerClass = Whole("detections_per_class"),
            Classes = classes,
            HasBackground = classes is null ? null : detector.Columns > classes,
        };

        float? Number(string name) => !options.TryGetValue(name, out double number) ? null : float.IsFinite((float)number)
            ? (float)number
            : throw FlatTable.Broken($"{step.Place}: its option {name} is {number}");

        int? Whole(string name) => !options.TryGetValue(name, out double number) ? null : number is >= 0 and <= int.MaxValue && number == Math.Floor(number)
            ? (int)number
            : throw FlatTable.Broken(string.Create(CultureInfo.InvariantCulture, $"{step.Place}: its option {name} is {number}"));
    }

    private SourceAnchors Anchors(SourceNetwork network, SourceDetector detector, StoredOperator step)
    {
        SourceTensor stored = _constants.Weights(step, step.Inputs[2], "anchors");
        int count = detector.Heads.Sum(head => network.Values[head.Boxes].Shape.Aggregate(1, (product, size) => product * size) / 4);
        if (stored.Type is not (ElementType.Float32 or ElementType.UInt8) || stored.Shape is not [.., 4] || stored.Count != 4 * count || stored.Quantization is { IsPerTensor: false })
            throw new WeightsException($"{step.Place}: its anchors are {stored}; {count} of four numbers were expected, one for each box that is predicted.");
        if (stored.Quantization is not { } q)
            return new SourceAnchors(step.Place, [.. stored.Floats]);
        return new SourceAnchors(step.Place, [.. stored.Bytes.Select(b => ((float)b - q.ZeroPoint) * q.Scale)]) { Bytes = [.. stored.Bytes], Quantization = q };
    }
}
