using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using MobileNetGen.Teaching.Estimates;
using MobileNetGen.Teaching.Fitting;
using MobileNetGen.Teaching.Photographs;

namespace MobileNetGen.Teaching;

/// <summary>From features to a classifier and what is to be said of it.</summary>
internal static class Lesson
{
    private const int UsualFolds = 5, MostShown = 24;

    /// <summary>Classes are evened out where one has more photographs than this times those of another.</summary>
    private const int Uneven = 2;

    /// <summary>Below this probability of its own class a photograph that is taken for another looks misplaced.</summary>
    private const double Suspicion = 0.1;

    /// <summary>Teaches.</summary>
    public static TaughtClassifier Teach(
        ImmutableArray<Photograph> found, ImmutableArray<UnreadableFile> unreadable, TeachingOptions options, IProgress<TeachingProgress>? progress, CancellationToken cancellation)
    {
        // By content: neither names nor the order of files decide anything. What is in a class twice is there once.
        Photograph[] photographs =
        [
            .. found.GroupBy(p => (p.Hash, p.Label)).Select(g => g.MinBy(p => p.Name, StringComparer.Ordinal)!)
                .OrderBy(p => p.Hash, StringComparer.Ordinal).ThenBy(p => p.Label, StringComparer.Ordinal),
        ];
        string[] labels = [.. photographs.Select(p => p.Label).Distinct().Order(StringComparer.Ordinal)];
        CheckLabels(labels, unreadable);
        int[] classes = [.. photographs.Select(p => Array.IndexOf(labels, p.Label))];
        IReadOnlyList<(int First, int Second)> pairs = photographs[0].Width > 0 ? NearDuplicates.Pairs(photographs) : [];
        int[] groups = NearDuplicates.Groups(photographs.Length, pairs);
        int[] counts = [.. labels.Select((_, c) => classes.Count(k => k == c))];
        int folds = CountFolds(labels, classes, groups, counts);

        bool isBalanced = options.BalancesClasses ?? counts.Max() > Uneven * counts.Min();
        var examples = new Examples([.. photographs.Select(p => p.Mean)], classes, Examples.BalancedWeights(classes, labels.Length, isBalanced), labels.Length);
        CrossValidation validation = CrossValidation.Run(
            examples, [.. photographs.Select(p => p.Plain)], Folds.Deal(classes, groups, folds), done => progress?.Report(new TeachingProgress(TeachingStage.CrossValidation, done)), cancellation);
        double inverse = Temperature.Inverse(validation.Logits, classes, examples.Weights);
        progress?.Report(new TeachingProgress(TeachingStage.Fit, 0));
        LinearModel model = LogisticRegression.Fit(examples, validation.Chosen).Scaled(inverse);
        progress?.Report(new TeachingProgress(TeachingStage.Fit, 1));

        string? unknown = labels.FirstOrDefault(l => l.Equals(options.UnknownFolder, StringComparison.OrdinalIgnoreCase));
        var before = Judgement.Of(validation.Logits, classes, 1);
        var after = Judgement.Of(validation.Logits, classes, inverse);
        double? threshold = unknown is null ? after.Threshold(options.UnknownLoss) : null;
        ImmutableArray<ImmutableArray<int>> confusions = after.Confusions();
        double accuracy = (double)confusions.Select((row, c) => row[c]).Sum() / classes.Length;
        (double low, double high) = Judgement.Interval(accuracy, groups.Distinct().Count());
        var estimate = new TeachingEstimate
        {
            Photographs = photographs.Length,
            ClassCounts = [.. counts],
            Folds = folds,
            Accuracy = accuracy,
            AccuracyLow = low,
            AccuracyHigh = high,
            BalancedAccuracy = FixedOrder.Mean([.. confusions.Select((row, c) => (double)row[c] / counts[c])]),
            Confusions = confusions,
            CalibrationErrorBefore = before.CalibrationError(),
            CalibrationErrorAfter = after.CalibrationError(),
            Temperature = 1 / inverse,
            Strength = CrossValidation.Strengths[validation.Chosen],
            IsBalanced = isBalanced,
            KnownLost = threshold is { } below ? after.ShareBelow(below) : 0,
            Suspicious = Suspicious(photographs, labels, after),
            Contradictions = [.. pairs.Where(p => classes[p.First] != classes[p.Second]).Take(MostShown).Select(p => Contradicting(photographs[p.First], photographs[p.Second]))],
            NearDuplicates = pairs.SelectMany(p => new[] { p.First, p.Second }).Distinct().Count(),
            Copies = found.Length - photographs.Length,
            Unreadable = unreadable,
            Warnings = photographs[0].Width > 0 ? [.. Leaks.Warnings(photographs, classes, labels)] : [],
        };
        return new TaughtClassifier(labels, examples.Length, model, threshold, unknown, estimate);
    }

    private static void CheckLabels(string[] labels, ImmutableArray<UnreadableFile> unreadable)
    {
        if (labels.Length < 2)
        {
            string why = unreadable.IsEmpty ? "" : $" {unreadable.Length} files cannot be read: {unreadable[0].Name} ({unreadable[0].Problem}), …";
            throw new TeachingException($"There {(labels.Length == 1 ? $"is one class, {labels[0]}" : "is no photograph")}; two or more classes are needed.{why}");
        }

        if (labels.FirstOrDefault(l => string.IsNullOrWhiteSpace(l) || l.Any(char.IsControl)) is { } wrong)
            throw new TeachingException($"'{wrong}' is no name for a class: it needs letters, and no control characters.");
    }

    /// <summary>How many folds there can be: every class must be in the fit and in the part that is judged.</summary>
    private static int CountFolds(string[] labels, int[] classes, int[] groups, int[] counts)
    {
        int[] apart = [.. labels.Select((_, c) => groups.Where((_, i) => classes[i] == c).Distinct().Count())];
        int least = Array.IndexOf(apart, apart.Min());
        return apart[least] >= 2 ? Math.Min(UsualFolds, apart[least]) : throw new TeachingException(counts[least] == 1
            ? $"The class {labels[least]} has one photograph; take more, thirty or better a hundred, as differently as they will be in use."
            : $"The {counts[least]} photographs of the class {labels[least]} are nearly the same, so nothing can be said of others; take more, as differently as they will be in use.");
    }

    private static ImmutableArray<SuspiciousLabel> Suspicious(Photograph[] photographs, string[] labels, Judgement judgement) =>
    [
        .. Enumerable.Range(0, photographs.Length)
            .Select(i => (Index: i, Best: judgement.Decision(i), Own: judgement.Probabilities[i][judgement.Classes[i]]))
            .Where(p => p.Best != judgement.Classes[p.Index] && p.Own < Suspicion)
            .OrderBy(p => p.Own).ThenBy(p => p.Index).Take(MostShown)
            .Select(p => new SuspiciousLabel(
                photographs[p.Index].Name, photographs[p.Index].Label, labels[p.Best], p.Own, judgement.Probabilities[p.Index][p.Best], photographs[p.Index].Path)),
    ];

    private static Contradiction Contradicting(Photograph first, Photograph second) =>
        new(first.Name, first.Label, second.Name, second.Label, first.Hash == second.Hash, first.Path, second.Path);
}
