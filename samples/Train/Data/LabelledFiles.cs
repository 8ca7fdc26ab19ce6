using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>An image that is not decoded yet.</summary>
/// <param name="Name">Its path in the folder or archive, with slashes.</param>
/// <param name="Class">The name of the folder that it lies in.</param>
/// <param name="Open">Opens it.</param>
internal sealed record LabelledFile(string Name, string Class, Func<Stream> Open);

/// <summary>
/// The images of a folder or a zip archive, in folders named for their classes: <c>train/CLASS/…</c> and <c>test/CLASS/…</c>, or <c>CLASS/…</c> alone.
/// </summary>
internal sealed class LabelledFiles : IDisposable
{
    /// <summary>Of images that are not divided already, each class's every so-manieth is for the test.</summary>
    private const int TestShare = 10;

    private static readonly string[] s_extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    private readonly ZipArchive? _archive;

    /// <summary>Finds the images.</summary>
    /// <exception cref="DatasetException">There are none.</exception>
    public LabelledFiles(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DatasetException($"{path}: there is no such folder or zip archive.");
        _archive = File.Exists(path) ? ZipFile.OpenRead(path) : null;

        // Sorted by name, so that labels and the division do not depend on the file system.
        List<LabelledFile> images = [.. (_archive is null ? InFolder(path) : InArchive(_archive))
            .Where(file => file.Name.Contains('/') && s_extensions.Contains(Path.GetExtension(file.Name).ToLowerInvariant()))
            .Select(file => new LabelledFile(file.Name, file.Name.Split('/')[^2], file.Open))
            .OrderBy(image => image.Name, StringComparer.Ordinal)];
        if (images.Count == 0)
            throw new DatasetException($"{path}: there are no images ({string.Join(", ", s_extensions)}) in folders named for their classes.");

        Classes = [.. images.Select(image => image.Class).Distinct().Order(StringComparer.Ordinal)];
        bool isDivided = images.All(image => image.Name.StartsWith("train/", StringComparison.Ordinal) || image.Name.StartsWith("test/", StringComparison.Ordinal));
        HashSet<LabelledFile> test = isDivided
            ? [.. images.Where(image => image.Name.StartsWith("test/", StringComparison.Ordinal))]
            : [.. images.GroupBy(image => image.Class).SelectMany(ofClass => ofClass.Where((_, i) => i % TestShare == TestShare - 1))];
        Training = [.. images.Where(image => !test.Contains(image))];
        Test = [.. images.Where(test.Contains)];
        if (Training.Count == 0 || Test.Count == 0)
            throw new DatasetException($"{path}: {Training.Count} images to learn from and {Test.Count} to be tested on; there must be some of both.");
    }

    /// <summary>The names of the classes, sorted: a label is an index into them.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What is learnt from.</summary>
    public IReadOnlyList<LabelledFile> Training { get; }

    /// <summary>What accuracy is measured on.</summary>
    public IReadOnlyList<LabelledFile> Test { get; }

    public void Dispose() => _archive?.Dispose();

    private static IEnumerable<(string Name, Func<Stream> Open)> InFolder(string path) =>
        Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(path, file).Replace('\\', '/'), (Func<Stream>)(() => File.OpenRead(file))));

    private static IEnumerable<(string Name, Func<Stream> Open)> InArchive(ZipArchive archive) =>
        archive.Entries.Select(entry => (entry.FullName, (Func<Stream>)entry.Open));
}
