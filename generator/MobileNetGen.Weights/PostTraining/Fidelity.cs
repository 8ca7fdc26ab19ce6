using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>How faithfully a quantised network does what its float32 network does. Both are run by naive implementations, the quantised one in its integers.</summary>
/// <param name="Images">On how many images.</param>
/// <param name="Agreement">The part of them, from 0 to 1, for which both have the same largest output; where there is but one, the same sign of it; of a detector, the same class of the likeliest box.</param>
/// <param name="SignalToNoise">The power of the real outputs around their mean over that of the differences, in decibels: of the logits, where a softmax or sigmoid follows.</param>
public sealed record Fidelity(int Images, double Agreement, double SignalToNoise)
{
    /// <summary>Differences of nothing at all.</summary>
    private const double Exact = 200;

    /// <summary>Compares two networks.</summary>
    /// <param name="trained">The float32 network.</param>
    /// <param name="quantized">What <see cref="PostTrainingQuantizer"/> made of it.</param>
    /// <param name="images">Images as it was given them, one or more.</param>
    public static Fidelity Measure(TrainedNetwork trained, TrainedNetwork quantized, IReadOnlyList<byte[]> images)
    {
        Network network = trained.Network;
        TrainedLayer last = quantized.Layers.Last(l => l.Layer.Operator.Meaning is not (ResultMeaning.Probabilities or ResultMeaning.IndependentProbabilities));
        string[] results = network.Detector is { } detector ? [.. detector.Maps.Select(m => m.Scores)] : [last.Layer.Name];
        TensorScale input = quantized.Input!.Value;
        TensorScale[] outputs = [.. results.Select(name => quantized.Layers.First(l => l.Layer.Name == name).Output!.Value)];
        bool normalizes = quantized.Network.InputType == Quantization.Float32;

        // The ends' own conversions are left out: they are not what can go wrong.
        TrainedNetwork inner = quantized with { Network = quantized.Network with { InputType = Quantization.Int8, OutputType = Quantization.Int8 }, OuterInput = input, OuterOutput = quantized.Layers[^1].Output };
        (int agreed, double signal, double noise) = (0, 0, 0);
        foreach (byte[] pixels in images)
        {
            float[] values = NormalizedInput.Of(network, pixels);
            IReadOnlyDictionary<string, float[]> real = FloatReference.Run(trained, values);
            float[] expected = [.. results.SelectMany(name => real[name])];
            int[] bytes = normalizes
                ? [.. values.Select(v => Math.Clamp((int)MathF.Round(v / input.Scale, MidpointRounding.AwayFromZero) + input.ZeroPoint, sbyte.MinValue, sbyte.MaxValue))]
                : [.. pixels.Select(p => p - 128)];
            IReadOnlyDictionary<string, int[]> integers = QuantizedReference.Run(inner, bytes);
            float[] actual = [.. results.Zip(outputs).SelectMany(pair => integers[pair.First].Select(q => pair.Second.Scale * (q - pair.Second.ZeroPoint)))];

            // One output has no mean to differ from; it decides by its sign, where it is the logit of a probability.
            double mean = expected.Length == 1 ? 0 : expected.Average(e => (double)e);
            signal += expected.Sum(e => (e - mean) * (e - mean));
            noise += expected.Zip(actual, (e, a) => ((double)a - e) * ((double)a - e)).Sum();
            bool agrees = expected.Length == 1 ? expected[0] >= 0 == actual[0] >= 0 : Decision(network, expected) == Decision(network, actual);
            agreed += agrees ? 1 : 0;
        }

        return new Fidelity(images.Count, (double)agreed / images.Count, noise == 0 ? Exact : Math.Clamp(10 * Math.Log10(signal / noise), -Exact, Exact));
    }

    /// <summary>The index of the largest output, or of a detector the class of the box that is likeliest not to be the background.</summary>
    private static int Decision(Network network, float[] outputs)
    {
        if (network.Detector is not { } detector)
            return Array.IndexOf(outputs, outputs.Max());
        int best = 1;
        for (int i = 0; i < outputs.Length; i++)
        {
            if (i % detector.Columns > 0 && outputs[i] > outputs[best])
                best = i;
        }

        return best % detector.Columns;
    }
}
