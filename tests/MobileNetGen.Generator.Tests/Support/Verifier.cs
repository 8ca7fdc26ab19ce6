using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace MobileNetGen.Generator.Tests.Support;

/// <summary>
/// Snapshot tests with Verify's conventions: <c>[Class].[Method].verified.[extension]</c> holds what is right, and beside it a
/// <c>.received.</c> file appears where the text differs. Replacing this class by Verify.Xunit is the whole migration.
/// </summary>
internal static class Verifier
{
    /// <summary>Compares a text with its snapshot.</summary>
    public static void Verify(string text, string extension, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(file)!, "Snapshots");
        string name = $"{Path.GetFileNameWithoutExtension(file)}.{method}";
        string verified = Path.Combine(folder, $"{name}.verified.{extension}");
        string received = Path.Combine(folder, $"{name}.received.{extension}");
        string expected = File.Exists(verified) ? File.ReadAllText(verified).Replace("\r\n", "\n", StringComparison.Ordinal) : "";
        if (text == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (!BuildServerDetector.Detected)
            DiffRunner.Launch(received, verified);
        Assert.Fail($"{name} differs from its snapshot. If the new text is right, rename {Path.GetFileName(received)} to {Path.GetFileName(verified)}.\n{Difference(expected, text)}");
    }

    /// <summary>The lines that differ, by number.</summary>
    private static string Difference(string expected, string received)
    {
        var lines = InlineDiffBuilder.Diff(expected, received).Lines
            .Where(l => l.Type is ChangeType.Inserted or ChangeType.Deleted)
            .Select(l => $"{(l.Type == ChangeType.Inserted ? '+' : '-')} {l.Text}");
        return string.Join("\n", lines.Take(60));
    }
}
