using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Tool.Import.Detectors;

/// <summary>Writes the anchors that a file holds as the language has them: scales and ratios of each map.</summary>
internal sealed class AnchorLines
{
    /// <summary>How far two of a file's numbers may be apart that mean one, in parts of the image.</summary>
    private const double SinglePrecision = 1e-6;

    /// <summary>Fractions of the image's side that are written with more digits than this were meant in pixels.</summary>
    private const int MostDigits = 4;

    /// <summary>Ratios as people write them; in files of bytes the first that is near enough is meant.</summary>
    private static readonly (string Text, double Value)[] s_ratios =
    [
        ("1", 1), ("2", 2), ("1/2", 0.5), ("3", 3), ("0.3333", 0.3333), ("1/3", 1.0 / 3), ("4", 4), ("1/4", 0.25), ("3/2", 1.5), ("2/3", 2.0 / 3), ("5", 5), ("1/5", 0.2),
    ];

    private readonly SourceAnchors _anchors;
    private readonly int _height;
    private readonly int _width;
    private readonly double _tolerance;

    private AnchorLines(SourceAnchors anchors, int height, int width)
    {
        (_anchors, _height, _width) = (anchors, height, width);
        _tolerance = (anchors.Quantization is { } q ? q.Scale / 2.0 : SinglePrecision) * Math.Max(height, width);
    }

    private int Shorter => Math.Min(_height, _width);

    /// <summary>A box of a cell, in pixels. A side of the whole image may have been cut off there.</summary>
    private sealed record Box(double Height, double Width, bool IsHeightCut, bool IsWidthCut)
    {
        public double Scale => Math.Sqrt(Height * Width);
    }

    /// <summary>What stands behind the name in the line of each map; null where the anchors are none that the language has.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="maps">The maps, in their order.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public static ImmutableArray<string>? Of(SourceAnchors anchors, ImmutableArray<PredictedMap> maps, int height, int width) =>
        maps.Sum(m => (long)m.Height * m.Width * m.Boxes) == anchors.Count ? new AnchorLines(anchors, height, width).Write(maps) : null;

    private ImmutableArray<string>? Write(ImmutableArray<PredictedMap> maps)
    {
        var sizes = new List<(double Scale, double? Next, List<string> Words)>();
        var ends = new List<string>();
        int first = 0;
        foreach (PredictedMap map in maps)
        {
            Box[] boxes = [.. Enumerable.Range(first + (((map.Height / 2 * map.Width) + (map.Width / 2)) * map.Boxes), map.Boxes).Select(At)];
            if (boxes.All(b => b.IsHeightCut || b.IsWidthCut))
                return null;
            sizes.Add(Sizes(Squared(boxes), sizes));
            ends.Add(Step(first, map) + (IsClipped(first, map) ? " clip" : ""));
            first += map.Height * map.Width * map.Boxes;
        }

        // One unit for all.
        bool isPixels = sizes.Any(s => !IsShort(s.Scale) || (s.Next is { } next && !IsShort(next)) || s.Words.Any(w => w.StartsWith('@') && !IsShort(Parse(w))));
        return [.. sizes.Select((s, i) => Text(s.Scale, s.Next, s.Words, isPixels) + ends[i])];
    }

    private Box At(int anchor)
    {
        float height = _anchors.Boxes[(4 * anchor) + 2], width = _anchors.Boxes[(4 * anchor) + 3];
        return new Box(height * (double)_height, width * (double)_width, height == 1, width == 1);
    }

    /// <summary>Where all boxes that are whole are squares, those of which one side was cut off are squares of the other.</summary>
    private Box[] Squared(Box[] boxes)
    {
        bool areSquares = boxes.Where(b => !b.IsHeightCut && !b.IsWidthCut).All(b => IsNear(b.Height, b.Width, 2));
        return [.. boxes.Select(b => areSquares && b.IsHeightCut != b.IsWidthCut ? b with { Height = Side(b), Width = Side(b), IsHeightCut = false, IsWidthCut = false } : b)];

        static double Side(Box box) => box.IsHeightCut ? box.Width : box.Height;
    }

