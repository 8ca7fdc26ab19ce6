using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Export.TensorFlowLite;

/// <summary>
/// Writes what stands behind the predictors of an int8 detector, as TensorFlow 2's converter does: joined, then LOGISTIC, then real numbers into the operator that makes boxes. Where that operator
/// does not know the detector's rules (a softmax, x before y), the joined results are those of the file.
/// </summary>
/// <param name="writer">The file's writer, with the layers written.</param>
/// <param name="network">The detector.</param>
/// <param name="detector">Its numbers.</param>
internal sealed class DetectorWriter(TensorFlowLiteWriter writer, Network network, TrainedDetector detector)
{
    private const string PostProcess = "TFLite_Detection_PostProcess";
    private const byte ConcatenationOptions = 10;

    /// <summary>Boxes that the operator gives where the text does not say how many.</summary>
    private const int UsualBoxes = 100;

    /// <summary>TensorFlow's, which no score is below.</summary>
    private const float Threshold = 1e-8f;

    private readonly Detector _text = network.Detector!;

    /// <summary>Writes it; gives the results of the file.</summary>
    public int[] Write()
    {
        int count = _text.AnchorCount, columns = _text.Columns;
        int boxes = Join("encodings", 4, m => m.Boxes, detector.Boxes!.Value), logits = Join("logits", columns, m => m.Scores, detector.Logits!.Value);
        bool isSigmoid = _text.Scores == ScoreFunction.Sigmoid;
        TensorScale probability = isSigmoid ? detector.Scores!.Value : new TensorScale(1f / 256, sbyte.MinValue);
        int scores = writer.Map("scores", [1, count, columns], probability);
        if (isSigmoid)
            writer.File.Operator(BuiltinOperator.Logistic, 2, [logits], scores);
        else
            writer.File.Operator(BuiltinOperator.Softmax, 2, [logits], scores, TensorFlowLiteWriter.SoftmaxOptions, 1f);
        if (!isSigmoid || _text.Coder.IsXFirst)
            return [boxes, scores];

        int anchors = writer.File.Tensor("anchors", TensorType.Float32, [count, 4], data: MemoryMarshal.AsBytes<float>(detector.Anchors));
        int most = Math.Min(_text.Suppression.Most ?? UsualBoxes, count);
        int[] results =
        [
            writer.File.Tensor("detection_boxes", TensorType.Float32, [1, most, 4]), writer.File.Tensor("detection_classes", TensorType.Float32, [1, most]),
            writer.File.Tensor("detection_scores", TensorType.Float32, [1, most]), writer.File.Tensor("num_detections", TensorType.Float32, [1]),
        ];
        writer.File.Custom(PostProcess, [Real("encodings/real", boxes, 4), Real("scores/real", scores, columns), anchors], results, FlexMapWriter.Write(Options(most)));
        return results;

        int Real(string name, int tensor, int width)
        {
            int real = writer.File.Tensor(name, TensorType.Float32, [1, count, width]);
            writer.File.Operator(BuiltinOperator.Dequantize, 2, [tensor], real);
            return real;
        }
    }

    private Dictionary<string, object> Options(int most)
    {
        (BoxCoder coder, Suppression nms) = (_text.Coder, _text.Suppression);
        var options = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["max_detections"] = most, ["max_classes_per_detection"] = 1, ["use_regular_nms"] = nms.IsPerClass, ["num_classes"] = _text.Classes,
            ["nms_score_threshold"] = Threshold, ["nms_iou_threshold"] = (float)nms.Overlap,
            ["y_scale"] = (float)coder.Y, ["x_scale"] = (float)coder.X, ["h_scale"] = (float)coder.Height, ["w_scale"] = (float)coder.Width,
        };
        if (nms.IsPerClass)
            options["detections_per_class"] = nms.Keep ?? most;
        return options;
    }

    /// <summary>The results of all maps one after the other; their scales are equal, as TensorFlow Lite demands.</summary>
    private int Join(string name, int width, Func<DetectorMap, string> layer, TensorScale scale)
    {
        int[] rows = [.. _text.Maps.Select(m => writer.Reshape($"{layer(m)}/row", writer.Tensor(layer(m)), [1, m.AnchorCount, width], writer.Scale(layer(m))))];
        int joined = writer.Map(name, [1, _text.AnchorCount, width], scale);
        writer.File.Operator(BuiltinOperator.Concatenation, 2, rows, joined, ConcatenationOptions, 1, (byte)0);
        return joined;
    }
}
