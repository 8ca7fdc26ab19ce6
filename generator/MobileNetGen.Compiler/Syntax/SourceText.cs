using System;
using System.Collections.Generic;

namespace MobileNetGen.Compiler.Syntax;

/// <summary>A range of characters in a source text.</summary>
/// <param name="Start">Index of the first character.</param>
/// <param name="Length">Number of characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Index after the last character.</summary>
    public int End => Start + Length;
}

/// <summary>A place in a source text, counted from zero.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The character in the line.</param>
public readonly record struct LinePosition(int Line, int Column);

/// <summary>The text of a <c>.mbnet</c> file and where its lines start.</summary>
public sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    /// <summary>Takes the text of the file at <paramref name="path"/>.</summary>
    public SourceText(string path, string text)
    {
        Path = path;
        Text = text;
        for (int i = 0; i < text.Length; i++)
        {
            bool carriageReturnOnly = text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n');
            if (text[i] == '\n' || carriageReturnOnly)
                _lineStarts.Add(i + 1);
        }
    }

    /// <summary>The file's path, as diagnostics show it.</summary>
    public string Path { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The number of lines.</summary>
    public int LineCount => _lineStarts.Count;

    /// <summary>The characters of a line, without its line break.</summary>
    public TextSpan Line(int line)
    {
        int start = _lineStarts[line];
        int end = line + 1 < LineCount ? _lineStarts[line + 1] : Text.Length;
        while (end > start && Text[end - 1] is '\n' or '\r')
            end--;
        return new TextSpan(start, end - start);
    }

    /// <summary>The line and column of a character.</summary>
    public LinePosition Position(int index)
    {
        int line = _lineStarts.BinarySearch(index);
        if (line < 0)
            line = ~line - 1;
        return new LinePosition(line, index - _lineStarts[line]);
    }

    /// <summary>The characters of a span.</summary>
    public string Slice(TextSpan span) => Text.Substring(span.Start, span.Length);
}
