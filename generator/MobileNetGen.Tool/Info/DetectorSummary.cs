using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks.Detection;

namespace MobileNetGen.Tool.Info;

/// <summary>A map of a detector, in numbers.</summary>
/// <param name="Name">Its layer.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Boxes">Boxes on each cell.</param>
/// <param name="Anchors">Boxes in all.</param>
internal sealed record MapSummary(string Name, int Height, int Width, int Boxes, int Anchors);

/// <summary>A detector in numbers.</summary>
/// <param name="Anchors">Boxes of all maps.</param>
/// <param name="Classes">Classes without the background.</param>
/// <param name="Scores">What makes probabilities.</param>
/// <param name="IsPerClass">Whether boxes suppress only those of their class.</param>
/// <param name="Overlap">From which overlap on.</param>
/// <param name="Maps">Its maps.</param>
internal sealed record DetectorSummary(int Anchors, int Classes, ScoreFunction Scores, bool IsPerClass, decimal Overlap, ImmutableArray<MapSummary> Maps)
{
    /// <summary>Summarises a detector.</summary>
    public static DetectorSummary Of(Detector detector) => new(
        detector.AnchorCount, detector.Classes, detector.Scores, detector.Suppression.IsPerClass, detector.Suppression.Overlap,
        [.. detector.Maps.Select(m => new MapSummary(m.Name, m.Shape.Height, m.Shape.Width, m.Sizes.Count, m.AnchorCount))]);
}
