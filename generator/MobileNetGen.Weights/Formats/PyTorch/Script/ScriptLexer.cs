using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <summary>What a token is.</summary>
internal enum ScriptTokenKind
{
    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>A number or a text.</summary>
    Constant,

    /// <summary>A sign: "(", "->".</summary>
    Sign,

    /// <summary>The end of a statement.</summary>
    LineEnd,

    /// <summary>The next line stands further to the right.</summary>
    Indent,

    /// <summary>The next line stands further to the left: one for each level.</summary>
    Dedent,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it stands there, for names and signs.</param>
/// <param name="Value">The value of a constant.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Text, object? Value, int Line);

/// <summary>Splits code, as PyTorch prints it, into tokens.</summary>
internal sealed class ScriptLexer
{
    /// <summary>A MobileNet's largest file of code has some thousand.</summary>
    private const int MaximumTokens = 1_000_000;

    private const int MaximumIndentation = 64;

    private readonly string _text;
    private readonly string _file;
    private readonly List<ScriptToken> _tokens = [];
    private readonly Stack<int> _columns = [];
    private int _position;
    private int _line = 1;
    private int _brackets;

    private ScriptLexer(string file, string text) => (_file, _text) = (file, text);

    /// <summary>The tokens of a file.</summary>
    /// <exception cref="WeightsException">It has what no code of TorchScript has.</exception>
    public static List<ScriptToken> Read(string file, string text)
    {
        var lexer = new ScriptLexer(file, text);
        lexer.Read();
        return lexer._tokens;
    }

    private void Read()
    {
        bool isStart = true;
        while (_position < _text.Length)
        {
            if (isStart)
            {
                isStart = false;
                Indentation();
                continue;
            }

            char next = _text[_position];
            if (next == '\n')
            {
                if (_brackets == 0)
                    Add(ScriptTokenKind.LineEnd, "");
                isStart = _brackets == 0;
                (_position, _line) = (_position + 1, _line + 1);
            }
            else if (next is ' ' or '\t' or '\r')
            {
                _position++;
            }
            else if (next == '#')
            {
                SkipLine();
            }
            else if (char.IsAsciiDigit(next) || (next == '.' && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1])))
            {
                Number();
            }
            else if (next is '"' or '\'')
            {
                Text(next);
            }
            else if (IsNamePart(next))
            {
                int start = _position;
                while (_position < _text.Length && IsNamePart(_text[_position]))
                    _position++;
                Add(ScriptTokenKind.Name, _text[start.._position]);
            }
            else
            {
                Sign();
            }
        }

        if (_tokens is [.., { Kind: not ScriptTokenKind.LineEnd }])
            Add(ScriptTokenKind.LineEnd, "");
        for (; _columns.Count > 0; _columns.Pop())
            Add(ScriptTokenKind.Dedent, "");
        Add(ScriptTokenKind.End, "");
    }

    /// <summary>Reads the spaces before the next line that is not empty.</summary>
    private void Indentation()
    {
        int column;
        while (true)
        {
            int start = _position;
            while (_position < _text.Length && _text[_position] == ' ')
                _position++;
            column = _position - start;
            if (_position == _text.Length)
                return;
            if (_text[_position] is not ('\n' or '\r' or '#'))
                break;
            SkipLine();
            if (_position < _text.Length)
                (_position, _line) = (_position + 1, _line + 1);
        }

        if (column > (_columns.TryPeek(out int current) ? current : 0))
        {
            if (_columns.Count == MaximumIndentation)
                throw Broken($"it is indented more than {MaximumIndentation} times");
            _columns.Push(column);
            Add(ScriptTokenKind.Indent, "");
        }

        while (_columns.TryPeek(out current) && column < current)
        {
            _columns.Pop();
            Add(ScriptTokenKind.Dedent, "");
        }
    }

    private void SkipLine()
    {
        int end = _text.IndexOf('\n', _position);
        _position = end < 0 ? _text.Length : end;
    }

    private void Number()
    {
        int start = _position;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            bool isSign = c is '+' or '-' && _text[_position - 1] is 'e' or 'E';
            if (!isSign && !char.IsAsciiLetterOrDigit(c) && c != '.')
                break;
            _position++;
        }

        string text = _text[start.._position];
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole))
            Add(ScriptTokenKind.Constant, text, whole);
        else if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double real))
            Add(ScriptTokenKind.Constant, text, real);
        else
            throw Broken($"\"{PrintableName.Of(text)}\" is no number");
    }

    private void Text(char quote)
    {
        var text = new StringBuilder();
        for (_position++; ; _position++)
        {
            if (_position >= _text.Length || _text[_position] == '\n')
                throw Broken("a text does not end");
            if (_text[_position] == quote)
                break;
            if (_text[_position] == '\\')
                _position++;
            if (_position < _text.Length)
                text.Append(_text[_position]);
        }

        _position++;
        Add(ScriptTokenKind.Constant, "", text.ToString());
    }

    private void Sign()
    {
        char next = _text[_position];
        int length = next == '-' && _text.AsSpan(_position).StartsWith("->", StringComparison.Ordinal) ? 2 : 1;
        if (!"()[]{}:,.=-*+/<>%!&|@~;".Contains(next, StringComparison.Ordinal))
            throw Broken($"'{PrintableName.Of(next.ToString())}' stands there");
        _brackets += next switch
        {
            '(' or '[' or '{' => 1,
            ')' or ']' or '}' => -1,
            _ => 0,
        };
        if (_brackets < 0)
            throw Broken("a bracket closes that was not opened");
        Add(ScriptTokenKind.Sign, _text.Substring(_position, length));
        _position += length;
    }

    private void Add(ScriptTokenKind kind, string text, object? value = null)
    {
        if (_tokens.Count == MaximumTokens)
            throw Broken($"it has more than {MaximumTokens} words and signs");
        _tokens.Add(new ScriptToken(kind, text, value, _line));
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private WeightsException Broken(string what) => ScriptMachine.NotUnderstood(_file, _line, what);
}
