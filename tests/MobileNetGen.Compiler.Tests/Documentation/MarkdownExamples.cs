using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace MobileNetGen.Compiler.Tests.Documentation;

/// <summary>The <c>mbnet</c> examples of a Markdown file, by the heading above them.</summary>
internal static class MarkdownExamples
{
    private static readonly Regex s_part = new(@"^#+ (?<heading>[^\n]+)$|^```mbnet\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);

    public static IReadOnlyList<(string Heading, string Text)> Of(string relativePath)
    {
        string heading = "";
        var examples = new List<(string, string)>();
        foreach (Match match in s_part.Matches(Repository.Read(relativePath).ReplaceLineEndings("\n")))
        {
            if (match.Groups["heading"].Success)
                heading = match.Groups["heading"].Value;
            else
                examples.Add((heading, match.Groups["text"].Value));
        }

        return examples;
    }

    /// <summary>The same, as data of a theory.</summary>
    public static TheoryData<string, string> Theory(string relativePath)
    {
        var data = new TheoryData<string, string>();
        foreach ((string heading, string text) in Of(relativePath))
            data.Add(heading, text);
        return data;
    }

    /// <summary>A fragment made whole as the language reference says: <c>network MobileNetV2</c> and random weights where it names none.</summary>
    public static string Complete(string example)
    {
        IEnumerable<string> missing = new[] { ("network", "network MobileNetV2\n"), ("weights", "weights random\n") }
            .Where(s => !Regex.IsMatch(example, $"(?m)^{s.Item1}\\b"))
            .Select(s => s.Item2);
        return string.Concat(missing) + example;
    }
}
