using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Build;

/// <summary>What a build needs to know of a description, as its stamp keeps it.</summary>
/// <param name="Classes">The qualified names of its classes.</param>
/// <param name="Files">The weights and labels files that it names, by their full paths.</param>
/// <param name="IsQuiet">Whether compiling it reports nothing, and so need not be done again.</param>
internal sealed record ScannedFacts(IReadOnlyList<string> Classes, IReadOnlyList<string> Files, bool IsQuiet)
{
    private const string Class = "class ", File = "file ";

    /// <summary>Its lines in a stamp: none unless it is quiet.</summary>
    public string Text => IsQuiet ? string.Concat(Classes.Select(name => Class + name + "\n").Concat(Files.Select(path => File + path + "\n"))) : "";

    /// <summary>What a stamp holds, or null.</summary>
    public static ScannedFacts? In(string[] stamp)
    {
        string[] classes = Named(Class);
        return classes.Length > 0 ? new ScannedFacts(classes, Named(File), true) : null;

        string[] Named(string word) => [.. stamp.Skip(1).Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line.Substring(word.Length))];
    }
}
