using System.Collections.Immutable;
using MobileNetGen.Runtime;

namespace MobileNetGen.Batch;

/// <summary>What was found in one photograph, or why it could not be read.</summary>
/// <param name="File">The photograph as it was named, with <c>/</c> between folders; of an archive's entry, the archive and its name there.</param>
public sealed record BatchRow(string File)
{
    /// <summary>What the line of a list calls it, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Columns of the photograph as it was decoded, upright; 0 where it could not be.</summary>
    public int Width { get; init; }

    /// <summary>Rows of the photograph as it was decoded, upright; 0 where it could not be.</summary>
    public int Height { get; init; }

    /// <summary>Of a classifier, the most probable classes, the most probable first; else default.</summary>
    public ImmutableArray<Prediction> Predictions { get; init; }

    /// <summary>Of a detector, what was found, highest score first, with edges in pixels of <see cref="Width"/> and <see cref="Height"/>; else default.</summary>
    public ImmutableArray<Detection> Detections { get; init; }

    /// <summary>Why there is no result; null where there is one.</summary>
    public string? Error { get; init; }
}
