using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>
    /// Makes candidates for class-agnostic suppression of rows of a map of class values: of each anchor whose best class has a score of at least the threshold. The first of
    /// equal values is the best. What the keys are, is <c>Candidate</c>'s affair; <see cref="DetectionKernels.Agnostic"/> takes them in any order.
    /// </summary>
    /// <param name="map">Class values: channel anchor · columns + column.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="anchors">Anchors of a pixel.</param>
    /// <param name="columns">Values of an anchor: classes + offset, at most 4,097.</param>
    /// <param name="offset">1 where there is a background, else 0.</param>
    /// <param name="firstAnchor">The number of the first anchor of row 0; less than 2^20, as all are.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="function">What makes scores of values.</param>
    /// <param name="threshold">The least score; NaN for no candidate.</param>
    /// <param name="candidates">Room for a key of every anchor of the network.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PushBest(FeatureMap<float> map, int width, int anchors, int columns, int offset, int firstAnchor, int firstRow, int rowCount,
        ScoreFunction function, float threshold, ulong* candidates, int* count)
    {
        var test = new ScoreTest(function, columns, offset, threshold);
        var sink = new BestClass(candidates, count);
        for (int y = firstRow; y < firstRow + rowCount; y++)
            ScoreScan.Run(map.Row(y), Lanes, map.BlockStride, width, anchors, firstAnchor + (y * width * anchors), test, sink);
    }
}
