using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>The results of all predictors of a detector as its engine joins them: boxes [count][4] and scores [count][columns].</summary>
internal static class DetectorOutputs
{
    /// <summary>Pixels as the network reads them.</summary>
    public static float[] Input(Network network, byte[] pixels)
    {
        Normalization normalization = network.Normalization;
        if (network.Order == PixelOrder.Bgr)
            pixels = [.. pixels.Chunk(3).SelectMany(pixel => pixel.Reverse())];
        return [.. pixels.Select((pixel, i) => (float)((pixel - (double)normalization.Mean[i % 3 % normalization.Mean.Count]) / (double)normalization.Std[i % 3 % normalization.Std.Count]))];
    }

    /// <summary>Probabilities of the scores of each box.</summary>
    public static float[] Softmax(float[] scores, int columns) =>
    [
        .. scores.Chunk(columns).SelectMany(row =>
        {
            double[] powers = [.. row.Select(score => Math.Exp(score))];
            return powers.Select(power => (float)(power / powers.Sum()));
        }),
    ];

    public static (float[] Boxes, float[] Scores) Joined(TrainedNetwork trained, IReadOnlyDictionary<string, float[]> results)
    {
        Detector detector = trained.Network.Detector!;
        return ([.. detector.Maps.SelectMany(map => results[map.Boxes])], [.. detector.Maps.SelectMany(map => results[map.Scores])]);
    }

    /// <summary>Bytes in the unsigned domain, by the tables that are packed.</summary>
    public static (byte[] Boxes, byte[] Scores) Joined(TrainedNetwork trained, IReadOnlyDictionary<string, int[]> results)
    {
        Detector detector = trained.Network.Detector!;
        TrainedDetector numbers = trained.Detector!;
        int shift = trained.Network.Quantization == Quantization.Int8 ? 128 : 0;
        return ([.. detector.Maps.SelectMany(Boxes)], [.. detector.Maps.SelectMany(Scores)]);

        IEnumerable<byte> Boxes(DetectorMap map)
        {
            byte[] table = HeadTable.Joined(Scale(map.Boxes), Unsigned(numbers.Boxes!.Value));
            return results[map.Boxes].Select(q => table[q + shift]);
        }

        IEnumerable<byte> Scores(DetectorMap map)
        {
            TensorScale logits = Unsigned(numbers.Logits!.Value);
            byte[] table = HeadTable.Then(HeadTable.Joined(Scale(map.Scores), logits), HeadTable.Sigmoid(logits, Unsigned(numbers.Scores!.Value)));
            return results[map.Scores].Select(q => table[q + shift]);
        }

        TensorScale Scale(string layer) => Unsigned(trained.Layers.Single(l => l.Layer.Name == layer).Output!.Value);

        TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = scale.ZeroPoint + shift };
    }
}
