using System;
using System.Linq;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using static MobileNetGen.Weights.Tests.Formats.TensorFlowLiteFile;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Whole networks of a few hundred numbers, as <c>.tflite</c> files.</summary>
internal static class SampleFiles
{
    /// <summary>
    /// float32, 5×5×3: 0 CONV_2D 3×3 stride 2 SAME RELU6 → 3×3×4; 1 DEPTHWISE_CONV_2D 3×3 VALID RELU → 1×1×4; 2 AVERAGE_POOL_2D;
    /// 3 RESHAPE; 4 FULLY_CONNECTED → 2; 5 SOFTMAX.
    /// </summary>
    public static TensorFlowLiteFile Float()
    {
        var file = new TensorFlowLiteFile();
        int input = file.Add("input", TensorType.Float32, [1, 5, 5, 3]);
        int stem = file.Add("stem", TensorType.Float32, [1, 3, 3, 4]);
        int depthwise = file.Add("depthwise", TensorType.Float32, [1, 1, 1, 4]);
        int pool = file.Add("pool", TensorType.Float32, [1, 1, 1, 4]);
        int row = file.Add("row", TensorType.Float32, [1, 4]);
        int logits = file.Add("logits", TensorType.Float32, [1, 2]);
        int scores = file.Add("scores", TensorType.Float32, [1, 2]);
        int[] weights =
        [
            file.Add("stem/weights", TensorType.Float32, [4, 3, 3, 3], Ramp(108)), file.Add("stem/bias", TensorType.Float32, [4], Ramp(4)),
            file.Add("depthwise/weights", TensorType.Float32, [1, 3, 3, 4], Ramp(36)), file.Add("depthwise/bias", TensorType.Float32, [4], Ramp(4)),
            file.Add("dense/weights", TensorType.Float32, [2, 4], Ramp(8)),
        ];
        Classifier(file, [input, stem, depthwise, pool, row, logits, scores], weights, denseBias: -1);
        return file;
    }

    /// <summary>The same network, quantised to uint8: activations at scale 1/2 + index, zero point index; weights at scale 1/4, zero point 7.</summary>
    public static TensorFlowLiteFile UInt8() => Quantised(TensorType.UInt8, 7, channels: false);

    /// <summary>The same network, quantised to int8: convolutions with a scale per channel, the fully connected layer with one.</summary>
    public static TensorFlowLiteFile Int8() => Quantised(TensorType.Int8, 0, channels: true);

    /// <summary>
    /// float32 as Keras exports it, 4×4×1: 0 PAD; 1 CONV_2D VALID stride 2, float16 weights by 2 DEQUANTIZE; 3 RELU6; 4 DEPTHWISE_CONV_2D SAME;
    /// 5 MINIMUM, 6 MAXIMUM; 7 ADD; 8 RELU; 9 MEAN.
    /// </summary>
    public static TensorFlowLiteFile Keras()
    {
        var file = new TensorFlowLiteFile();
        int input = file.Add("input", TensorType.Float32, [1, 4, 4, 1]);
        int[] maps = [.. Enumerable.Range(0, 7).Select(i => file.Add($"map{i}", TensorType.Float32, [1, 2, 2, 2]))];
        int padded = file.Add("padded", TensorType.Float32, [1, 5, 5, 1]);
        int mean = file.Add("mean", TensorType.Float32, [1, 2]);
        int sizes = file.Add("pad/sizes", TensorType.Int32, [4, 2], Bytes(0, 0, 0, 1, 0, 1, 0, 0));
        int half = file.Add("stem/half", TensorType.Float16, [2, 3, 3, 1], Bytes([.. Enumerable.Range(0, 18).Select(i => (Half)(i / 8f))]));
        int weights = file.Add("stem/weights", TensorType.Float32, [2, 3, 3, 1]);
        int depthwise = file.Add("depthwise/weights", TensorType.Float32, [1, 3, 3, 2], Ramp(18));
        int six = file.Add("six", TensorType.Float32, [], Bytes(6f));
        int zero = file.Add("zero", TensorType.Float32, [], Bytes(0f));
        int axes = file.Add("axes", TensorType.Int32, [2], Bytes(1, -2));

        file.Run(6, [half], weights);
        file.Run(34, [input, sizes], padded);
        file.Run(3, [padded, weights, -1], maps[0], 1, (byte)1, 2, 2, (byte)0, 1, 1);
        file.Run(21, [maps[0]], maps[1]);
        file.Run(4, [maps[1], depthwise], maps[2], 2, (byte)0, 1, 1, 1, (byte)0, 1, 1);
        file.Run(57, [maps[2], six], maps[3]);
        file.Run(55, [zero, maps[3]], maps[4]);
        file.Run(0, [maps[4], maps[1]], maps[5], 11, (byte)0);
        file.Run(19, [maps[5]], maps[6]);
        file.Run(40, [maps[6], axes], mean, 27, (byte)0);
        file.Inputs = [input];
        file.Outputs = [mean];
        return file;
    }

