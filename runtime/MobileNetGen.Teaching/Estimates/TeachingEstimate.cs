using System.Collections.Immutable;

namespace MobileNetGen.Teaching;

/// <summary>
/// How good a classifier is: what it says of photographs that it was not fitted to. In each of several rounds a part of the photographs is left out of the fit and judged; photographs that are nearly
/// the same are in one part.
/// </summary>
public sealed record TeachingEstimate
{
    /// <summary>How many photographs were taught, each content once.</summary>
    public required int Photographs { get; init; }

    /// <summary>How many of each class, in the order of the labels.</summary>
    public required ImmutableArray<int> ClassCounts { get; init; }

    /// <summary>In how many parts the photographs were divided: 5, or as many as the smallest class has photographs that are not alike.</summary>
    public required int Folds { get; init; }

    /// <summary>The share of photographs whose class was found, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The lower end of the interval that holds the true accuracy with a probability of 95 % (Wilson's; photographs that are nearly the same count as one).</summary>
    public required double AccuracyLow { get; init; }

    /// <summary>Its upper end.</summary>
    public required double AccuracyHigh { get; init; }

    /// <summary>The mean over classes of the share whose class was found, 0 to 1: what counts where classes have different numbers of photographs.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>Photographs by their class (rows) and what they were taken for (columns), in the order of the labels.</summary>
    public required ImmutableArray<ImmutableArray<int>> Confusions { get; init; }

    /// <summary>How far probabilities were from how often they came true, 0 to 1, before they were calibrated: the expected calibration error over 15 bins of equal width.</summary>
    public required double CalibrationErrorBefore { get; init; }

    /// <summary>The same of the calibrated ones.</summary>
    public required double CalibrationErrorAfter { get; init; }

    /// <summary>What logits are divided by: above 1 where the fit was too sure.</summary>
    public required double Temperature { get; init; }

    /// <summary>λ, how strongly weights are held: the loss is the mean of −ln p plus λ/2 · the sum of squared weights, on standardised features.</summary>
    public required double Strength { get; init; }

    /// <summary>Whether all classes counted the same.</summary>
    public required bool IsBalanced { get; init; }

    /// <summary>The share of photographs whose best probability is below the threshold, 0 to 1; 0 where there is none.</summary>
    public required double KnownLost { get; init; }

    /// <summary>Photographs that look as though they lay in the wrong folder, the likeliest first: 24 at most.</summary>
    public required ImmutableArray<SuspiciousLabel> Suspicious { get; init; }

    /// <summary>Photographs of different classes that are the same or nearly so: 24 pairs at most.</summary>
    public required ImmutableArray<Contradiction> Contradictions { get; init; }

    /// <summary>How many photographs have one beside them that is nearly the same.</summary>
    public required int NearDuplicates { get; init; }

    /// <summary>How many files were the same as another of their class, byte for byte, and count as one.</summary>
    public required int Copies { get; init; }

    /// <summary>Files that cannot be read, and were left out.</summary>
    public required ImmutableArray<UnreadableFile> Unreadable { get; init; }

    /// <summary>What to think about before the numbers are believed, a sentence or two each.</summary>
    public required ImmutableArray<string> Warnings { get; init; }
}

/// <summary>A photograph that a classifier which has not seen it takes for another class.</summary>
/// <param name="Name">The file, relative to the folder.</param>
/// <param name="Label">The class whose folder it is in.</param>
/// <param name="Better">What it is taken for.</param>
/// <param name="Probability">The probability of <paramref name="Label"/>, 0 to 1.</param>
/// <param name="BetterProbability">The probability of <paramref name="Better"/>, 0 to 1.</param>
/// <param name="Path">The file; null where it is there no longer.</param>
public sealed record SuspiciousLabel(string Name, string Label, string Better, double Probability, double BetterProbability, string? Path);

/// <summary>Two photographs of different classes that are the same or nearly so.</summary>
/// <param name="First">A file, relative to the folder.</param>
/// <param name="FirstLabel">Its class.</param>
/// <param name="Second">The other.</param>
/// <param name="SecondLabel">Its class.</param>
/// <param name="IsSameFile">Whether they are the same, byte for byte.</param>
/// <param name="FirstPath">The first file; null where it is there no longer.</param>
/// <param name="SecondPath">The second file; null where it is there no longer.</param>
public sealed record Contradiction(string First, string FirstLabel, string Second, string SecondLabel, bool IsSameFile, string? FirstPath, string? SecondPath);

/// <summary>A file that was left out.</summary>
/// <param name="Name">The file, relative to the folder.</param>
/// <param name="Problem">Why it cannot be read.</param>
public sealed record UnreadableFile(string Name, string Problem);
