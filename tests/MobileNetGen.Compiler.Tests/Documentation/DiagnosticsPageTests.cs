using System;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Compiler.Tests.Documentation;

public class DiagnosticsPageTests
{
    private const string Path = "docs/diagnostics.md";

    public static TheoryData<string, string> Examples => MarkdownExamples.Theory(Path);

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_produces_the_diagnostic_that_its_section_is_about(string heading, string example)
    {
        Diagnostic diagnostic = Assert.Single(Mbnet.Compile(Compiled.Path, example).Diagnostics);
        Assert.Equal(heading, $"{diagnostic.Rule.Id}: {diagnostic.Rule.Title}");
    }

    // A duplicate class takes two files to see; the generator reports it.
    [Fact]
    public void Every_section_about_the_language_has_an_example() =>
        Assert.Equal(
            Rules.All.Where(r => r.Id.StartsWith("MBN1", StringComparison.Ordinal) && r != Rules.DuplicateClass).Select(r => $"{r.Id}: {r.Title}"),
            MarkdownExamples.Of(Path).Select(e => e.Heading).Distinct());
}
