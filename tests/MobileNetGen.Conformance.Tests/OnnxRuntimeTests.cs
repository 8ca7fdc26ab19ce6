using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Export;

namespace MobileNetGen.Conformance;

/// <summary>Generated float32 code against ONNX Runtime on the same network.</summary>
public sealed class OnnxRuntimeTests
{
    public static TheoryData<string> Networks => RandomNetwork.Names(n => n.Quantization == Quantization.Float32);

    public static TheoryData<string> Classifiers => RandomNetwork.Names(n => n is { Quantization: Quantization.Float32, EndsInSoftmax: true, Threads: 1 });

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_score_is_that_of_ONNX_Runtime(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        byte[] model = OnnxExporter.Export(network.Train());
        foreach (byte[] pixels in network.Pictures())
        {
            float[] input = network.Normalized(pixels);
            float[] expected = OnnxModel.Run(model, network.Network.Input, input)[OnnxExporter.OutputName];
            float[] fromPixels = new float[expected.Length], fromValues = new float[expected.Length];

            network.Class.RunScores(pixels, fromPixels);
            network.Class.RunRaw<float>()(input, fromValues);

            // Probabilities to an absolute bound; logits and features relative to the largest.
            float tolerance = network.Network.EndsInProbabilities ? 1e-5f : 1e-4f * expected.Max(MathF.Abs);
            AssertClose(expected, fromPixels, tolerance);
            AssertClose(expected, fromValues, tolerance);
        }
    }

    // A softmax hides differences where it saturates: its input has to be compared too.
    [Theory]
    [MemberData(nameof(Classifiers))]
    public void There_is_the_same_network_without_its_softmax(string name)
    {
        Network network = RandomNetwork.All[name].Network;
        IEnumerable<Layer> logits = network.Layers.SkipLast(1);
        Assert.Contains(RandomNetwork.All.Values, other =>
            other.Network.Input == network.Input && other.Network.Padding == network.Padding && other.Network.Normalization == network.Normalization
            && other.Network.Weights.Seed == network.Weights.Seed && other.Network.Layers.SequenceEqual(logits));
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.True(tolerance > 0, "all scores are 0");
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}]: expected {expected[i]:R}, got {actual[i]:R}, tolerance {tolerance:R}");
    }
}
