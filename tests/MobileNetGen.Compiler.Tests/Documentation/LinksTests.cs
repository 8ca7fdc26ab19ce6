using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace MobileNetGen.Compiler.Tests.Documentation;

public class LinksTests
{
    [Theory]
    [InlineData("docs/language.md")]
    [InlineData("docs/diagnostics.md")]
    public void Every_link_leads_to_a_file_and_a_heading(string page)
    {
        foreach (Match link in Regex.Matches(Repository.Read(page), @"\]\((?<file>[^)#]*)(#(?<anchor>[^)]*))?\)"))
        {
            string file = link.Groups["file"].Value.Length == 0 ? page : Path.Combine("docs", link.Groups["file"].Value);
            Assert.True(Path.Exists(Repository.PathOf(file)), link.Value);
            if (link.Groups["anchor"].Success)
                Assert.Contains(link.Groups["anchor"].Value, Repository.Read(file).Split('\n').Where(l => l.StartsWith('#')).Select(Anchor));
        }
    }

    /// <summary>As GitHub makes it: lower case, blanks to hyphens, without punctuation.</summary>
    private static string Anchor(string heading) =>
        Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\p{L}\p{N} _-]", "").Replace(' ', '-');
}
