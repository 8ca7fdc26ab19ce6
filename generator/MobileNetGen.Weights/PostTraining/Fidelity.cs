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
/// <param name="Agreement">The part of them, from 0 to 1, for which both have the same largest output; where there is but one, the same sign of it.</param>
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
        TensorScale input = quantized.Input!.Value, output = last.Output!.Value;
        bool normalizes = quantized.Network.InputType == Quantization.Float32;

        // The ends' own conversions are left out: they are not what can go wrong.
        TrainedNetwork inner = quantized with { Network = quantized.Network with { InputType = Quantization.Int8, OutputType = Quantization.Int8 }, OuterInput = input, OuterOutput = quantized.Layers[^1].Output };
        (int agreed, double signal, double noise) = (0, 0, 0);
        foreach (byte[] pixels in images)
        {
            float[] values = NormalizedInput.Of(network, pixels);
            float[] expected = FloatReference.Run(trained, values)[last.Layer.Name];
            int[] bytes = normalizes
                ? [.. values.Select(v => Math.Clamp((int)MathF.Round(v / input.Scale, MidpointRounding.AwayFromZero) + input.ZeroPoint, sbyte.MinValue, sbyte.MaxValue))]
                : [.. pixels.Select(p => p - 128)];
            float[] actual = [.. QuantizedReference.Run(inner, bytes)[last.Layer.Name].Select(q => output.Scale * (q - output.ZeroPoint))];

            // One output has no mean to differ from; it decides by its sign, where it is the logit of a probability.
            double mean = expected.Length == 1 ? 0 : expected.Average(e => (double)e);
            signal += expected.Sum(e => (e - mean) * (e - mean));
            noise += expected.Zip(actual, (e, a) => ((double)a - e) * ((double)a - e)).Sum();
            bool agrees = expected.Length == 1 ? expected[0] >= 0 == actual[0] >= 0 : Array.IndexOf(expected, expected.Max()) == Array.IndexOf(actual, actual.Max());
            agreed += agrees ? 1 : 0;
        }

        return new Fidelity(images.Count, (double)agreed / images.Count, noise == 0 ? Exact : Math.Clamp(10 * Math.Log10(signal / noise), -Exact, Exact));
    }
}
