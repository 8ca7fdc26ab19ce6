using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Teaching;
using MobileNetGen.Tool.Terminal;
using Spectre.Console;

namespace MobileNetGen.Tool.Teach;

/// <summary>What was taught, for people at a terminal.</summary>
internal static class TeachReport
{
    private const int MostShown = 8;

    /// <summary>Prints it.</summary>
    public static void Print(Terminals terminals, TeachResult result)
    {
        TeachingEstimate estimate = result.Estimate;
        terminals.WriteLine($"{result.Description}: {result.ClassName}, {result.Classes.Length} classes, on the features of {result.Base}");
        terminals.WriteLine(Text($"Of photographs that the fit has not seen it finds the class of {estimate.Accuracy:P1} ({estimate.AccuracyLow:P1} to {estimate.AccuracyHigh:P1}); mean over classes {estimate.BalancedAccuracy:P1}."));
        terminals.Write(Classes(result));
        terminals.WriteLine(Text($"Probabilities are {100 * estimate.CalibrationErrorAfter:0.0} points from how often they come true ({100 * estimate.CalibrationErrorBefore:0.0} before they were calibrated)."));
        if (result.UnknownBelow is { } below)
            terminals.WriteLine(Text($"unknown below {below}: {estimate.KnownLost:P1} of the known photographs are lost."));
        if (result.UnknownClass is { } unknown)
            terminals.WriteLine($"unknown class \"{unknown}\": a prediction of it is not known.");
        terminals.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The class gives the probabilities of the fit within {result.LargestDifference:0.0e+0} on {result.Checked} photographs."));
        if (result.Int8 is { } int8)
            terminals.WriteLine(Text($"{int8.Description}: int8 finds {int8.Accuracy:P1} where float32 finds {int8.Float32Accuracy:P1}, of {int8.Photographs} photographs that were taught; they agree in {int8.Agreement:P1}."));
        foreach (string warning in estimate.Warnings)
            terminals.WriteLine(warning);
        if (estimate.NearDuplicates > 0)
            terminals.WriteLine($"{estimate.NearDuplicates} photographs have one beside them that is nearly the same; such were never on both sides of a comparison.");
        if (estimate.Copies > 0)
            terminals.WriteLine($"{estimate.Copies} files are copies of others, and count once.");
        List(terminals, "Nearly the same, and of different classes:", [.. estimate.Contradictions.Select(c => $"{c.First} and {c.Second}{(c.IsSameFile ? " (the same file)" : "")}")]);
        List(terminals, "May lie in the wrong folder:", [.. estimate.Suspicious.Select(s => Text($"{s.Name}: more likely {s.Better} ({s.BetterProbability:P1})"))]);
        List(terminals, "Cannot be read, and were left out:", [.. estimate.Unreadable.Select(u => $"{u.Name}: {u.Problem}")]);
        foreach (string note in result.Notes)
            terminals.Note(note);
    }

    private static Table Classes(TeachResult result)
    {
        TeachingEstimate estimate = result.Estimate;
        Table table = Terminals.Table(("class", false), ("photographs", true), ("found", true), ("mostly taken for", false));
        for (int c = 0; c < result.Classes.Length; c++)
        {
            ImmutableArray<int> row = estimate.Confusions[c];
            int other = Enumerable.Range(0, row.Length).Where(k => k != c).MaxBy(k => row[k]);
            table.AddRow(
                Markup.Escape(result.Classes[c]), estimate.ClassCounts[c].ToString(CultureInfo.InvariantCulture), Text($"{(double)row[c] / estimate.ClassCounts[c]:P1}"),
                row[other] == 0 ? "" : Markup.Escape($"{result.Classes[other]} ({row[other]})"));
        }

        return table;
    }

    private static void List(Terminals terminals, string title, ImmutableArray<string> lines)
    {
        if (lines.IsEmpty)
            return;
        terminals.WriteLine(title);
        foreach (string line in lines.Take(MostShown))
            terminals.WriteLine("  " + line);
        if (lines.Length > MostShown)
            terminals.WriteLine($"  and {lines.Length - MostShown} more; --report shows them");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
