using System;
using System.Text;

namespace MobileNetGen.Runtime;

/// <summary>Class names as generated code keeps them: one UTF-8 literal, one name a line.</summary>
public static class Labels
{
    /// <summary>Splits UTF-8 text into its lines.</summary>
    /// <param name="utf8Lines">
    /// Lines ended by <c>\n</c> or <c>\r\n</c>. The last one needs no end, and an end there starts no further line. Empty lines count:
    /// a line's number is its class index.
    /// </param>
    public static string[] Parse(ReadOnlySpan<byte> utf8Lines)
    {
        if (utf8Lines.EndsWith("\n"u8))
            utf8Lines = utf8Lines[..^1];
        else if (utf8Lines.IsEmpty)
            return [];

        var labels = new string[utf8Lines.Count((byte)'\n') + 1];
        int count = 0;
        foreach (Range line in utf8Lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> label = utf8Lines[line];
            if (label.EndsWith("\r"u8))
                label = label[..^1];
            labels[count++] = Encoding.UTF8.GetString(label);
        }
        return labels;
    }
}
