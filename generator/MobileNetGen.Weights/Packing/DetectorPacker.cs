using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Packing;

/// <summary>Packs what a detector has beside its layers.</summary>
internal sealed class DetectorPacker(Network network, QuantizedNumbers numbers, Blob blob)
{
    /// <summary>Writes anchors and tables.</summary>
    /// <param name="trained">The detector's numbers.</param>
    /// <param name="scale">The scale of a layer's result; null in float32.</param>
    /// <returns>Where they lie, and the outputs: what callers get of each predictor.</returns>
    public (PackedDetector Detector, PackedOutput[] Outputs) Pack(TrainedDetector trained, Func<string, TensorScale?> scale)
    {
        long anchors = blob.Begin();
        foreach (float value in trained.Anchors)
            blob.Write(value);
        return (new PackedDetector(anchors), [.. network.Detector!.Maps.SelectMany(map => new[] { Boxes(map), Scores(map) })]);

        PackedOutput Boxes(DetectorMap map) => scale(map.Boxes) is { } own && trained.Boxes is { } boxes
            ? Output(map.Boxes, boxes, HeadTable.Joined(Unsigned(own), Unsigned(boxes)))
            : new PackedOutput(map.Boxes, null, null);

        PackedOutput Scores(DetectorMap map)
        {
            if ((scale(map.Scores), trained.Logits, trained.Scores) is not ({ } own, { } logits, { } scores))
                return new PackedOutput(map.Scores, null, null);
            byte[] joined = HeadTable.Joined(Unsigned(own), Unsigned(logits));
            return Output(map.Scores, scores, network.Detector.Scores == ScoreFunction.Sigmoid ? HeadTable.Then(joined, HeadTable.Sigmoid(Unsigned(logits), Unsigned(scores))) : joined);
        }
    }

    private PackedOutput Output(string name, TensorScale scale, byte[] table)
    {
        long offset = blob.Begin();
        blob.Write(table);
        return new PackedOutput(name, NetworkPacker.Text(Unsigned(scale)), offset);
    }

    private TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = numbers.ToUnsigned(scale.ZeroPoint) };
}
