using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Compiler.Syntax;

/// <summary>Turns the text of a <c>.mbnet</c> file into statements and blocks.</summary>
public static class Parser
{
    /// <summary>Files with more lines than this are not network descriptions.</summary>
    private const int MaximumLines = 10_000;

    /// <summary>Parses a text. Lines that are wrong are reported and left out; the rest is still parsed.</summary>
    public static NetworkSyntax Parse(SourceText source, DiagnosticBag diagnostics)
    {
        var settings = new List<Statement>();
        var blocks = new Dictionary<string, (Token Keyword, List<Statement> Layers)>(StringComparer.Ordinal);
        (string Name, List<Statement> Lines)? block = null;

        if (source.LineCount > MaximumLines)
        {
            diagnostics.Report(Rules.OutOfRange, new TextSpan(0, 0), "the number of lines", source.LineCount, 1, MaximumLines);
            return new NetworkSyntax(source, default, null, null, null);
        }

        for (int line = 0; line < source.LineCount; line++)
        {
            List<Token> tokens = Lexer.Tokens(source, source.Line(line), diagnostics);
            if (tokens.Count == 0)
                continue;

            Token keyword = tokens[0];
            var statement = new Statement(keyword, tokens.Skip(1).ToEquatableArray());
            if (keyword.Kind == TokenKind.Word && Keywords.Blocks.Contains(keyword.Text))
            {
                block = (keyword.Text, []);
                if (blocks.TryGetValue(keyword.Text, out var earlier))
                    diagnostics.Report(Rules.GivenTwice, keyword.Span, keyword.Text, source.Position(earlier.Keyword.Span.Start).Line + 1);
                else
                    blocks.Add(keyword.Text, (keyword, block.Value.Lines));
                if (tokens.Count > 1)
                    diagnostics.Report(Rules.UnexpectedWord, tokens[1].Span, tokens[1], keyword.Text, "what a block holds stands on the lines below it");
            }
            else if (keyword.Kind == TokenKind.Word && block is { } open && Keywords.Of(open.Name).ContainsKey(keyword.Text))
            {
                open.Lines.Add(statement);
            }
            else if (keyword.Kind == TokenKind.Word && Keywords.Layers.ContainsKey(keyword.Text))
            {
                string place = block is null ? "no block; write 'layers' or 'head' on a line above it" : $"the block '{block.Value.Name}', which has none; move it into 'layers'";
                diagnostics.Report(Rules.LayerOutsideBlock, keyword.Span, keyword.Text, place);
            }
            else if (keyword.Kind == TokenKind.Word && Keywords.Settings.ContainsKey(keyword.Text))
            {
                block = null;
                Statement? earlier = settings.FirstOrDefault(s => s.Keyword.Text == keyword.Text);
                if (earlier is null || Keywords.Repeatable.Contains(keyword.Text))
                    settings.Add(statement);
                else
                    diagnostics.Report(Rules.GivenTwice, keyword.Span, keyword.Text, source.Position(earlier.Span.Start).Line + 1);
            }
            else
            {
                ReportUnknown(keyword, block?.Name, diagnostics);
            }
        }

        return new NetworkSyntax(source, settings.ToEquatableArray(), Find("layers"), Find("head"), Find("detector"));

        Block? Find(string name) =>
            blocks.TryGetValue(name, out var found) ? new Block(found.Keyword, found.Layers.ToEquatableArray()) : null;
    }

    private static void ReportUnknown(Token keyword, string? block, DiagnosticBag diagnostics)
    {
        IEnumerable<string> lines = Keywords.Of(block ?? "layers").Keys;
        IEnumerable<string> settings = Keywords.Settings.Keys.Concat(Keywords.Blocks).OrderBy(w => w, StringComparer.Ordinal);
        IEnumerable<string> expected = block is null ? settings : lines;
        string? meant = Keywords.Nearest(keyword.Text, block is null ? settings.Concat(lines) : lines.Concat(settings));
        string advice = meant is null ? $"expected one of {string.Join(", ", expected)}" : $"did you mean '{meant}'?";
        diagnostics.Report(Rules.UnknownWord, keyword.Span, keyword, block switch { null => "statement", "detector" => "line of a detector", _ => "layer" }, advice);
    }
}
