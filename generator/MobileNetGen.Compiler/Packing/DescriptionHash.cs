using System.Collections.Generic;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Packing;

/// <summary>Identifies what a <c>.mbnet</c> text says, so that a plan packed for another text is recognised as stale.</summary>
public static class DescriptionHash
{
    /// <summary>
    /// SHA-256, in lower-case hexadecimal, of the text's words and of those of the built-in network that it names, which supplies what it leaves out.
    /// Comments, spacing and line ends do not count: an edit to a comment leaves the packed weights good.
    /// </summary>
    /// <param name="text">The whole text of the file.</param>
    public static string Of(string text)
    {
        var content = new StringBuilder();
        Token? name = null;
        foreach (Statement line in Lines(text))
        {
            content.Append(line).Append('\n');
            if (line.Keyword.Text == "network")
                name ??= line.Arguments.FirstOrDefault();
        }

        if (name is not null && BuiltInNetworks.Find(name.Text) is { } builtIn)
        {
            foreach (Statement line in Lines(builtIn.Source.Text))
                content.Append(line).Append('\n');
        }

        return TextHash.Of(content.ToString());
    }

    private static IEnumerable<Statement> Lines(string text)
    {
        var source = new SourceText("", text);
        var ignored = new DiagnosticBag(source);
        for (int line = 0; line < source.LineCount; line++)
        {
            List<Token> tokens = Lexer.Tokens(source, source.Line(line), ignored);
            if (tokens.Count > 0)
                yield return new Statement(tokens[0], tokens.Skip(1).ToEquatableArray());
        }
    }
}