    public static byte[] Ramp(int count) => Bytes([.. Enumerable.Range(0, count).Select(i => i / 8f)]);

    public static byte[] Count(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)i)];

    private static TensorFlowLiteFile Quantised(TensorType type, long zeroPoint, bool channels)
    {
        var file = new TensorFlowLiteFile();
        int Activation(string name, int index, params int[] shape) => file.Add(name, type, shape, null, [0.5f + index], [index]);
        int Weights(string name, int axis, params int[] shape) => file.Add(
            name,
            type,
            shape,
            Count(shape.Aggregate((a, b) => a * b)),
            channels && axis >= 0 ? [.. Enumerable.Range(1, shape[axis]).Select(i => i / 4f)] : [0.25f],
            channels && axis >= 0 ? new long[shape[axis]] : [zeroPoint],
            Math.Max(axis, 0));
        int Bias(string name, float scale) => file.Add(name, TensorType.Int32, [4], Bytes(1, -2, 3, 1 << 30), channels ? [scale, 2 * scale, 3 * scale, 4 * scale] : [scale], channels ? new long[4] : [0]);

        int[] activations =
        [
            Activation("input", 0, 1, 5, 5, 3), Activation("stem", 1, 1, 3, 3, 4), Activation("depthwise", 2, 1, 1, 1, 4),
            Activation("pool", 2, 1, 1, 1, 4), Activation("row", 2, 1, 4), Activation("logits", 3, 1, 2), Activation("scores", 4, 1, 2),
        ];
        int[] weights = [Weights("stem/weights", 0, 4, 3, 3, 3), Bias("stem/bias", 0.125f), Weights("depthwise/weights", 3, 1, 3, 3, 4), Bias("depthwise/bias", 0.375f), Weights("dense/weights", -1, 2, 4)];
        int bias = file.Add("dense/bias", TensorType.Int32, [2], Bytes(5, -6), [0.625f], [0]);
        Classifier(file, activations, weights, bias);
        return file;
    }

    private static void Classifier(TensorFlowLiteFile file, int[] activations, int[] weights, int denseBias)
    {
        file.Run(3, [activations[0], weights[0], weights[1]], activations[1], 1, (byte)0, 2, 2, (byte)3, 1, 1);
        file.Run(4, [activations[1], weights[2], weights[3]], activations[2], 2, (byte)1, 1, 1, 1, (byte)1, 1, 1);
        file.Run(1, [activations[2]], activations[3], 5, (byte)1, 1, 1, 1, 1, (byte)0);
        file.Run(22, [activations[3]], activations[4]);
        file.Run(9, [activations[4], weights[4], denseBias], activations[5], 8, (byte)0, (byte)0);
        file.Run(25, [activations[5]], activations[6], 9, 1f);
        file.Inputs = [activations[0]];
        file.Outputs = [activations[6]];
    }
}
