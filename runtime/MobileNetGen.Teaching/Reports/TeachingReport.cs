using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;

namespace MobileNetGen.Teaching;

/// <summary>A page about what was taught: one HTML file without scripts, with the photographs that it speaks of inside.</summary>
public static class TeachingReport
{
    /// <summary>Writes the page to a file.</summary>
    /// <param name="classifier">What was taught.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="title">The heading.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(TaughtClassifier classifier, string path, string title = "What was taught") => File.WriteAllText(path, Html(classifier, title));

    /// <summary>The page.</summary>
    /// <param name="classifier">What was taught.</param>
    /// <param name="title">The heading.</param>
    public static string Html(TaughtClassifier classifier, string title = "What was taught")
    {
        ArgumentNullException.ThrowIfNull(classifier);
        TeachingEstimate estimate = classifier.Estimate;
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<title>").Append(Text(title)).Append("</title>\n<style>\n").Append(Style).Append("</style>\n</head>\n<body>\n<h1>").Append(Text(title)).Append("</h1>\n");
        Headline(page, classifier);
        foreach (string warning in estimate.Warnings)
            page.Append("<p class=\"warning\">").Append(Text(warning)).Append("</p>\n");
        Classes(page, classifier);
        Confusions(page, classifier);
        Section(page, "Photographs that may lie in the wrong folder", estimate.Suspicious.Select(s => Figure(
            [s.Path], Inv($"{s.Name}: in {s.Label} ({s.Probability:P1}), taken for {s.Better} ({s.BetterProbability:P1})"))));
        Section(page, "Photographs of different classes that are nearly the same", estimate.Contradictions.Select(c => Figure(
            [c.FirstPath, c.SecondPath], Inv($"{c.First} ({c.FirstLabel}) and {c.Second} ({c.SecondLabel}){(c.IsSameFile ? ": the same file" : "")}"))));
        Unreadable(page, estimate.Unreadable);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private const string Style =
        """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; }
        th, td { padding: .2rem .7rem; text-align: right; }
        th:first-child, td:first-child { text-align: left; }
        thead th { border-bottom: 1px solid; }
        .large { font-size: 1.6rem; }
        .warning { border-left: .3rem solid #c60; padding-left: .7rem; }
        figure { display: inline-block; width: 13rem; margin: .5rem; vertical-align: top; overflow-wrap: anywhere; font-size: .85rem; }
        figure img { height: 6rem; margin-right: .3rem; }

        """;

    private static void Headline(StringBuilder page, TaughtClassifier classifier)
    {
        TeachingEstimate estimate = classifier.Estimate;
        page.Append("<p class=\"large\">").Append(Inv($"{estimate.Accuracy:P1} of {estimate.Photographs} photographs, {estimate.AccuracyLow:P1} to {estimate.AccuracyHigh:P1}")).Append("</p>\n")
            .Append("<p>").Append(Inv($"What was found of photographs that the fit had not seen ({estimate.Folds} parts, each judged by a fit of the others), and the interval that holds the truth in 95 of 100 cases. Mean over classes: {estimate.BalancedAccuracy:P1}. "))
            .Append(Inv($"Probabilities are {100 * estimate.CalibrationErrorAfter:0.0} points from how often they come true, {100 * estimate.CalibrationErrorBefore:0.0} before they were calibrated (temperature {estimate.Temperature:0.00}). "))
            .Append(Inv($"Weights are held by λ = {estimate.Strength}{(estimate.IsBalanced ? "; all classes count the same" : "")}. "));
        if (classifier.Threshold is { } threshold)
            page.Append(Inv($"Below {threshold:0.###} a photograph counts as unknown, which loses {estimate.KnownLost:P1} of the known ones. "));
        if (classifier.UnknownLabel is { } unknown)
            page.Append(Text($"Photographs of the class {unknown} count as unknown. "));
        if (estimate.NearDuplicates + estimate.Copies > 0)
            page.Append(Inv($"{estimate.NearDuplicates} photographs have one beside them that is nearly the same; such were kept in one part. {estimate.Copies} files were copies of others and count once."));
        page.Append("</p>\n");
    }

    private static void Classes(StringBuilder page, TaughtClassifier classifier)
    {
        TeachingEstimate estimate = classifier.Estimate;
        page.Append("<h2>Classes</h2>\n<table>\n<thead><tr><th>class</th><th>photographs</th><th>found</th><th>taken for it, and right</th></tr></thead>\n<tbody>\n");
        for (int c = 0; c < estimate.ClassCounts.Length; c++)
        {
            int found = estimate.Confusions[c][c], taken = estimate.Confusions.Sum(row => row[c]);
            page.Append("<tr><td>").Append(Text(classifier.Labels[c])).Append(CultureInfo.InvariantCulture, $"</td><td>{estimate.ClassCounts[c]}</td><td>{Percent((double)found / estimate.ClassCounts[c])}</td><td>{(taken == 0 ? "–" : Percent((double)found / taken))}</td></tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Confusions(StringBuilder page, TaughtClassifier classifier)
    {
        TeachingEstimate estimate = classifier.Estimate;
        page.Append("<h2>What was taken for what</h2>\n<table>\n<thead><tr><th>class</th>");
        foreach (string label in classifier.Labels)
            page.Append("<th>").Append(Text(label)).Append("</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        foreach ((int c, ImmutableArray<int> row) in estimate.Confusions.Index())
        {
            page.Append("<tr><td>").Append(Text(classifier.Labels[c])).Append("</td>");
            foreach ((int taken, int count) in row.Index())
                page.Append(CultureInfo.InvariantCulture, $"<td style=\"background:rgb({(taken == c ? "0 128 0" : "200 60 0")} / {0.6 * count / estimate.ClassCounts[c]:0.00})\">{count}</td>");
            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Section(StringBuilder page, string title, IEnumerable<string> figures)
    {
        string[] all = [.. figures];
        if (all.Length > 0)
            page.Append("<h2>").Append(Text(title)).Append("</h2>\n").AppendJoin("", all);
    }

    private static void Unreadable(StringBuilder page, ImmutableArray<UnreadableFile> files)
    {
        if (files.IsEmpty)
            return;
        page.Append("<h2>Files that cannot be read</h2>\n<ul>\n");
        foreach (UnreadableFile file in files)
            page.Append("<li>").Append(Text($"{file.Name}: {file.Problem}")).Append("</li>\n");
        page.Append("</ul>\n");
    }

    /// <summary>Pictures with a line below them, which is encoded already.</summary>
    private static string Figure(string?[] paths, string caption) =>
        $"<figure>{string.Concat(paths.Select(Thumbnail.Of).OfType<string>().Select(data => $"<img alt=\"\" src=\"{data}\">"))}<figcaption>{caption}</figcaption></figure>\n";

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    /// <summary>A text with numbers, encoded.</summary>
    private static string Inv(FormattableString text) => Text(FormattableString.Invariant(text));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
