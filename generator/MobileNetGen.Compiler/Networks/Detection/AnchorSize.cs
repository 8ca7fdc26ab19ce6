using System;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>The size of an anchor: height = scale / √ratio, width = scale · √ratio.</summary>
/// <param name="Scale">The side of a square of its area: in parts of the input's shorter side, or in pixels of the input.</param>
/// <param name="Next">That of the next map, where the scale is the geometric mean of the two; else null.</param>
/// <param name="Ratio">Width / height.</param>
/// <param name="IsPixels">Whether scales are in pixels.</param>
public sealed record AnchorSize(decimal Scale, decimal? Next, double Ratio, bool IsPixels)
{
    /// <summary>Height and width in parts of the input's.</summary>
    /// <param name="input">The shape of the network's input.</param>
    public (float Height, float Width) Of(Shape input)
    {
        float scale = Next is { } next ? (float)Math.Sqrt((double)Scale * (double)next) : (float)(double)Scale;
        float root = (float)Math.Sqrt((float)Ratio);
        (float height, float width) = (scale / root, scale * root);
        int shorter = Math.Min(input.Height, input.Width);
        return IsPixels
            ? (height / input.Height, width / input.Width)
            : (height * (float)((double)shorter / input.Height), width * (float)((double)shorter / input.Width));
    }
}
