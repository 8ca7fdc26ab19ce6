using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>Compares what a file has of a detector, beside its layers, with the text: how many boxes and classes are predicted, and what the file states of what is done with them.</summary>
/// <param name="network">A detector.</param>
/// <param name="file">The file's name.</param>
/// <param name="notes">Takes what a user should know.</param>
internal sealed class DetectorMatcher(Network network, string file, List<string> notes)
{
    /// <summary>How far stored anchors may be from those of the text, in parts of the image: a thousandth of what a pixel is, and more than single precision loses.</summary>
    private const double Tolerance = 1e-5;

    private readonly Detector _detector = network.Detector!;

    /// <summary>Checks that there are as many maps, boxes and classes.</summary>
    /// <param name="source">A detector's file.</param>
    public void CheckPredictors(SourceNetwork source)
    {
        SourceDetector found = source.Detector!;
        if (found.Heads.Length != _detector.Maps.Count)
        {
            string sizes = string.Join(", ", found.Heads.Select(head => $"{source.Values[head.Boxes].Shape[1]}×{source.Values[head.Boxes].Shape[2]}"));
            throw Differs("detector", $"{_detector.Maps.Count} maps", $"{found.Heads.Length}, of {sizes}", "give each of the file's a line 'map', in that order");
        }

        for (int i = 0; i < found.Heads.Length; i++)
            CheckBoxes(_detector.Maps[i], source.Values[found.Heads[i].Boxes].Shape[^1]);
        CheckColumns(found.Columns);
    }

    /// <summary>Checks that a map has as many boxes on a cell as a file predicts.</summary>
    public void CheckBoxes(DetectorMap map, int channels)
    {
        int boxes = map.Sizes.Count;
        if (channels == 4 * boxes)
            return;
        string found = channels % 4 == 0 ? $"{channels / 4} ({channels} channels)" : $"{channels} channels";
        throw new MatchException(
            Rules.DetectorMismatch, PlaceOf(map), $"{boxes} boxes on each cell of {map.Name} ({4 * boxes} channels)", file, found, channels % 4 == 0 ? $"give {map.Name} {channels / 4} boxes" : "describe the network that the file holds");
    }

    /// <summary>Checks that a file has as many scores for each box.</summary>
    public void CheckColumns(int columns)
    {
        if (columns == _detector.Columns)
            return;
        string counted = columns == _detector.Classes ? ": the background is one of them and is not counted" : "";
        throw Differs("classes", $"{_detector.Classes} classes, so {_detector.Columns} scores for each box with the background's", $"{columns} scores for each box", $"write: classes {columns - 1}{counted}");
    }

    /// <summary>Compares what the file states behind its predictors.</summary>
    public void CheckStatements(SourceDetector found)
    {
        if (found.HasBackground == false)
            throw Differs("classes", "a background among the scores of a box", "none", "use a file that has one: here the first of the scores is the background's");
        if (found.Scores is { } scores && (scores == SourceScores.Softmax) != (_detector.Scores == ScoreFunction.Softmax))
            throw Differs("scores", $"scores by {Word(_detector.Scores == ScoreFunction.Softmax)}", $"a {Word(scores == SourceScores.Softmax)}", $"write in the detector: scores {Word(scores == SourceScores.Softmax)}");
        if (found.Coder is { } coder && !Equal(coder, _detector.Coder))
            throw Differs("decode", $"{_detector.Coder}", $"{Text(coder)}", $"write in the detector: {Text(coder)}");
        CheckSuppression(found);

        static string Word(bool isSoftmax) => isSoftmax ? "softmax" : "sigmoid";
    }

    /// <summary>How boxes are suppressed is the user's to choose, and no number of the network depends on it: what differs is said.</summary>
    private void CheckSuppression(SourceDetector found)
    {
        Suppression own = _detector.Suppression;
        var stated = new List<string>();
        if (found.IsPerClass is { } isPerClass && isPerClass != own.IsPerClass)
            stated.Add(isPerClass ? "per-class" : "agnostic");
        if (found.Overlap is { } overlap && overlap != (float)own.Overlap)
            stated.Add(string.Create(CultureInfo.InvariantCulture, $"overlap {overlap:R}"));
        if (own.Most is { } most && found.Most is { } foundMost && most != foundMost)
            stated.Add($"most {foundMost}");
        if (stated.Count > 0)
            notes.Add($"the text suppresses boxes in another way than '{file}' does; as in the file: nms {(own.IsPerClass == (found.IsPerClass ?? own.IsPerClass) ? own.IsPerClass ? "per-class " : "agnostic " : "")}{string.Join(" ", stated)}");
    }

