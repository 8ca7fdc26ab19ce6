using System.Collections.Generic;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Compiler.Syntax;

/// <summary>Splits a line into tokens. White space separates them; <c>#</c> outside quotes starts a comment.</summary>
internal static class Lexer
{
    public static List<Token> Tokens(SourceText source, TextSpan line, DiagnosticBag diagnostics)
    {
        var tokens = new List<Token>();
        string text = source.Text;
        int i = line.Start;
        while (i < line.End)
        {
            if (char.IsWhiteSpace(text[i]) || text[i] == '\uFEFF')
            {
                i++;
            }
            else if (text[i] == '#')
            {
                break;
            }
            else if (text[i] == '"')
            {
                int close = text.IndexOf('"', i + 1, line.End - i - 1);
                if (close < 0)
                {
                    // Still a string to whoever reads the line, so that nothing is reported as missing too.
                    var rest = new TextSpan(i, line.End - i);
                    diagnostics.Report(Rules.UnterminatedString, rest);
                    tokens.Add(new Token(TokenKind.String, text.Substring(i + 1, line.End - i - 1), rest));
                    break;
                }

                tokens.Add(new Token(TokenKind.String, text.Substring(i + 1, close - i - 1), new TextSpan(i, close + 1 - i)));
                i = close + 1;
            }
            else
            {
                int start = i;
                while (i < line.End && !char.IsWhiteSpace(text[i]) && text[i] is not ('#' or '"'))
                    i++;
                tokens.Add(new Token(TokenKind.Word, text.Substring(start, i - start), new TextSpan(start, i - start)));
            }
        }

        return tokens;
    }
}
