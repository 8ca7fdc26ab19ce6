using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Tests.Coco;

namespace MobileNetGen.Runtime.Tests.Detections;

public sealed class CocoEvaluationTests
{
    private static readonly Dictionary<string, CocoBox[]> s_truths = new()
    {
        ["a"] = [new(1, 0, 0, 10, 10), new(1, 20, 0, 30, 10), new(2, 0, 20, 10, 30)],
        ["b"] = [new(1, 0, 0, 10, 10)],
    };

    [ReferenceFact]
    public void The_evaluation_is_that_of_COCOs_tool()
    {
        string data = BuildProperty.ReferenceData;
        string json = File.ReadAllText(Path.Combine(data, "detection", "golden", "coco_val2017_first128", "ssd_mobilenet_v1_0.75_quant.class_score_yxyx.json"));

        // Class, score, top, left, bottom, right, of which some lie outside.
        Dictionary<string, CocoBox[]> found = JsonSerializer.Deserialize<Dictionary<string, double[][]>>(json)!
            .ToDictionary(photograph => photograph.Key, photograph => photograph.Value.Select(d => new CocoBox((int)d[0] + 1, Clip(d[3]), Clip(d[2]), Clip(d[5]), Clip(d[4]), d[1])).ToArray());
        Dictionary<string, CocoBox[]> truths = CocoPhotographs.Objects(Path.Combine(data, "datasets", "coco_val2017_first128"));
        Assert.Equal((128, 898), (truths.Count, truths.Values.Sum(boxes => boxes.Length)));

        CocoEvaluation evaluation = CocoEvaluation.Of(truths, found);
        Assert.Equal(0.2256, evaluation.Mean, 4);
        Assert.Equal(0.3593, evaluation.At50, 4);
        Assert.Equal(0.2401, evaluation.At75, 4);

        static double Clip(double edge) => Math.Clamp(edge, 0, 1);
    }

    [Fact]
    public void Whoever_finds_everything_is_perfect() => Assert.Equal(new CocoEvaluation(1, 1, 1), CocoEvaluation.Of(s_truths, s_truths));

    [Fact]
    public void Whoever_finds_nothing_has_nothing() => Assert.Equal(new CocoEvaluation(0, 0, 0), CocoEvaluation.Of(s_truths, new Dictionary<string, CocoBox[]>()));

    [Fact]
    public void An_object_is_found_once_and_closely()
    {
        // Of class 1 one of three objects, found at an overlap of 0.8 between two wrong ones, the second of which is the same object again; class 2 is not found.
        Dictionary<string, CocoBox[]> found = new() { ["a"] = [new(1, 50, 50, 60, 60, 0.9), new(1, 0, 0, 8, 10, 0.8), new(1, 0, 0, 10, 9, 0.7)] };
        CocoEvaluation evaluation = CocoEvaluation.Of(s_truths, found);

        // Precision 1/2 at recalls up to 1/3: 34 of 101.
        double once = 34 / 101.0 / 2;
        Assert.Equal(once / 2, evaluation.At50, 1e-12);
        Assert.Equal(once / 2, evaluation.At75, 1e-12);

        // At overlaps 0.85 and 0.9 the other one is the object: precision 1/3.
        Assert.Equal(((7 * once) + (2 * 34 / 101.0 / 3)) / 10 / 2, evaluation.Mean, 1e-12);
    }
}
