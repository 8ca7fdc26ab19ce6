using System;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Teaching;

/// <summary>How a classifier is taught. What stands here by itself is right for most.</summary>
public sealed record TeachingOptions
{
    /// <summary>The share of known photographs that may be taken for unknown, 0 to below 1: 0.05 unless given. 0 makes no threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0, or 1 or more.</exception>
    public double UnknownLoss
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The share must be from 0 to below 1.");
    } = 0.05;

    /// <summary>The folder whose photographs show none of the classes: a class of its own, of which a prediction is not known. Upper and lower case are the same.</summary>
    public string UnknownFolder { get; init; } = "unknown";

    /// <summary>Whether all classes count the same, however many photographs they have; null, the usual, does so where one class has more than twice the photographs of another.</summary>
    public bool? BalancesClasses { get; init; }

    /// <summary>
    /// The file that keeps the features of photographs by their content, so that none goes through the network twice; null for none. It is made for one network, and begun anew for another. It also
    /// keeps what was taught last, for <see cref="IsUpdate"/>.
    /// </summary>
    public string? FeaturesFile { get; init; }

    /// <summary>
    /// Whether photographs that were taught last, as <see cref="FeaturesFile"/> has it, are taught again although the folder has them no longer. So a folder of new photographs, or of a new class,
    /// is added to the others. A photograph that is in the folder has the class that it has there.
    /// </summary>
    public bool IsUpdate { get; init; }

    /// <summary>The most pixels of a photograph, as <see cref="Photo.Open(string, int)"/> has it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaximumPixels
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There must be at least one pixel.");
    } = Photo.MaximumPixels;
}
