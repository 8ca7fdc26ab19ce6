using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace MobileNetGen.Compiler.Tests.Documentation;

public class LinksTests
{
    /// <summary>A package's readme, which is shown where none of the repository's other files is.</summary>
    private const string PackageReadme = "package-readme.md";

    public static TheoryData<string> Pages => [.. All];

    public static TheoryData<string> PackageReadmes => [.. All.Where(page => Path.GetFileName(page) == PackageReadme)];

    private static IEnumerable<string> All => new[] { "docs", "samples", "generator", "runtime" }
        .SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.md", SearchOption.AllDirectories))
        .Select(page => Path.GetRelativePath(Repository.PathOf(""), page).Replace('\\', '/'))
        .Where(page => !page.Contains("/obj/", StringComparison.Ordinal) && !page.Contains("/bin/", StringComparison.Ordinal))
        .Append("README.md")
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(PackageReadmes))]
    public void A_package_readme_has_no_link_into_the_repository(string page) => Assert.DoesNotMatch(@"\]\((?!https:)", Repository.Read(page));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Lines_of_prose_end_before_120_characters(string page)
    {
        bool isProse = true;
        foreach (string line in Repository.Read(page).ReplaceLineEndings("\n").Split('\n'))
        {
            isProse ^= line.StartsWith("```", StringComparison.Ordinal);
            Assert.True(!isProse || line.StartsWith('|') || line.Length < 120 || Regex.IsMatch(line, @"\]\([^)]*\)[^ ]*$"), line);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading(string page)
    {
        foreach (Match link in Regex.Matches(Repository.Read(page), @"\]\((?!https?:)(?<file>[^)#]*)(#(?<anchor>[^)]*))?\)"))
        {
            string file = link.Groups["file"].Value.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, link.Groups["file"].Value);
            Assert.True(Path.Exists(Repository.PathOf(file)), link.Value);
            if (link.Groups["anchor"].Success)
                Assert.Contains(link.Groups["anchor"].Value, Anchors(Repository.Read(file)));
        }
    }

    [Fact]
    public void The_version_to_add_is_the_one_that_is_packed()
    {
        string version = Regex.Match(Repository.Read("Directory.Build.props"), "<Version>(.*)</Version>").Groups[1].Value;
        Assert.All(Regex.Matches(Repository.Read("README.md"), @"--version (\S+)"), match => Assert.Equal(version, match.Groups[1].Value));
    }

    private static IEnumerable<string> Anchors(string text) =>
        text.Split('\n').Where(l => l.StartsWith('#')).Select(Anchor).Concat(Regex.Matches(text, "<a id=\"([^\"]*)\"></a>").Select(a => a.Groups[1].Value));

    /// <summary>As GitHub makes it: lower case, blanks to hyphens, without punctuation.</summary>
    private static string Anchor(string heading) =>
        Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\p{L}\p{N} _-]", "").Replace(' ', '-');
}
