#if REFERENCE_DATA
using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Conformance;

/// <summary>
/// The first of the two files that make V1 1.0-224, alone: an embedding. There is no reference output of it; so the test does what the second
/// file says, in integers, and compares with the reference output of both.
/// </summary>
public sealed class EmbeddingTests
{
    private const string HeadFile = "coral_mobilenet_quant_v1_224_head_layers.tflite";
    private const string Golden = "chained_mobilenet_v1_1.0_224_quant";

    public static TheoryData<string> Images => new(ReferenceData.Outputs(Golden));

    [Theory]
    [MemberData(nameof(Images))]
    public void The_second_file_makes_the_reference_output_of_it(string image)
    {
        SourceNetwork head = (SourceNetwork)WeightsFile.Read(ReferenceData.Path("tflite", HeadFile)).Model;
        SourceConvolution convolution = Assert.Single(head.Operators.OfType<SourceConvolution>());
        SourceSoftmax softmax = Assert.Single(head.Operators.OfType<SourceSoftmax>());
        Assert.Equal(2, head.Operators.Length);
        var embedding = new byte[MobileNetV1Embedding.OutputLength];

        MobileNetV1Embedding.RunRaw(ReferenceData.Pixels(image, 224), embedding);

        byte[] logits = Convolve(embedding, convolution, head.Values[convolution.Input].Quantization!, head.Values[convolution.Output].Quantization!);
        Assert.Equal(ReferenceData.Output(Golden, image), Softmax(logits, head.Values[softmax.Input].Quantization!.Scale));
    }

    /// <summary>A convolution of one pixel: Σ (x − zx)(w − zw) + bias, rescaled with rounding twice.</summary>
    private static byte[] Convolve(byte[] x, SourceConvolution convolution, SourceQuantization xs, SourceQuantization ys)
    {
        (byte[] weights, int[] bias, SourceQuantization ws) = (convolution.Weights.Bytes, convolution.Bias!.Ints, convolution.Weights.Quantization!);
        FixedPointMultiplier multiplier = FixedPointMultiplier.From((double)(float)(xs.Scale * ws.Scale) / ys.Scale);
        var y = new byte[bias.Length];
        for (int n = 0; n < y.Length; n++)
        {
            int sum = bias[n];
            for (int i = 0; i < x.Length; i++)
                sum += (x[i] - xs.ZeroPoint) * (weights[(n * x.Length) + i] - ws.ZeroPoint);
            y[n] = (byte)Math.Clamp(multiplier.ApplyRoundingTwice(sum) + ys.ZeroPoint, 0, 255);
        }

        return y;
    }

    /// <summary>TensorFlow Lite's: a table of exponentials in single precision, a sequential sum, 256ths.</summary>
    private static byte[] Softmax(byte[] logits, float scale)
    {
        int max = logits.Max();
        float[] exponentials = [.. logits.Select(q => (float)Math.Exp(-scale * (max - q)))];
        float sum = 0;
        foreach (float e in exponentials)
            sum += e;
        float inverse = 1f / (sum * (1f / 256));
        return [.. exponentials.Select(e => (byte)Math.Clamp((int)((e * inverse) + 0.5f), 0, 255))];
    }
}
#endif
