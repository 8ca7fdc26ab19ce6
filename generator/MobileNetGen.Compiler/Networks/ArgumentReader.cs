using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Reads a statement's arguments one after the other, reporting what is wrong with them.</summary>
internal sealed class ArgumentReader(Statement statement, string example, DiagnosticBag diagnostics)
{
    private readonly int _reportedBefore = diagnostics.Count;
    private int _next;

    public Statement Statement => statement;

    public DiagnosticBag Diagnostics => diagnostics;

    public Token? Peek => _next < statement.Arguments.Count ? statement.Arguments[_next] : null;

    /// <summary>The next argument, or null after reporting that it is missing.</summary>
    public Token? Take(string what)
    {
        if (Peek is { } token)
        {
            _next++;
            return token;
        }

        diagnostics.Report(Rules.Missing, statement.Span, statement.Keyword.Text, what, example);
        return null;
    }

    /// <summary>Takes the next argument if it is this word.</summary>
    public bool TakeWord(string word)
    {
        bool found = Peek is { Kind: TokenKind.Word } token && token.Text == word;
        if (found)
            _next++;
        return found;
    }

    /// <summary>A word from a fixed list, or null after reporting.</summary>
    public string? Choice(string what, params string[] choices)
    {
        if (Take(what) is not { } token)
            return null;
        if (token.Kind == TokenKind.Word && choices.Contains(token.Text))
            return token.Text;
        diagnostics.Report(Rules.NotOneOf, token.Span, token, what, string.Join(", ", choices));
        return null;
    }

    /// <summary>A word of any kind, or null after reporting.</summary>
    public Token? Word(string what)
    {
        if (Take(what) is not { } token)
            return null;
        if (token.Kind == TokenKind.Word)
            return token;
        diagnostics.Report(Rules.Malformed, token.Span, token, what, example);
        return null;
    }

    /// <summary>A string, or null after reporting.</summary>
    public Token? String(string what)
    {
        if (Take(what) is not { } token)
            return null;
        if (token.Kind == TokenKind.String && token.Text.Length > 0)
            return token;
        diagnostics.Report(Rules.Malformed, token.Span, token, $"{what} in double quotes", example);
        return null;
    }

    /// <summary>A whole number in a range, or null after reporting.</summary>
    public int? Integer(string what, int minimum, int maximum) =>
        Take(what) is { } token ? Integer(token, what, minimum, maximum) : null;

    /// <summary>The same of a token already taken.</summary>
    public int? Integer(Token token, string what, int minimum, int maximum)
    {
        if (token.Kind != TokenKind.Word || !TryDecimal(token.Text, out decimal value) || decimal.Truncate(value) != value)
        {
            diagnostics.Report(Rules.Malformed, token.Span, token, $"a whole number for {what}", example);
            return null;
        }

        return InRange(token, what, value, minimum, maximum) ? (int)value : null;
    }

    /// <summary>A number in a range, or null after reporting.</summary>
    public decimal? Number(string what, decimal minimum, decimal maximum)
    {
        if (Take(what) is not { } token)
            return null;
        if (token.Kind != TokenKind.Word || !TryDecimal(token.Text, out decimal value))
        {
            diagnostics.Report(Rules.Malformed, token.Span, token, $"a number for {what}", example);
            return null;
        }

        return InRange(token, what, value, minimum, maximum) ? value : null;
    }

    /// <summary>A number or a fraction such as <c>88/24</c>, or null after reporting.</summary>
    public double? Fraction(string what, decimal minimum, decimal maximum)
    {
        if (Take(what) is not { } token)
            return null;
        if (token.Kind != TokenKind.Word || !TryFraction(token.Text, out decimal numerator, out decimal denominator))
        {
            diagnostics.Report(Rules.Malformed, token.Span, token, $"a number or a fraction for {what}", example);
            return null;
        }

        // In double precision, as the released networks' channels were computed; the range is checked without dividing by what may be tiny.
        bool good = denominator > 0 && numerator >= minimum * denominator && numerator <= maximum * denominator;
        if (!good)
            diagnostics.Report(Rules.OutOfRange, token.Span, what, token.Text, Text(minimum), Text(maximum));
        return good ? (double)numerator / (double)denominator : null;
    }

    /// <summary>Whether a value lies in a range; reports it if not.</summary>
    public bool InRange(Token token, string what, decimal value, decimal minimum, decimal maximum)
    {
        if (value >= minimum && value <= maximum)
            return true;
        diagnostics.Report(Rules.OutOfRange, token.Span, what, token.Text, Text(minimum), Text(maximum));
        return false;
    }

    /// <summary>Every remaining argument through <paramref name="read"/>; at least one, none twice. Null after reporting.</summary>
    public List<T>? List<T>(Func<T?> read)
        where T : struct
    {
        var values = new List<T>();
        var seen = new HashSet<T>();
        bool good = true;
        do
        {
            Token? token = Peek;
            T? value = read();
            good &= value.HasValue;
            if (value is not { } item)
                continue;
            values.Add(item);
            if (!seen.Add(item))
                diagnostics.Report(Rules.GivenTwice, token!.Span, token, diagnostics.LineOf(token.Span));
        }
        while (Peek is not null);
        return good ? values : null;
    }

    /// <summary>Reports what is left over, unless something before it is wrong already.</summary>
    public void End()
    {
        if (Peek is { } token && diagnostics.Count == _reportedBefore)
            Unexpected(token, $"write for example: {example}");
    }

    /// <summary>Reports a word that is not understood.</summary>
    public void Unexpected(Token token, string advice) =>
        diagnostics.Report(Rules.UnexpectedWord, token.Span, token, statement.Keyword.Text, advice);

    /// <summary>A number as it is written in the language.</summary>
    public static bool TryDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    /// <summary>Two numbers with a stroke between, or one alone. Neither is too large to be multiplied.</summary>
    public static bool TryFraction(string text, out decimal numerator, out decimal denominator)
    {
        string[] parts = text.Split('/');
        denominator = 1;
        return TryDecimal(parts[0], out numerator) && parts.Length <= 2 && (parts.Length == 1 || TryDecimal(parts[1], out denominator))
            && Math.Abs(numerator) <= int.MaxValue && Math.Abs(denominator) <= int.MaxValue;
    }

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
