using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>A folder with a folder of photographs for each class.</summary>
internal static class PhotographFolder
{
    /// <summary>The photographs, by path: the same order on every machine. Other files are left aside.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="least">The fewest classes that it must have.</param>
    /// <exception cref="TeachingException">It is none of the kind.</exception>
    public static ImmutableArray<PhotographFile> Read(string folder, int least)
    {
        if (!Directory.Exists(folder))
            throw new TeachingException($"{folder}: there is no such folder. Make one, and in it a folder of photographs for each class.");
        string[] classes = [.. Directory.GetDirectories(folder).Where(c => !IsHidden(c)).Order(StringComparer.Ordinal)];
        if (classes.Length < least)
        {
            throw new TeachingException(classes.Length == 0
                ? Pictures(folder).Any()
                    ? $"{folder}: the photographs lie in it side by side. Put those of each class into a folder of its own, which has the name of the class."
                    : $"{folder}: it is empty. Put a folder of photographs for each class into it."
                : $"{folder}: there is one class, {Path.GetFileName(classes[0])}. To tell it from others, there must be a second folder: another class, or \"unknown\" with photographs of anything else.");
        }

        return [.. classes.SelectMany(c => Class(folder, c))];
    }

    private static IEnumerable<PhotographFile> Class(string folder, string path)
    {
        string label = Path.GetFileName(path);
        string[] files = [.. Pictures(path).Order(StringComparer.Ordinal)];
        if (files.Length > 0)
            return files.Select(f => new PhotographFile(f, Path.GetRelativePath(folder, f).Replace('\\', '/'), label));
        string[] inner = [.. Directory.GetDirectories(path).Where(c => !IsHidden(c)).Order(StringComparer.Ordinal)];
        throw new TeachingException(inner.Length == 0
            ? $"{path}: there is no photograph in it; {string.Join(", ", Photo.Extensions)} files are read. Put some into it, or remove the folder."
            : $"{path}: there are only folders in it ({Path.GetFileName(inner[0])}, …). If those are the classes, name this folder instead of the one above; if all of them are one class, put their photographs together.");
    }

    private static IEnumerable<string> Pictures(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => Photo.IsPhotograph(f) && !IsHidden(f));

    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');
}