    /// <summary>One scale with several ratios where the boxes have that; else each box's own, behind an @.</summary>
    private (double Scale, double? Next, List<string> Words) Sizes(Box[] boxes, List<(double Scale, double? Next, List<string> Words)> before)
    {
        // Not square, and all of one scale: then a square of another is between this scale and the next.
        Box[] whole = [.. boxes.Where(b => !b.IsHeightCut && !b.IsWidthCut)];
        Box[] oblong = [.. whole.Where(b => !IsNear(b.Height, b.Width, 2))];
        Box[] squares = [.. boxes.Where(b => (b.IsHeightCut && b.IsWidthCut) || IsNear(b.Height, b.Width, 2))];
        double scale = (oblong.Length > 0 ? oblong : whole)[0].Scale;
        Box[] between = [.. squares.Where(b => !IsNear(b.Scale, scale, 2))];
        if (oblong.Length == 0 || between.Length != 1 || between[0].Scale < scale || squares.Length != 2 || oblong.Any(b => !IsNear(b.Scale, scale, 2)))
            return (Exact(whole[0].Scale), null, [.. boxes.Select(b => string.Create(CultureInfo.InvariantCulture, $"@{b.Scale:R}:{Ratio(b, b.Scale)}"))]);

        // A square scale is the one that rounding changed least.
        scale = Exact(squares.First(b => b != between[0]).Scale);
        double next = between[0] is { IsHeightCut: true, IsWidthCut: true } && before.Count > 0
            ? scale + scale - before[^1].Scale
            : Rounded(between[0].Scale * between[0].Scale / scale, 3 * _tolerance);
        return (scale, next, [.. boxes.Select(b => b == between[0] ? "next" : Ratio(b, scale))]);
    }

    private double Exact(double scale) => Rounded(scale, _tolerance);

    /// <summary>The shortest number of pixels, or of parts of the image, that is near enough.</summary>
    private double Rounded(double pixels, double tolerance)
    {
        for (int digits = 0; digits <= 5; digits++)
        {
            foreach (double candidate in new[] { Math.Round(pixels / Shorter, Math.Min(digits + 2, 6)) * Shorter, Math.Round(pixels, digits) })
            {
                if (Math.Abs(candidate - pixels) <= tolerance)
                    return candidate;
            }
        }

        return pixels;
    }

    private string Ratio(Box box, double scale)
    {
        double ratio = box.IsWidthCut ? Math.Pow(scale / box.Height, 2) : box.IsHeightCut ? Math.Pow(box.Width / scale, 2) : box.Width / box.Height;
        double tolerance = ratio * _tolerance * ((1 / box.Height) + (1 / box.Width)) * 2;
        (string text, double nearest) = _anchors.Quantization is null
            ? s_ratios.MinBy(r => Math.Abs(r.Value - ratio))
            : s_ratios.FirstOrDefault(r => Math.Abs(r.Value - ratio) <= tolerance, s_ratios[0]);
        return Math.Abs(nearest - ratio) <= Math.Max(tolerance, 1e-5 * ratio) ? text : ratio.ToString("0.#####", CultureInfo.InvariantCulture);
    }

    /// <summary>The distance of cells, where it is not the image's side through the map's.</summary>
    private string Step(int first, PredictedMap map)
    {
        double y = _anchors.Boxes[4 * first], x = _anchors.Boxes[(4 * first) + 1];
        if (IsNear(y * map.Height * 2, 1, 1.0 * map.Height / _height) && IsNear(x * map.Width * 2, 1, 1.0 * map.Width / _width))
            return "";
        return string.Create(CultureInfo.InvariantCulture, $" step {Rounded(2 * x * _width, 3 * _tolerance):0.#####}px");
    }

    /// <summary>Whether numbers that would leave the image were cut off: then none does, and one is its edge exactly.</summary>
    private bool IsClipped(int first, PredictedMap map)
    {
        ReadOnlySpan<float> numbers = _anchors.Boxes.AsSpan().Slice(4 * first, 4 * map.Height * map.Width * map.Boxes);
        bool isAtEdge = false;
        foreach (float number in numbers)
        {
            if (number > 1)
                return false;
            isAtEdge |= number == 1;
        }

        return isAtEdge && _anchors.Quantization is null;
    }

    private string Text(double scale, double? next, List<string> words, bool isPixels)
    {
        if (next is not { } following)
            return "boxes " + string.Join(" ", words.Select(w => Number(Exact(Parse(w)), isPixels) + (w.EndsWith(":1", StringComparison.Ordinal) && isPixels ? "" : w[w.IndexOf(':', StringComparison.Ordinal)..])));
        return $"scale {Number(scale, isPixels)} next {Number(following, isPixels)} ratios {string.Join(" ", words)}";
    }

    private string Number(double pixels, bool isPixels) => isPixels
        ? pixels.ToString("0.#####", CultureInfo.InvariantCulture) + "px"
        : (pixels / Shorter).ToString("0.######", CultureInfo.InvariantCulture);

    private static double Parse(string word) => double.Parse(word.AsSpan(1, word.IndexOf(':', StringComparison.Ordinal) - 1), CultureInfo.InvariantCulture);

    private bool IsShort(double pixels) => Math.Abs(Math.Round(pixels / Shorter, MostDigits) - (pixels / Shorter)) * Shorter <= _tolerance;

    private bool IsNear(double a, double b, double times) => Math.Abs(a - b) <= times * 2 * _tolerance;
}
