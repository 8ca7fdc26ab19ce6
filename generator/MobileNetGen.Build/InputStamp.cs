using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace MobileNetGen.Build;

/// <summary>
/// A small file that holds the length and time of other files, to tell when one of them changes: times alone, which is all that MSBuild compares,
/// miss an older file put in a newer one's place.
/// </summary>
internal static class InputStamp
{
    private static readonly UTF8Encoding s_utf8 = new(false);

    /// <summary>Writes a stamp, unless the file already says the same.</summary>
    /// <param name="path">The stamp.</param>
    /// <param name="settings">What else the result depends on.</param>
    /// <param name="inputs">The files it depends on.</param>
    public static void Update(string path, string settings, IEnumerable<string> inputs)
    {
        string text = settings + "\n" + Text(inputs);
        if (File.Exists(path) && File.ReadAllText(path) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, s_utf8);
    }

    /// <summary>Writes a stamp of files alone, in any case, so that its time is now.</summary>
    public static void Write(string path, IEnumerable<string> files) => File.WriteAllText(path, Text(files), s_utf8);

    /// <summary>Whether a stamp that <see cref="Write"/> wrote is there, and the files still are as it says.</summary>
    public static bool IsCurrent(string path) => File.Exists(path) && File.ReadAllLines(path).All(IsCurrentLine);

    private static bool IsCurrentLine(string line)
    {
        string[] parts = line.Split([' '], 3);
        return parts.Length == 3 && File.Exists(parts[2]) && Line(parts[2]) == line;
    }

    private static string Text(IEnumerable<string> files) => string.Concat(files.Select(f => Line(f) + "\n"));

    private static string Line(string path)
    {
        var file = new FileInfo(path);
        return string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}", file.Length, file.LastWriteTimeUtc.Ticks, path);
    }
}
