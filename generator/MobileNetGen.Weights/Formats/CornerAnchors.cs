using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>Anchors of TensorFlow's graphs, which are stored as corners before they become centres and sizes.</summary>
internal static class CornerAnchors
{
    /// <summary>Anchors of a table that may have either form: no table of centres and sizes has every size larger than its centre.</summary>
    /// <param name="place">Where they are in the file.</param>
    /// <param name="table">Four numbers an anchor: y and x of the corners at the top left and bottom right, or of the centre, then height and width.</param>
    public static SourceAnchors Read(string place, float[] table)
    {
        for (int i = 0; i < table.Length; i += 4)
        {
            if (!(table[i + 2] > table[i] && table[i + 3] > table[i + 1]))
                return new SourceAnchors(place, [.. table]);
        }

        return new SourceAnchors(place, Centres(table));
    }

    /// <summary>Corners as the API itself turns them into centres and sizes, in single precision.</summary>
    public static ImmutableArray<float> Centres(float[] corners)
    {
        var boxes = new float[corners.Length];
        for (int i = 0; i < corners.Length; i += 4)
        {
            (float height, float width) = (corners[i + 2] - corners[i], corners[i + 3] - corners[i + 1]);
            (boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]) = (corners[i] + (height / 2), corners[i + 1] + (width / 2), height, width);
        }

        return [.. boxes];
    }
}
