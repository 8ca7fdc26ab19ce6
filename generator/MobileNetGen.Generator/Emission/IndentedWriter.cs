using System;
using System.Text;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes indented lines that end in <c>\n</c> on every machine.</summary>
internal sealed class IndentedWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>An empty line.</summary>
    public void WriteLine() => _text.Append('\n');

    /// <summary>Lines at the present depth. Empty ones get no indentation.</summary>
    public void WriteLine(string lines)
    {
        foreach (string line in lines.Split('\n'))
        {
            string trimmed = line.TrimEnd('\r');
            if (trimmed.Length > 0)
                _text.Append(' ', _depth * 4).Append(trimmed);
            _text.Append('\n');
        }
    }

    /// <summary>Text exactly as it is, for literals that span lines.</summary>
    public void WriteVerbatim(string text) => _text.Append(text);

    /// <summary>Opens a block, which ends where the result is disposed.</summary>
    public Scope Block()
    {
        WriteLine("{");
        _depth++;
        return new Scope(this);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>An open block.</summary>
    public readonly struct Scope(IndentedWriter writer) : IDisposable
    {
        /// <summary>Closes the block.</summary>
        public void Dispose()
        {
            writer._depth--;
            writer.WriteLine("}");
        }
    }
}
