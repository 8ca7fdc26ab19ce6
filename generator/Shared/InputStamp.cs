using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace MobileNetGen.Files;

/// <summary>
/// A small file that holds the content of other files, as hashes, to tell when one of them changes. Lengths and times, which are all that MSBuild compares, do not tell:
/// weights that were trained again have the same length, and archives and tools for copying restore times.
/// </summary>
internal static class InputStamp
{
    private static readonly UTF8Encoding s_utf8 = new(false);

    /// <summary>Writes a stamp, unless the file already says the same.</summary>
    /// <param name="path">The stamp.</param>
    /// <param name="text">What it holds: what the result depends on.</param>
    public static void Update(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, s_utf8);
    }

    /// <summary>Writes a stamp in any case, so that its time is now.</summary>
    /// <param name="path">The stamp.</param>
    /// <param name="lines">Files with their content, as <see cref="Line"/> gives them.</param>
    public static void Write(string path, IEnumerable<string> lines) => File.WriteAllText(path, string.Concat(lines.Select(l => l + "\n")), s_utf8);

    /// <summary>Whether a stamp that <see cref="Write"/> wrote is there, and the files still are as it says.</summary>
    public static bool IsCurrent(string path) => File.Exists(path) && File.ReadAllLines(path).All(line => Line(PathIn(line)) == line);

    /// <summary>A file and its content: <c>sha256 path</c>. One that cannot be read is like no other; whoever needs it will say why.</summary>
    public static string Line(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
            using var sha256 = SHA256.Create();
            return $"{string.Concat(sha256.ComputeHash(stream).Select(b => b.ToString("x2")))} {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"unreadable {path}";
        }
    }

    /// <summary>The file of a line.</summary>
    public static string PathIn(string line) => line.Substring(line.IndexOf(' ') + 1);
}
