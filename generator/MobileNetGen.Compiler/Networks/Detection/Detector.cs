using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>
/// What makes boxes of a network's maps (SSD, arXiv:1512.02325). On each cell of each map stand anchors, boxes of fixed sizes; of each, one predictor says how the object differs from it,
/// the other how likely each class is. The predictors are layers of the network, and their results its outputs: boxes and scores of a map, map after map.
/// </summary>
/// <param name="Maps">Its maps, in the order in which anchors are numbered: by map, row, column, box.</param>
/// <param name="Coder">How boxes are written.</param>
/// <param name="Scores">What makes probabilities of the scores.</param>
/// <param name="Suppression">Which of several boxes of one object is kept.</param>
/// <param name="Classes">The number of classes. Scores have one column more in front: the background.</param>
public sealed record Detector(EquatableArray<DetectorMap> Maps, BoxCoder Coder, ScoreFunction Scores, Suppression Suppression, int Classes)
{
    /// <summary>The most anchors: their numbers have 20 bits at run time.</summary>
    public const int MaximumAnchors = 1 << 20;

    /// <summary>The most classes: their numbers have 12 bits at run time.</summary>
    public const int MaximumClasses = (1 << 12) - 1;

    /// <summary>Scores of an anchor: the background's, then one a class.</summary>
    public int Columns => Classes + 1;

    /// <summary>The number of anchors.</summary>
    public int AnchorCount => Maps.Sum(m => m.AnchorCount);

    /// <summary>The map whose boxes or scores a layer predicts, and whether it is the boxes; null for other layers.</summary>
    public (DetectorMap Map, bool IsBoxes)? Predicted(string layer) => Maps.FirstOrDefault(m => m.Boxes == layer || m.Scores == layer) is { } map ? (map, map.Boxes == layer) : null;

    /// <summary>The anchors [count][4], each the centre's y and x, height and width, in fractions of the input.</summary>
    /// <param name="input">The shape of the network's input.</param>
    public float[] Anchors(Shape input)
    {
        var anchors = new List<float>(AnchorCount * 4);
        foreach (DetectorMap map in Maps)
            map.AddAnchors(anchors, input);
        return [.. anchors];
    }
}

/// <summary>How the four numbers of a box are to be read: y = number / scale · anchor height + anchor y, height = exp(number / scale) · anchor height, and x and width alike.</summary>
/// <param name="Y">Divides that of y.</param>
/// <param name="X">Divides that of x.</param>
/// <param name="Height">Divides that of the height.</param>
/// <param name="Width">Divides that of the width.</param>
/// <param name="IsXFirst">Whether their order is x, y, width, height (Caffe, PyTorch) and not y, x, height, width (TensorFlow).</param>
public sealed record BoxCoder(decimal Y, decimal X, decimal Height, decimal Width, bool IsXFirst)
{
    /// <summary>As the language has it: <c>decode 10 10 5 5 order yxhw</c>.</summary>
    public override string ToString()
    {
        decimal[] numbers = IsXFirst ? [X, Y, Width, Height] : [Y, X, Height, Width];
        return $"decode {string.Join(" ", numbers.Select(n => n.ToString("0.#####", CultureInfo.InvariantCulture)))} order {(IsXFirst ? "xywh" : "yxhw")}";
    }
}

/// <summary>What makes probabilities of scores.</summary>
public enum ScoreFunction
{
    /// <summary>1 / (1 + e^−x) of each: TensorFlow.</summary>
    Sigmoid,

    /// <summary>Those of an anchor sum to 1, with the background's: Caffe, PyTorch.</summary>
    Softmax,
}

/// <summary>Non-maximum suppression: of boxes that overlap, the one with the highest score is kept.</summary>
/// <param name="IsPerClass">Whether boxes suppress only those of their own class.</param>
/// <param name="Overlap">Boxes whose intersection is more than this part of their union suppress one another.</param>
/// <param name="Top">Candidates a class before suppression; null for all (Caffe's <c>top_k</c>). Per class only.</param>
/// <param name="Keep">Boxes a class after it; null for all (TensorFlow Lite's <c>detections_per_class</c>). Per class only.</param>
/// <param name="Most">Boxes in all; null for as many as the caller has room for (TensorFlow Lite's <c>max_detections</c>).</param>
public sealed record Suppression(bool IsPerClass, decimal Overlap, int? Top, int? Keep, int? Most)
{
    /// <summary>As the language has it: <c>nms per-class overlap 0.45 top 200</c>.</summary>
    public override string ToString()
    {
        string limits = Limit("top", Top) + Limit("keep", Keep) + Limit("most", Most);
        return $"nms {(IsPerClass ? "per-class" : "agnostic")} overlap {Overlap.ToString("0.#####", CultureInfo.InvariantCulture)}{limits}";

        static string Limit(string word, int? number) => number is null ? "" : $" {word} {number}";
    }
}
