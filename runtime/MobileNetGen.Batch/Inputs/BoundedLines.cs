using System.Collections.Generic;
using System.IO;
using System.Text;

namespace MobileNetGen.Batch.Inputs;

/// <summary>Lines of a text of which nobody knows whether it is one.</summary>
internal static class BoundedLines
{
    /// <summary>The most characters of a line.</summary>
    public const int Maximum = 1 << 16;

    /// <summary>The lines without those that are blank. One that is too long is cut off behind the maximum and one more character.</summary>
    public static IEnumerable<string> Read(TextReader text)
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        for (int count; (count = text.Read(buffer, 0, buffer.Length)) > 0;)
        {
            for (int i = 0; i < count; i++)
            {
                if (buffer[i] != '\n')
                {
                    if (line.Length <= Maximum)
                        line.Append(buffer[i]);
                    continue;
                }

                if (line.ToString().Trim() is { Length: > 0 } whole)
                    yield return whole;
                line.Clear();
            }
        }

        if (line.ToString().Trim() is { Length: > 0 } last)
            yield return last;
    }
}
