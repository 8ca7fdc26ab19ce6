using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace MobileNetGen.Compiler.Tests.Documentation;

public class LinksTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md",
        .. Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(Repository.PathOf(""), page)).Order(StringComparer.Ordinal),
    ];

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

    private static IEnumerable<string> Anchors(string text) =>
        text.Split('\n').Where(l => l.StartsWith('#')).Select(Anchor).Concat(Regex.Matches(text, "<a id=\"([^\"]*)\"></a>").Select(a => a.Groups[1].Value));

    /// <summary>As GitHub makes it: lower case, blanks to hyphens, without punctuation.</summary>
    private static string Anchor(string heading) =>
        Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\p{L}\p{N} _-]", "").Replace(' ', '-');
}
