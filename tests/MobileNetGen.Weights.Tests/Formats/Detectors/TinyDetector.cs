using System.Linq;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using static MobileNetGen.Weights.Tests.Formats.TensorFlowLiteFile;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>
/// A detector of a few hundred numbers as TensorFlow Lite's converter writes it: 4×4×3, maps of 2×2 with one box and 1×1 with two, two classes and the background, six anchors.
/// </summary>
internal static class TinyDetector
{
    /// <summary>The options of the post-processing, of which none has its default.</summary>
    public static (string Key, object Value)[] Options =>
    [
        ("max_detections", 7), ("max_classes_per_detection", 2), ("detections_per_class", 50), ("use_regular_nms", true), ("nms_score_threshold", 0.25f), ("nms_iou_threshold", 0.5f),
        ("num_classes", 2), ("y_scale", 10f), ("x_scale", 20f), ("h_scale", 5f), ("w_scale", 4f),
    ];

    /// <summary>The anchors, y x h w.</summary>
    public static float[] Anchors { get; } = [.. Enumerable.Range(0, 24).Select(i => i / 32f)];

    /// <summary>The file.</summary>
    /// <param name="type">float32, uint8 with anchors of bytes, or int8 with float32 behind a DEQUANTIZE.</param>
    /// <param name="isTensorFlow2">Whether the graph's results are in the order of TensorFlow 2's converter.</param>
    /// <param name="scale">The scale of activations in bytes; those of predictors are multiples of it.</param>
    public static TensorFlowLiteFile Write(TensorType type, bool isTensorFlow2 = false, float scale = 0.5f)
    {
        var file = new TensorFlowLiteFile();
        bool isReal = type == TensorType.Float32;
        int Value(string name, float factor, params int[] shape) => isReal ? file.Add(name, type, shape) : file.Add(name, type, shape, null, [scale * factor], [3]);
        int input = Value("input", 1, 1, 4, 4, 3), map0 = Value("map0", 1, 1, 2, 2, 4), map1 = Value("map1", 1, 1, 1, 1, 4);
        Convolution(input, map0, [4, 3, 3, 3], 2, 3);
        Convolution(map0, map1, [4, 3, 3, 4], 2, 3);

        int[] maps = [map0, map1], boxes = new int[2], scores = new int[2];
        for (int i = 0; i < 2; i++)
        {
            (int side, int count, int anchors) = (2 - i, 1 + i, i == 0 ? 4 : 2);
            int box = Value($"BoxPredictor_{i}/BoxEncodingPredictor/BiasAdd", 2 + i, 1, side, side, 4 * count), score = Value($"BoxPredictor_{i}/ClassPredictor/BiasAdd", 4 + i, 1, side, side, 3 * count);
            Convolution(maps[i], box, [4 * count, 1, 1, 4], 1, 0);
            Convolution(maps[i], score, [3 * count, 1, 1, 4], 1, 0);
            boxes[i] = Value($"reshape{i}", 2 + i, 1, anchors, 1, 4);
            scores[i] = Value($"reshape{i}_1", 4 + i, 1, anchors, 3);
            file.Run(22, [box], boxes[i]);
            file.Run(22, [score], scores[i]);
        }

        int joined = Value("concat", 3, 1, 6, 1, 4), encodings = Value("Squeeze", 3, 1, 6, 4), logits = Value("concat_1", 5, 1, 6, 3);
        file.Run(2, boxes, joined, 10, 1, (byte)0);
        file.Run(2, scores, logits, 10, 1, (byte)0);
        file.Run(22, [joined], encodings);
        int probabilities = isReal ? file.Add("convert_scores", type, [1, 6, 3]) : file.Add("convert_scores", type, [1, 6, 3], null, [1 / 256f], [type == TensorType.Int8 ? -128 : 0]);
        file.Run(14, [logits], probabilities);
        if (type == TensorType.Int8)
        {
            (int realBoxes, int realScores) = (file.Add("boxes", TensorType.Float32, [1, 6, 4]), file.Add("scores", TensorType.Float32, [1, 6, 3]));
            file.Run(6, [encodings], realBoxes);
            file.Run(6, [probabilities], realScores);
            (encodings, probabilities) = (realBoxes, realScores);
        }

        int anchorTable = type == TensorType.UInt8
            ? file.Add("anchors", type, [6, 4], [.. Anchors.Select(number => (byte)(number * 64))], [1 / 64f], [0])
            : file.Add("anchors", TensorType.Float32, [6, 4], Bytes(Anchors));
        int[] results = [.. new[] { 4, 1, 1, 1 }.Select((last, i) => file.Add($"TFLite_Detection_PostProcess:{i}", TensorType.Float32, i == 3 ? [1] : i == 0 ? [1, 14, 4] : [1, 14]))];
        file.Operators.Add(new TensorFlowLiteFile.Operator
        {
            Code = 32, CustomCode = "TFLite_Detection_PostProcess", Inputs = [encodings, probabilities, anchorTable], Outputs = results, CustomOptions = FlexBytes.Map(Options),
        });
        file.Inputs = [input];
        file.Outputs = isTensorFlow2 ? [results[2], results[0], results[3], results[1]] : results;
        return file;

        void Convolution(int from, int to, int[] shape, int stride, byte activation)
        {
            int length = shape.Aggregate((a, b) => a * b);
            float output = isReal ? 1 : file.Tensors[from].Scales[0];
            int weights = isReal ? file.Add("weights", type, shape, SampleFiles.Ramp(length))
                : file.Add("weights", type, shape, SampleFiles.Count(length), [0.25f], [type == TensorType.Int8 ? 0 : 7]);
            int bias = isReal ? file.Add("biases", type, [shape[0]], SampleFiles.Ramp(shape[0])) : file.Add("biases", TensorType.Int32, [shape[0]], Bytes([.. Enumerable.Range(0, shape[0])]), [0.25f * output], [0]);
            file.Run(3, [from, weights, bias], to, 1, (byte)0, stride, stride, activation, 1, 1);
        }
    }
}
