using System.Linq;

namespace MobileNetGen.Compiler.Syntax;

/// <summary>One line: a keyword and what follows it. Layers are statements too.</summary>
/// <param name="Keyword">The first word.</param>
/// <param name="Arguments">The words and strings after it.</param>
public sealed record Statement(Token Keyword, EquatableArray<Token> Arguments)
{
    /// <summary>From the keyword to the last argument.</summary>
    public TextSpan Span
    {
        get
        {
            int end = Arguments.Count == 0 ? Keyword.Span.End : Arguments[Arguments.Count - 1].Span.End;
            return new TextSpan(Keyword.Span.Start, end - Keyword.Span.Start);
        }
    }

    /// <summary>The statement with single spaces, as comments in generated code show it.</summary>
    public override string ToString() => string.Join(" ", new[] { Keyword }.Concat(Arguments));
}

/// <summary>A <c>layers</c>, <c>head</c> or <c>detector</c> block.</summary>
/// <param name="Keyword">The word that opens it.</param>
/// <param name="Layers">Its lines, in order: layers, or what a detector is made of.</param>
public sealed record Block(Token Keyword, EquatableArray<Statement> Layers);

/// <summary>A parsed <c>.mbnet</c> file. Nothing is evaluated yet: numbers and names are still words.</summary>
/// <param name="Source">The text it was parsed from; positions refer to it.</param>
/// <param name="Settings">The statements outside the blocks, in order, no keyword twice but those that may be.</param>
/// <param name="Layers">The <c>layers</c> block, if there is one.</param>
/// <param name="Head">The <c>head</c> block, if there is one.</param>
/// <param name="Detector">The <c>detector</c> block, if there is one.</param>
public sealed record NetworkSyntax(SourceText Source, EquatableArray<Statement> Settings, Block? Layers, Block? Head, Block? Detector)
{
    /// <summary>The statement with a keyword, or null.</summary>
    public Statement? Find(string keyword) => Settings.FirstOrDefault(s => s.Keyword.Text == keyword);
}
