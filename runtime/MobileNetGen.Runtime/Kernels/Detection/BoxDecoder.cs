namespace MobileNetGen.Runtime.Kernels;

/// <summary>A box as corners, not clipped.</summary>
internal readonly record struct Box(float Top, float Left, float Bottom, float Right)
{
    /// <summary>What a box is called that is none: not finite, or a corner on the wrong side.</summary>
    public bool IsBox => float.IsFinite(Top) && float.IsFinite(Left) && float.IsFinite(Bottom) && float.IsFinite(Right) && Top <= Bottom && Left <= Right;
}

/// <summary>
/// Makes boxes of encodings as <c>TFLite_Detection_PostProcess</c> does: centre and half the size in double precision, each rounded to a float once, and corners of them in floats.
/// </summary>
internal readonly unsafe struct BoxDecoder(HeadValues encodings, float* anchors, DetectionRules rules)
{
    private readonly bool _xFirst = rules.Order == BoxOrder.Xywh;
    private readonly double _yScale = rules.YScale;
    private readonly double _xScale = rules.XScale;
    private readonly double _heightScale = rules.HeightScale;
    private readonly double _widthScale = rules.WidthScale;

    public Box Decode(int anchor)
    {
        nint at = (nint)anchor * 4;
        int y = _xFirst ? 1 : 0;
        (double anchorY, double anchorX, double anchorHeight, double anchorWidth) = (anchors[at], anchors[at + 1], anchors[at + 2], anchors[at + 3]);
        float centreY = (float)((encodings[at + y] / _yScale * anchorHeight) + anchorY);
        float centreX = (float)((encodings[at + 1 - y] / _xScale * anchorWidth) + anchorX);
        float halfHeight = (float)(0.5 * Exponential.Of(encodings[at + 2 + y] / _heightScale) * anchorHeight);
        float halfWidth = (float)(0.5 * Exponential.Of(encodings[at + 3 - y] / _widthScale) * anchorWidth);
        return new Box(centreY - halfHeight, centreX - halfWidth, centreY + halfHeight, centreX + halfWidth);
    }
}