    /// <summary>Compares a file's anchors with those of the text.</summary>
    public void CheckAnchors(SourceAnchors found)
    {
        float[] own = _detector.Anchors(network.Input);
        if (found.Count != own.Length / 4)
        {
            string advice = Resolution(found.Count) is { } resolution ? $"write: resolution {resolution}" : "correct the boxes of its maps, or 'resolution'";
            throw new MatchException(Rules.DetectorMismatch, Place.Statement("resolution"), $"{own.Length / 4} anchors", file, $"{found.Count}", advice);
        }

        double tolerance = Tolerance + ((found.Quantization?.Scale ?? 0) / 2.0);
        for (int i = 0; i < own.Length; i++)
        {
            if (Math.Abs((double)own[i] - found.Boxes[i]) <= tolerance)
                continue;
            int anchor = i / 4;
            DetectorMap map = _detector.Maps.Last(m => m.FirstAnchor <= anchor);
            int box = (anchor - map.FirstAnchor) % map.Sizes.Count;
            throw new MatchException(
                Rules.AnchorMismatch, PlaceOf(map), $"{anchor}, box {box + 1} of {map.Name},", Box(own, anchor), Box([.. found.Boxes], anchor), file, Order(map, box, found));
        }

        static string Box(float[] boxes, int anchor) => string.Join(" ", Enumerable.Range(4 * anchor, 4).Select(i => boxes[i].ToString("0.######", CultureInfo.InvariantCulture)));
    }

    /// <summary>What makes the anchors of a file: the numbers of the trained network.</summary>
    /// <param name="found">What the file states; null where it is none.</param>
    /// <param name="anchors">Its anchors, if it has them.</param>
    /// <param name="scale">The scale of a layer's result; null in float32.</param>
    public TrainedDetector Trained(SourceDetector? found, SourceAnchors? anchors, Func<string, TensorScale?> scale)
    {
        var usual = TrainedDetector.Of(network, scale);
        if (anchors is not null)
            usual = usual with { Anchors = [.. anchors.Boxes] };
        if (found is null || network.Quantization == Quantization.Float32)
            return usual;
        TensorScale? logits = Scale(found.LogitsQuantization) ?? usual.Logits;
        return usual with
        {
            Boxes = Scale(found.EncodingsQuantization) ?? usual.Boxes,
            Logits = logits,
            Scores = _detector.Scores == ScoreFunction.Sigmoid ? Scale(found.ScoresQuantization) ?? usual.Scores : logits,
        };
    }

    private static TensorScale? Scale(SourceQuantization? quantization) => quantization is { } q ? new TensorScale(q.Scale, q.ZeroPoint) : null;

    /// <summary>Whether another box of the same cell is what the file has here: then the order differs.</summary>
    private string Order(DetectorMap map, int box, SourceAnchors found)
    {
        int first = map.FirstAnchor;
        float[] own = _detector.Anchors(network.Input);
        int other = Enumerable.Range(0, map.Sizes.Count).FirstOrDefault(i => Enumerable.Range(2, 2).All(n => Math.Abs(own[(4 * (first + i)) + n] - found.Boxes[(4 * (first + box)) + n]) <= Tolerance), -1);
        return other >= 0 && other != box ? $"the file has its box {other + 1} there: order the boxes of {map.Name} as the file does" : $"correct the boxes of {map.Name}";
    }

    /// <summary>The resolution at which the maps have as many cells as there are anchors for; null where there is none.</summary>
    private int? Resolution(int count)
    {
        const int Largest = 4096;
        if (network.Input.Height != network.Input.Width)
            return null;
        int[] halvings = [.. _detector.Maps.Select(map => Halvings(map.Shape.Height))];
        return halvings.Contains(-1) ? null : Enumerable.Range(32, Largest - 31).Where(side => Count(side) == count).Cast<int?>().MinBy(side => (side % 32 != 0, Math.Abs(side!.Value - network.Input.Height)));

        int Halvings(int cells)
        {
            int side = network.Input.Height, halvings = 0;
            for (; side > cells; halvings++)
                side = (side + 1) / 2;
            return side == cells ? halvings : -1;
        }

        long Count(int side) => _detector.Maps.Zip(halvings).Sum(map =>
        {
            long cells = Enumerable.Range(0, map.Second).Aggregate(side, (s, _) => (s + 1) / 2);
            return cells * cells * map.First.Sizes.Count;
        });
    }

    private static bool Equal(SourceCoder found, BoxCoder own) =>
        found.IsXFirst == own.IsXFirst && Near(found.Y, own.Y) && Near(found.X, own.X) && Near(found.Height, own.Height) && Near(found.Width, own.Width);

    // A file may have the reciprocals, in single precision.
    private static bool Near(float found, decimal own) => Math.Abs(found - (double)own) <= 1e-6 * (double)own;

    private static BoxCoder Text(SourceCoder coder) => new(Round(coder.Y), Round(coder.X), Round(coder.Height), Round(coder.Width), coder.IsXFirst);

    private static decimal Round(float number) => Math.Abs(number) < 1e6f ? decimal.Round((decimal)number, 5) : 0;

    private MatchException Differs(string statement, string own, string found, string advice) => new(Rules.DetectorMismatch, Place.Statement(statement), own, file, found, advice);

    private Place PlaceOf(DetectorMap map) => Place.Layer(network.Layers.First(layer => layer.Name == map.Boxes));
}
