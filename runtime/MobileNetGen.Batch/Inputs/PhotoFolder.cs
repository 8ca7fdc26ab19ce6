using System;
using System.Collections.Generic;
using System.IO;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch.Inputs;

/// <summary>The photographs of a folder.</summary>
internal static class PhotoFolder
{
    /// <summary>
    /// The photographs of a folder and those below it by path, the same order on every machine. One folder at a time is listed, so a pile of any size takes no more memory than the largest folder in it.
    /// Links to folders are not followed: they may lead back.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="prefix">What stands before their names: empty, or ending in <c>/</c>.</param>
    public static IEnumerable<(string Name, string Path)> Files(string folder, string prefix = "")
    {
        // With its slash a folder's name sorts among the files as whole paths would.
        var entries = new List<(string Name, bool IsFolder)>();
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo)
            {
                if (entry.LinkTarget is null)
                    entries.Add((entry.Name + "/", true));
            }
            else if (Photo.IsPhotograph(entry.Name))
            {
                entries.Add((entry.Name, false));
            }
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach ((string name, bool isFolder) in entries)
        {
            if (!isFolder)
            {
                yield return (prefix + name, Path.Combine(folder, name));
                continue;
            }

            foreach ((string Name, string Path) file in Files(Path.Combine(folder, name[..^1]), prefix + name))
                yield return file;
        }
    }
}
