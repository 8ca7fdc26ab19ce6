namespace MobileNetGen.Compiler.Syntax;

/// <summary>What a token is.</summary>
public enum TokenKind
{
    /// <summary>Anything between white space: a keyword, a name or a number.</summary>
    Word,

    /// <summary>Text between double quotes.</summary>
    String,
}

/// <summary>A word or a string in a statement.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, without the quotes of a string.</param>
/// <param name="Span">Where it stands, with the quotes.</param>
public sealed record Token(TokenKind Kind, string Text, TextSpan Span)
{
    /// <summary>The token as written.</summary>
    public override string ToString() => Kind == TokenKind.String ? $"\"{Text}\"" : Text;
}
