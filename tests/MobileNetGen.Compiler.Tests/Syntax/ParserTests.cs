using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Syntax;

public class ParserTests
{
    [Theory]
    [InlineData("network MobileNetV2\nalpha 0.5")]
    [InlineData("network MobileNetV2\r\nalpha 0.5\r\n")]
    [InlineData("network MobileNetV2\ralpha 0.5\r")]
    [InlineData("\uFEFFnetwork MobileNetV2\nalpha 0.5")]
    [InlineData("\tnetwork\t\tMobileNetV2 \t\n\n   \n  alpha  0.5  ")]
    [InlineData("# a comment\nnetwork MobileNetV2# another\nalpha 0.5 # \"quoted\"")]
    [InlineData("network\u00A0MobileNetV2\nalpha\u30000.5")]
    public void Line_ends_white_space_and_comments_make_no_difference(string text)
    {
        NetworkSyntax syntax = Parse(text);
        Assert.Equal(["network MobileNetV2", "alpha 0.5"], syntax.Settings.Select(s => s.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\uFEFF")]
    [InlineData("# nothing but a comment")]
    public void An_empty_file_has_no_statements(string text)
    {
        NetworkSyntax syntax = Parse(text);
        Assert.Empty(syntax.Settings);
        Assert.Null(syntax.Layers);
        Assert.Null(syntax.Head);
    }

    [Fact]
    public void Strings_may_hold_spaces_and_hashes()
    {
        Token token = Assert.Single(Parse("weights \"my # network.tflite\" # comment").Settings[0].Arguments);
        Assert.Equal((TokenKind.String, "my # network.tflite"), (token.Kind, token.Text));
    }

    [Fact]
    public void Tokens_need_no_space_around_strings() =>
        Assert.Equal(["a", "b", "c"], Parse("weights\"a\"\"b\"c").Settings[0].Arguments.Select(a => a.Text));

    [Fact]
    public void Blocks_hold_the_layers_below_them_up_to_a_statement()
    {
        NetworkSyntax syntax = Parse("layers\n conv 8 kernel 3\n\n # comment\n pointwise 8\nalpha 0.5\nhead\n avgpool\n softmax");
        Assert.Equal(["conv 8 kernel 3", "pointwise 8"], syntax.Layers!.Layers.Select(l => l.ToString()));
        Assert.Equal(["avgpool", "softmax"], syntax.Head!.Layers.Select(l => l.ToString()));
        Assert.Equal("alpha 0.5", Assert.Single(syntax.Settings).ToString());
    }

    [Fact]
    public void Statements_know_their_place()
    {
        const string Text = "network N\r\n  weights  \"a b\"\t# comment";
        SourceText source = Parse(Text).Source;
        Statement weights = Parse(Text).Find("weights")!;
        Assert.Equal("weights  \"a b\"", source.Slice(weights.Span));
        Assert.Equal(new LinePosition(1, 2), source.Position(weights.Span.Start));
        Assert.Equal("\"a b\"", source.Slice(weights.Arguments[0].Span));
    }

    [Theory]
    [InlineData("a\nbc\r\nd\re", new[] { "a", "bc", "d", "e" })]
    [InlineData("", new[] { "" })]
    [InlineData("\n", new[] { "", "" })]
    public void Lines_are_split_at_every_kind_of_line_end(string text, string[] lines)
    {
        var source = new SourceText(Compiled.Path, text);
        Assert.Equal(lines, Enumerable.Range(0, source.LineCount).Select(i => source.Slice(source.Line(i))));
    }

    [Theory]
    [InlineData("alhpa", "alpha")]
    [InlineData("Alpha", "alpha")]
    [InlineData("apha", "alpha")]
    [InlineData("alphaa", "alpha")]
    [InlineData("resolutions", "resolution")]
    [InlineData("name-space", "namespace")]
    [InlineData("quantisation", "quantization")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    [InlineData("a-word-far-longer-than-any-keyword", null)]
    public void The_nearest_word_is_a_few_edits_away(string word, string? nearest) => Assert.Equal(nearest, Keywords.Nearest(word, Keywords.Settings.Keys));

    [Fact]
    public void The_examples_that_messages_show_compile()
    {
        foreach (string example in Keywords.Settings.Where(s => s.Key is not ("network" or "weights" or "rounding" or "epsilon")).SelectMany(s => s.Value.Split(", or: ")))
            Compiled.Plans($"network MobileNetV2\nweights random\n{(example.Contains("class \"", StringComparison.Ordinal) ? "labels \"labels.txt\"\n" : "")}{example}");
        Compiled.Plans($"{Keywords.Settings["network"]}\n{Keywords.Settings["weights"].Split(", or: ")[0]}\nquantization int8\n{Keywords.Settings["rounding"]}\n{Keywords.Settings["epsilon"]}");

        IEnumerable<string> layers = Keywords.Layers.Where(l => l.Key is not ("add" or "multiply" or "avgpool" or "maxpool" or "flatten" or "dense" or "sigmoid" or "softmax")).Select(l => l.Value);
        foreach (string pool in new[] { "avgpool", "maxpool", "flatten" })
        {
            foreach (string end in new[] { "sigmoid", "softmax" })
                Compiled.Plans(string.Join("\n", Text(pool, end)));
        }

        string[] Text(string pool, string end) =>
        [
            "network N", "resolution 64", "classes 10", "weights random", "layers", .. layers, "bottleneck 1280 expand 1 as last", Keywords.Layers["add"].Replace("bottleneck2", "last", StringComparison.Ordinal),
            "avgpool", "dense 1280 hsigmoid as excite", Keywords.Layers["multiply"].Replace("expanded", "last", StringComparison.Ordinal),
            "head", Keywords.Layers[pool], Keywords.Layers["dense"], Keywords.Layers[end],
        ];
    }

    private static NetworkSyntax Parse(string text)
    {
        var source = new SourceText(Compiled.Path, text);
        var diagnostics = new DiagnosticBag(source);
        NetworkSyntax syntax = Parser.Parse(source, diagnostics);
        Assert.Empty(diagnostics.Items);
        return syntax;
    }
}
