using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Batch;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Detect;

/// <summary>What was found in a photograph, for scripts.</summary>
/// <param name="File">The photograph, as it was named.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Detections">What was found, highest score first.</param>
internal sealed record DetectionReport(string File, int Width, int Height, ImmutableArray<FoundObject> Detections)
{
    /// <summary>That of a row.</summary>
    /// <exception cref="InputException">It is an error.</exception>
    public static DetectionReport Of(BatchRow row) =>
        row.Error is null ? new(row.File, row.Width, row.Height, [.. row.Detections.Select(FoundObject.Of)]) : throw new InputException($"{row.File}: {row.Error}");
}

/// <summary>An object that was found; edges are in pixels of the photograph, from its left and its top.</summary>
/// <param name="Class">The class's index, without the background.</param>
/// <param name="Label">Its name; null where the network has no labels.</param>
/// <param name="Score">How sure the network is, 0 to 1.</param>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The top edge.</param>
/// <param name="Right">The right edge.</param>
/// <param name="Bottom">The bottom edge.</param>
internal sealed record FoundObject(int Class, string? Label, float Score, float Left, float Top, float Right, float Bottom)
{
    /// <summary>That of a detection in pixels.</summary>
    public static FoundObject Of(Detection found) =>
        new(found.Class, string.IsNullOrEmpty(found.Label) ? null : found.Label, found.Score, found.Left, found.Top, found.Right, found.Bottom);

    /// <summary>The class as people call it.</summary>
    public string Name() => Label ?? $"class {Class}";
}
