using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch.Inputs;

/// <summary>Photographs in tar and zip files. Nothing is unpacked onto the disk, so a name can lead nowhere; one that tries is an error.</summary>
internal static class Archives
{
    private const string Tar = ".tar", Zip = ".zip";

    /// <summary>Whether a file's name is that of an archive.</summary>
    public static bool IsOne(string path) => Path.GetExtension(path).ToLowerInvariant() is Tar or Zip;

    /// <summary>The photographs of an archive, in the order that they lie in it. A damaged one ends in an item with an error.</summary>
    /// <param name="path">The archive.</param>
    /// <exception cref="BatchException">There is no such file.</exception>
    public static IEnumerable<BatchItem> Items(string path)
    {
        string name = InputList.NameOf(path);
        using FileStream file = Open(path);
        using IEnumerator<BatchItem> items = (Path.GetExtension(path).ToLowerInvariant() == Tar ? OfTar(file, name) : OfZip(file, name)).GetEnumerator();
        while (true)
        {
            BatchItem? item;
            bool isLast = false;
            try
            {
                item = items.MoveNext() ? items.Current : null;
            }
            catch (Exception damage) when (damage is InvalidDataException or IOException or NotSupportedException or ArgumentException)
            {
                (item, isLast) = (new BrokenItem(name, damage.Message), true);
            }

            if (item is not null)
                yield return item;
            if (item is null || isLast)
                yield break;
        }
    }

    private static IEnumerable<BatchItem> OfTar(FileStream file, string archive) => TarFile.Entries(file).Where(e => Photo.IsPhotograph(e.Name)).Select(e => Item(archive, e.Name, e.Length, read =>
    {
        file.Position = e.Offset;
        return read(file);
    }));

    private static IEnumerable<BatchItem> OfZip(FileStream file, string archive)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => Photo.IsPhotograph(e.Name)))
        {
            yield return Item(archive, entry.FullName, entry.Length, read =>
            {
                using Stream stream = entry.Open();
                return read(stream);
            });
        }
    }

    private static BatchItem Item(string archive, string name, long length, Func<Func<Stream, FileBytes>, FileBytes> open)
    {
        string path = name.Replace('\\', '/');
        path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        string shown = $"{archive}/{path}";
        return path.StartsWith('/') || path.Contains(':', StringComparison.Ordinal) || path.Split('/').Contains("..")
            ? new BrokenItem(shown, "its name leads out of the archive.")
            : new EntryItem(shown, open, length);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BatchException($"{path}: the archive cannot be read. {failure.Message}", failure);
        }
    }
}
