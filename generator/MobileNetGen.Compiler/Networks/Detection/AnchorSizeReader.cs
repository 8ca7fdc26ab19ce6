using System;
using System.Collections.Generic;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>Reads the sizes of anchors, in either of the two ways in which they are written.</summary>
internal sealed class AnchorSizeReader(ArgumentReader arguments)
{
    private const decimal MinimumScale = 0.0001m;
    private const decimal MaximumScale = 100_000;
    private const string Unit = "px";

    /// <summary>Each by itself: <c>0.1:1 0.2:1/2</c>, or squares in pixels: <c>10px 16px</c>, or with a ratio, <c>60px:2</c>.</summary>
    public bool Boxes(List<AnchorSize> sizes)
    {
        do
        {
            if (arguments.Take("a box") is not { } token)
                return false;
            string[] parts = token.Kind == TokenKind.Word ? token.Text.Split(':') : [];
            if (parts.Length is 1 or 2 && Length(parts[0]) is var (scale, isPixels) && (parts.Length == 1 || Ratio(parts[1]) is not null))
                sizes.Add(new AnchorSize(scale, null, parts.Length == 1 ? 1 : Ratio(parts[1])!.Value, isPixels));
            else
                return Malformed(token, "a box, scale:ratio", "boxes 0.1:1 0.2:2 0.2:1/2, or: boxes 10px 16px 24px");
        }
        while (arguments.Peek is { Kind: TokenKind.Word, Text: var next } && next.Length > 0 && (char.IsDigit(next[0]) || next[0] is '.' or '-' or '+'));
        return true;
    }

    /// <summary>One scale with several ratios: <c>0.5 next 0.65 ratios 1 2 1/2 3 1/3 next</c>. The word <c>next</c> among the ratios is the square between this map's scale and the next one's.</summary>
    public bool Scale(List<AnchorSize> sizes)
    {
        if (Size("the scale") is not var (scale, isPixels))
            return false;
        decimal? next = null;
        if (arguments.TakeWord("next"))
        {
            Token? token = arguments.Peek;
            if (Size("the next scale") is not var (size, unit))
                return false;
            if (unit != isPixels)
                return Malformed(token!, isPixels ? "a scale in px, as the one before it is" : "a scale without px, as the one before it is", Keywords.Detector["map"]);
            next = size;
        }

        if (!arguments.TakeWord("ratios"))
        {
            arguments.Diagnostics.Report(Rules.Missing, arguments.Statement.Span, "scale", "'ratios' and the boxes' widths / heights", Keywords.Detector["map"]);
            return false;
        }

        do
        {
            if (arguments.Take("a ratio") is not { } token)
                return false;
            if (token is { Kind: TokenKind.Word, Text: "next" })
            {
                if (next is null)
                    return Malformed(token, "a ratio where the line has no next scale", Keywords.Detector["map"]);
                sizes.Add(new AnchorSize(scale, next, 1, isPixels));
            }
            else if (token.Kind == TokenKind.Word && Ratio(token.Text) is { } ratio)
            {
                sizes.Add(new AnchorSize(scale, null, ratio, isPixels));
            }
            else
            {
                return Malformed(token, "a ratio", "ratios 1 2 1/2 3 0.3333 next");
            }
        }
        while (arguments.Peek is { Kind: TokenKind.Word, Text: var word } && (word == "next" || (word.Length > 0 && (char.IsDigit(word[0]) || word[0] is '.' or '-' or '+'))));
        return true;
    }

    /// <summary>A number of pixels, which may have a fraction.</summary>
    public decimal? Pixels(string what, decimal maximum)
    {
        Token? token = arguments.Peek;
        if (Size(what) is not var (size, isPixels))
            return null;
        if (isPixels)
            return size;
        Malformed(token!, $"a number of pixels for {what}", "step 32px");
        return null;
    }

    private (decimal, bool)? Size(string what)
    {
        if (arguments.Take(what) is not { } token)
            return null;
        if (token.Kind == TokenKind.Word && Length(token.Text) is { } length)
            return length;
        Malformed(token, $"a number for {what}", Keywords.Detector["map"]);
        return null;
    }

    private bool Malformed(Token token, string what, string example)
    {
        arguments.Diagnostics.Report(Rules.Malformed, token.Span, token, what, example);
        return false;
    }

    private static (decimal Size, bool IsPixels)? Length(string text)
    {
        bool isPixels = text.EndsWith(Unit, StringComparison.Ordinal);
        return ArgumentReader.TryDecimal(isPixels ? text.Substring(0, text.Length - Unit.Length) : text, out decimal size) && size >= MinimumScale && size <= MaximumScale ? (size, isPixels) : null;
    }

    private static double? Ratio(string text)
    {
        string[] parts = text.Split('/');
        decimal denominator = 1;
        bool good = ArgumentReader.TryDecimal(parts[0], out decimal numerator) && parts.Length <= 2 && (parts.Length == 1 || ArgumentReader.TryDecimal(parts[1], out denominator));
        return good && IsSide(numerator) && IsSide(denominator) ? (double)numerator / (double)denominator : null;

        static bool IsSide(decimal value) => value is >= 0.001m and <= 1000;
    }
}
