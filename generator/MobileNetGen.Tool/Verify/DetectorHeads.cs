using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Tool.Verify;

/// <summary>What a class gives of the results of layers: all of them as they are, or those of a detector's predictors joined.</summary>
internal static class DetectorHeads
{
    /// <summary>The results of a network one behind the other, as <c>RunRaw</c> stores them in the network's own domain.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="results">The result of every layer.</param>
    public static IEnumerable<float> Results(TrainedNetwork trained, IReadOnlyDictionary<string, float[]> results)
    {
        if (trained.Network.Detector is not { } detector)
            return trained.Network.Outputs.SelectMany(o => results[o.Layer]);
        if (trained.Network.Quantization == Quantization.Float32)
            return [.. detector.Maps.SelectMany(m => results[m.Boxes]), .. detector.Maps.SelectMany(m => results[m.Scores])];

        int shift = trained.Network.Quantization == Quantization.Int8 ? 128 : 0;
        TrainedDetector numbers = trained.Detector ?? TrainedDetector.Of(trained.Network, Own);
        (TensorScale boxes, TensorScale logits, TensorScale scores) = (Unsigned(numbers.Boxes!.Value), Unsigned(numbers.Logits!.Value), Unsigned(numbers.Scores!.Value));
        return
        [
            .. detector.Maps.SelectMany(m => Through(m.Boxes, HeadTable.Joined(Unsigned(Own(m.Boxes)!.Value), boxes))),
            .. detector.Maps.SelectMany(m => Through(m.Scores, Scores(m))),
        ];

        byte[] Scores(DetectorMap map)
        {
            byte[] joined = HeadTable.Joined(Unsigned(Own(map.Scores)!.Value), logits);
            return detector.Scores == ScoreFunction.Sigmoid ? HeadTable.Then(joined, HeadTable.Sigmoid(logits, scores)) : joined;
        }

        IEnumerable<float> Through(string layer, byte[] table) => results[layer].Select(q => (float)(table[(int)q + shift] - shift));

        TensorScale? Own(string layer) => trained.Layers.Single(l => l.Layer.Name == layer).Output;

        TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = scale.ZeroPoint + shift };
    }
}
