using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace MobileNetGen.Build;

/// <summary>
/// A small file that changes when an input of a network does. It holds the length and time of every input, because times alone, which is all
/// that MSBuild compares, miss an older file put in a newer one's place.
/// </summary>
internal static class InputStamp
{
    /// <summary>Writes the stamp, unless the file already says the same.</summary>
    /// <param name="path">The stamp.</param>
    /// <param name="settings">What else the result depends on.</param>
    /// <param name="inputs">The files it depends on.</param>
    public static void Update(string path, string settings, IEnumerable<string> inputs)
    {
        string text = string.Concat(inputs.Select(Line).Prepend(settings + "\n"));
        if (File.Exists(path) && File.ReadAllText(path) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
    }

    private static string Line(string input)
    {
        var file = new FileInfo(input);
        return string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}\n", file.Length, file.LastWriteTimeUtc.Ticks, input);
    }
}
