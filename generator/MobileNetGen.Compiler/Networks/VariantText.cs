using System.Globalization;

namespace MobileNetGen.Compiler.Networks;

/// <summary>What tells variants of a network apart, as text: in class names, in the placeholders of file names, in descriptions and for people.</summary>
public static class VariantText
{
    /// <summary>The width multiplier, with all its digits and at least one behind the point: <c>0.35</c>, <c>1.0</c>.</summary>
    public static string Alpha(decimal alpha) => alpha.ToString("0.0" + new string('#', 27), CultureInfo.InvariantCulture);

    /// <summary>The size of the input: <c>160</c>, <c>192x256</c>.</summary>
    public static string Resolution(int height, int width) => height == width ? $"{height}" : $"{height}x{width}";
}
