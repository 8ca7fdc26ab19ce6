using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>What a detector has beside its layers: its anchors, and where it is quantised, what the bytes mean into which the predictors' results of all maps are joined.</summary>
/// <param name="Anchors">[count][4], each the centre's y and x, height and width, in fractions of the input.</param>
/// <param name="Boxes">The joined boxes; null for float32.</param>
/// <param name="Logits">The joined scores as the predictors give them; null for float32.</param>
/// <param name="Scores">The scores that callers get: probabilities where the detector's function is a sigmoid, which bytes get from a table, else the logits; null for float32.</param>
public sealed record TrainedDetector(float[] Anchors, TensorScale? Boxes, TensorScale? Logits, TensorScale? Scores)
{
    /// <summary>That of a network whose numbers do not say more: anchors by the text, and where maps differ in their scales, one scale that holds all of their values.</summary>
    /// <param name="network">A detector.</param>
    /// <param name="scale">The scale of a layer's result; null in float32.</param>
    public static TrainedDetector Of(Network network, Func<string, TensorScale?> scale)
    {
        Detector detector = network.Detector!;
        float[] anchors = detector.Anchors(network.Input);
        if (network.Quantization == Quantization.Float32)
            return new TrainedDetector(anchors, null, null, null);
        int lowest = network.Quantization == Quantization.Int8 ? sbyte.MinValue : 0;
        TensorScale boxes = Join(detector.Maps.Select(m => scale(m.Boxes)!.Value)), logits = Join(detector.Maps.Select(m => scale(m.Scores)!.Value));
        TensorScale scores = detector.Scores == ScoreFunction.Sigmoid ? new TensorScale(FixedScale.Unit.Scale, lowest) : logits;
        return new TrainedDetector(network.Quantization == Quantization.UInt8 ? Quantized(anchors) : anchors, boxes, logits, scores);

        TensorScale Join(IEnumerable<TensorScale> all)
        {
            List<TensorScale> distinct = [.. all.Distinct()];
            if (distinct.Count == 1)
                return distinct[0];
            double minimum = distinct.Min(s => (double)s.Scale * (lowest - s.ZeroPoint)), maximum = distinct.Max(s => (double)s.Scale * (lowest + 255 - s.ZeroPoint));
            float joined = (float)((maximum - minimum) / 255);
            return new TensorScale(joined, lowest + (int)Math.Round(-minimum / joined));
        }
    }

    /// <summary>Anchors as an unsigned network has them, bytes of the scale max / 255 and zero point 0 (TOCO's converter), as real numbers again.</summary>
    private static float[] Quantized(float[] anchors)
    {
        float scale = anchors.Max() / 255;
        return [.. anchors.Select(a => MathF.Round(a / scale) * scale)];
    }
}
