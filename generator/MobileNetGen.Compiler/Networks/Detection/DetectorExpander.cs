using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>Multiplies the block of a detector out: maps get shapes, and predictors become layers behind those of the text.</summary>
internal sealed class DetectorExpander(LayerExpander layers, Settings settings, DiagnosticBag diagnostics)
{
    /// <summary>The detector, or null after reporting.</summary>
    public Detector? Expand(DetectorDefinition definition)
    {
        if (settings.Classes is not { } classes)
        {
            diagnostics.Report(Rules.MissingStatement, definition.Span, "classes", "classes 90");
            return null;
        }

        if (classes > Detector.MaximumClasses)
        {
            diagnostics.Report(Rules.TooLarge, settings.ClassesSpan ?? definition.Span, "the detector", $"{classes} classes", $"{Detector.MaximumClasses}");
            return null;
        }

        var maps = new List<DetectorMap>();
        int anchors = 0;
        foreach (MapDefinition definedMap in definition.Maps)
        {
            if (Map(definedMap, classes, anchors) is not { } map)
                return null;
            maps.Add(map);
            anchors += map.AnchorCount;
            if (anchors <= Detector.MaximumAnchors && (long)anchors * (classes + 1) <= LayerExpander.MaximumValues)
                continue;
            long most = Math.Min(Detector.MaximumAnchors, LayerExpander.MaximumValues / (classes + 1));
            diagnostics.Report(Rules.TooLarge, definedMap.Span, "the detector", $"{anchors} anchors of {classes} classes up to this map", $"{most}");
            return null;
        }

        return new Detector(maps.ToEquatableArray(), definition.Coder, definition.Scores, definition.Suppression, classes);
    }

    private DetectorMap? Map(MapDefinition d, int classes, int firstAnchor)
    {
        if (layers.Find(d.Map) is not { } map)
            return null;
        if (map.IsVector)
        {
            diagnostics.Report(Rules.WrongInput, d.Map.Span, "map", "a feature map", map.Name, $"a vector of {map.Shape.Channels}", "name a layer above it");
            return null;
        }

        return Predictor(d, map, "boxes", 4) is { } boxes && Predictor(d, map, "scores", classes + 1) is { } scores
            ? new DetectorMap(d.Map.Text, map.Name, map.Shape, d.Sizes, d.Step, d.IsClipped, boxes.Name, scores.Name, firstAnchor, d.Source)
            : null;
    }

    /// <summary>A linear convolution with biases; behind a depthwise layer with an activation where it is separable (SSDLite, arXiv:1801.04381).</summary>
    private LayerResult? Predictor(MapDefinition d, LayerResult map, string what, int columns)
    {
        (int kernel, bool isSeparable) = (d.Predictor.Kernel, d.Predictor.IsSeparable);
        var layer = new LayerDefinition(
            "map", d.Sizes.Count * columns, kernel, Stride: 1, Expand: null, Multiplier: 1, Repeat: 1, Activation.Linear, Function: null, Widening.Fixed, Name: null, From: null, Operand: null, d.Source, d.Span);
        string name = $"{d.Map.Text}_{what}";
        LayerResult? input = isSeparable ? layers.Window(name + "_depthwise", Operator.Depthwise, layer with { Channels = null }, map, settings.Activation) : map;
        if (input is null)
            return null;
        bool isPointwise = isSeparable || kernel == 1;
        return layers.Window(name, isPointwise ? Operator.Pointwise : Operator.Convolution, layer with { Kernel = isPointwise ? 1 : kernel }, input, Activation.Linear);
    }

    /// <summary>The results of a detector: boxes and scores, map after map.</summary>
    public static EquatableArray<NetworkOutput> Outputs(Detector detector) => detector.Maps.SelectMany(map => new[]
    {
        Output(map, map.Boxes, 4), Output(map, map.Scores, detector.Columns),
    }).ToEquatableArray();

    private static NetworkOutput Output(DetectorMap map, string layer, int columns) =>
        new(layer, layer, map.Shape with { Channels = map.Sizes.Count * columns }, IsVector: false, IsImplied: false);
}
