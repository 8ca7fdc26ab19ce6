using System.Globalization;

namespace MobileNetGen.Runtime;

/// <summary>An object that a detector found.</summary>
/// <param name="Class">Zero-based class index, in the order of the labels: the background is not counted.</param>
/// <param name="Score">How sure the network is of that class, 0 to 1. Detectors with a sigmoid score each class by itself: scores of a box need not sum to 1.</param>
/// <param name="Left">The left edge, 0 to 1 of the image's width (pixels after <see cref="In"/>).</param>
/// <param name="Top">The top edge, 0 to 1 of the image's height.</param>
/// <param name="Right">The right edge, 0 to 1 of the image's width.</param>
/// <param name="Bottom">The bottom edge, 0 to 1 of the image's height.</param>
/// <param name="Label">The class's name; empty where the network has no labels.</param>
public readonly record struct Detection(int Class, float Score, float Left, float Top, float Right, float Bottom, string Label)
{
    /// <summary>Right − Left.</summary>
    public float Width => Right - Left;

    /// <summary>Bottom − Top.</summary>
    public float Height => Bottom - Top;

    /// <summary>The same in an image's pixels, of which the leftmost begins at 0 and the rightmost ends at <paramref name="width"/>.</summary>
    /// <param name="width">The image's columns.</param>
    /// <param name="height">The image's rows.</param>
    public Detection In(int width, int height)
        => this with { Left = Left * width, Top = Top * height, Right = Right * width, Bottom = Bottom * height };

    /// <summary>For people: <c>cat (64.5%) 0.045, 0.661 to 0.373, 0.993</c>, left and top first; or <c>class 16 (64.5%) …</c> without labels. The same in every culture.</summary>
    public override string ToString()
    {
        string name = string.IsNullOrEmpty(Label) ? string.Create(CultureInfo.InvariantCulture, $"class {Class}") : Label;
        return string.Create(CultureInfo.InvariantCulture, $"{name} ({Score * 100:0.0}%) {Left:0.###}, {Top:0.###} to {Right:0.###}, {Bottom:0.###}");
    }
}
