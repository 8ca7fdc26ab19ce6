using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary><see cref="Float32Kernels.PushBest"/> of bytes, whose scores are those of the floats they stand for.</summary>
    /// <param name="map">Class values: channel anchor · columns + column.</param>
    /// <param name="scale">The values' scale, positive.</param>
    /// <param name="zeroPoint">Their zero point as stored.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="anchors">Anchors of a pixel.</param>
    /// <param name="columns">Values of an anchor: classes + offset.</param>
    /// <param name="offset">1 where there is a background, else 0.</param>
    /// <param name="firstAnchor">The number of the first anchor of row 0.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="function">What makes scores of values.</param>
    /// <param name="threshold">The least score; NaN for no candidate.</param>
    /// <param name="candidates">Room for a key of every anchor of the network.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PushBest(FeatureMap<byte> map, float scale, int zeroPoint, int width, int anchors, int columns, int offset, int firstAnchor, int firstRow, int rowCount,
        ScoreFunction function, float threshold, ulong* candidates, int* count)
    {
        var test = new ScoreTest(function, columns, offset, threshold);
        var sink = new BestClass(candidates, count);
        for (int y = firstRow; y < firstRow + rowCount; y++)
            ScoreScan.Run(map.Row(y), scale, zeroPoint, Lanes, map.BlockStride, width, anchors, firstAnchor + (y * width * anchors), test, sink);
    }

    /// <summary>
    /// The same where a table makes scores of the map's bytes, in bytes again: TensorFlow Lite's LOGISTIC, and before it the map's rescaling to the scale that all maps
    /// share. The first of equal bytes of scores is the best.
    /// </summary>
    /// <param name="map">Class values: channel anchor · columns + column.</param>
    /// <param name="table">[256]: the byte of a score for each byte of the map; a greater one never has a lesser score.</param>
    /// <param name="scale">The scores' scale, positive.</param>
    /// <param name="zeroPoint">Their zero point.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="anchors">Anchors of a pixel.</param>
    /// <param name="columns">Values of an anchor: classes + offset.</param>
    /// <param name="offset">1 where there is a background, else 0.</param>
    /// <param name="firstAnchor">The number of the first anchor of row 0.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="threshold">The least score; NaN for no candidate.</param>
    /// <param name="candidates">Room for a key of every anchor of the network.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PushBest(FeatureMap<byte> map, byte* table, float scale, int zeroPoint, int width, int anchors, int columns, int offset, int firstAnchor, int firstRow, int rowCount,
        float threshold, ulong* candidates, int* count)
    {
        var test = new ScoreTest(ScoreFunction.None, columns, offset, threshold);
        int least = 0;
        while (least < 256 && !test.Passes(Real(table[least]), default, out _))
            least++;
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* pixel = map.Row(y);
            int anchor = firstAnchor + (y * width * anchors);
            for (int x = 0; x < width; x++, pixel += Lanes)
            {
                for (int first = 0; first < anchors * columns; first += columns, anchor++)
                {
                    int best = Maxima.Of(pixel, map.BlockStride, first + offset, first + columns);
                    if (best < least)
                        continue;

                    test.Passes(Real(table[best]), default, out float score);
                    while (best > 0 && table[best - 1] == table[best])
                        best--;
                    int channel = first + offset;
                    while (pixel[ScoreRow.Offset(channel, map.BlockStride)] < best)
                        channel++;
                    candidates[(*count)++] = Candidate.Key(score, anchor, channel - first - offset);
                }
            }
        }

        float Real(byte value) => ((float)value - zeroPoint) * scale;
    }
}
