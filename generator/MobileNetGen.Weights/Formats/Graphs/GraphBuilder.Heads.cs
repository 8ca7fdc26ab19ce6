using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <content>The heads of detectors.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>Makes the predictors of a map results of the network, which then is a detector.</summary>
    /// <param name="place">Where they are joined in the file.</param>
    /// <param name="boxes">A map as the file reshapes it: pixels row by row, and their channels last.</param>
    /// <param name="scores">The same of the class predictor.</param>
    /// <exception cref="WeightsException">They are not the predictors of one map, or in another order than pixel, box, number.</exception>
    public void Head(string place, GraphValue boxes, GraphValue scores)
    {
        CheckOrder(place, boxes);
        CheckOrder(place, scores);
        (MapSize box, MapSize score) = (_nodes[boxes.Node].Size, _nodes[scores.Node].Size);
        if (box.Height != score.Height || box.Width != score.Width || box.Channels % 4 != 0 || score.Channels % (box.Channels / 4) != 0)
        {
            throw new WeightsException(
                $"{place}: map {_heads.Count} predicts boxes by {boxes} and classes by {scores}; four numbers for each box and as many scores for each were expected, of maps of one size.");
        }

        if (_heads.Count > 0 && ColumnsOf(_heads[0]) is var columns && columns != ColumnsOf((boxes, scores)))
            throw new WeightsException($"{place}: map {_heads.Count} has {ColumnsOf((boxes, scores))} scores for each box and map 0 has {columns}; as many for all were expected.");
        _heads.Add((boxes, scores));
        Output(boxes);
        Output(scores);
    }

    private static int ColumnsOf((GraphValue Boxes, GraphValue Scores) head) => head.Scores.Count / (head.Boxes.Count / 4);

    private static void CheckOrder(string place, GraphValue value)
    {
        MapAxis[] axes = [.. value.Axes.Where(axis => axis != MapAxis.None)];
        if (!axes.SequenceEqual(axes.Order()))
            throw new WeightsException($"{place}, joins {value}, of which the channels do not come last; predictors of which all numbers of a pixel stand together were expected.");
    }

    /// <summary>The heads as the network has them.</summary>
    private SourceDetector? Detector(ImmutableArray<int> outputs)
    {
        if (_heads.Count == 0)
            return null;
        return outputs.Length == 2 * _heads.Count
            ? new SourceDetector([.. Enumerable.Range(0, _heads.Count).Select(i => new SourceHead(outputs[2 * i], outputs[(2 * i) + 1]))], ColumnsOf(_heads[0]))
            : throw new WeightsException("Predictors are joined that others are computed from; results of the network were expected.");
    }
}
