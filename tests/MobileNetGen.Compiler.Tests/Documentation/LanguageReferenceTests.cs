using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Documentation;

public class LanguageReferenceTests
{
    private const string Path = "docs/language.md";

    public static TheoryData<string, string> Examples => MarkdownExamples.Theory(Path);

    public static TheoryData<string, string> Detectors => MarkdownExamples.Theory("docs/detection.md");

    [Theory]
    [MemberData(nameof(Examples))]
    [MemberData(nameof(Detectors))]
    public void Every_example_compiles(string heading, string example)
    {
        Compilation compilation = Mbnet.Compile(heading, MarkdownExamples.Complete(example));
        Assert.Empty(compilation.Diagnostics);
        Assert.NotEmpty(compilation.Plans);
    }

    [Fact]
    public void Every_word_of_the_language_has_its_section()
    {
        string[] headings = [.. Repository.Read(Path).ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith("### ", StringComparison.Ordinal))];
        Assert.All(Keywords.Settings.Keys.Concat(Keywords.Layers.Keys).Concat(Keywords.Detector.Keys), word => Assert.Contains(headings, h => h.Contains($"`{word}", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_built_in_networks_are_shown_as_they_are()
    {
        string reference = Repository.Read(Path).ReplaceLineEndings("\n");
        foreach (string name in BuiltInNetworks.Names)
        {
            string text = Repository.Read($"models/{name}.mbnet").ReplaceLineEndings("\n");
            string layers = text[text.IndexOf("layers\n", StringComparison.Ordinal)..];
            Assert.Contains(layers, reference, StringComparison.Ordinal);
        }
    }
}
