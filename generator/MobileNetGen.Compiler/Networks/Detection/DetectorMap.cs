using System.Collections.Generic;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>A map on which anchors stand.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Layer">The layer whose result it is.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Sizes">The boxes on each cell, in order.</param>
/// <param name="Step">Pixels of the input from one cell to the next; null for the input's side divided by the map's.</param>
/// <param name="IsClipped">Whether the numbers of anchors are clipped to 0…1.</param>
/// <param name="Boxes">The layer that predicts boxes: 4 channels for each of a cell's.</param>
/// <param name="Scores">The layer that predicts scores: as many channels as there are columns for each of a cell's.</param>
/// <param name="FirstAnchor">The number of its first anchor.</param>
/// <param name="Source">Its line, for messages.</param>
public sealed record DetectorMap(
    string Name, string Layer, Shape Shape, EquatableArray<AnchorSize> Sizes, decimal? Step, bool IsClipped, string Boxes, string Scores, int FirstAnchor, string Source)
{
    /// <summary>The number of its anchors.</summary>
    public int AnchorCount => Shape.Height * Shape.Width * Sizes.Count;

    /// <summary>
    /// Adds its anchors. In single precision and through corners, as TensorFlow's MultipleGridAnchorGenerator computes and its exporter stores them, so that they are equal in
    /// nearly every bit.
    /// </summary>
    internal void AddAnchors(List<float> anchors, Shape input)
    {
        for (int row = 0; row < Shape.Height; row++)
        {
            float y = Centre(row, Shape.Height, input.Height);
            for (int column = 0; column < Shape.Width; column++)
            {
                float x = Centre(column, Shape.Width, input.Width);
                foreach (AnchorSize size in Sizes)
                {
                    (float height, float width) = size.Of(input);
                    (float top, float left) = (y - (0.5f * height), x - (0.5f * width));
                    (height, width) = (y + (0.5f * height) - top, x + (0.5f * width) - left);
                    anchors.Add(Clip(top + (height / 2)));
                    anchors.Add(Clip(left + (width / 2)));
                    anchors.Add(Clip(height));
                    anchors.Add(Clip(width));
                }
            }
        }
    }

    private float Centre(int cell, int cells, int side)
    {
        if (Step is { } step)
            return (float)((cell + 0.5) * (double)step / side);
        float stride = 1f / cells;
        return (float)(cell * stride) + (float)(0.5f * stride);
    }

    private float Clip(float value) => !IsClipped ? value : value < 0 ? 0 : value > 1 ? 1 : value;
}
