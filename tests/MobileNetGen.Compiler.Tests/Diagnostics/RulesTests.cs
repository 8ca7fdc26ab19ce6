using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Compiler.Tests.Diagnostics;

public class RulesTests
{
    public static TheoryData<string> Ids => [.. Rules.All.Select(r => r.Id)];

    [Fact]
    public void Ids_are_unique() => Assert.Equal(Rules.All.Count, Rules.All.Select(r => r.Id).Distinct().Count());

    [Fact]
    public void Titles_are_unique() => Assert.Equal(Rules.All.Count, Rules.All.Select(r => r.Title).Distinct().Count());

    [Theory]
    [MemberData(nameof(Ids))]
    public void Ids_are_MBN_and_four_digits(string id) => Assert.Matches("^MBN[123][0-9]{3}$", id);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Formats_use_their_arguments_without_gaps(string id)
    {
        Rule rule = Find(id);
        int[] used = [.. Regex.Matches(rule.Format, @"\{(\d)\}").Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct().Order()];
        Assert.Equal(Enumerable.Range(0, used.Length), used);
        Assert.DoesNotContain(".", rule.Format[^1..], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_has_its_section_in_the_documentation_where_help_links_lead(string id) =>
        Assert.Contains($"\n<a id=\"{id.ToLowerInvariant()}\"></a>\n\n## {id}: {Find(id).Title}\n", Repository.Read("docs/diagnostics.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Fact]
    public void The_documentation_has_no_section_without_a_rule()
    {
        string[] sections = [.. Regex.Matches(Repository.Read("docs/diagnostics.md"), @"(?m)^## (MBN\d{4}): ").Select(m => m.Groups[1].Value)];
        Assert.Equal(Rules.All.Select(r => r.Id), sections);
    }

    [Fact]
    public void Every_rule_is_listed_for_the_analyzer_with_its_severity()
    {
        string[] lines = [.. new[] { "Shipped", "Unshipped" }
            .Select(n => Repository.PathOf($"generator/MobileNetGen.Generator/AnalyzerReleases.{n}.md"))
            .Where(File.Exists)
            .SelectMany(File.ReadLines)];
        Assert.All(Rules.All, rule => Assert.Contains(lines, line =>
            line.Split('|') is [var id, _, var severity, ..] && id.Trim() == rule.Id && severity.Trim() == rule.Severity.ToString()));
    }

    private static Rule Find(string id) => Rules.All.Single(r => r.Id == id);
}
