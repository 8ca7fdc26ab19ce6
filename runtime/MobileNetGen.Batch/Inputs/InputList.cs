using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch.Inputs;

/// <summary>What a run was told to read, photograph by photograph.</summary>
/// <param name="inputs">Photographs, folders, lists, archives, and <c>-</c>.</param>
/// <param name="standardInput">The lines of <c>-</c>.</param>
internal sealed class InputList(ImmutableArray<string> inputs, TextReader standardInput)
{
    private static readonly string[] s_lists = [".txt", ".lst", ".jsonl", ".ndjson"];

    /// <summary>A path as rows have it.</summary>
    public static string NameOf(string path) => OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path;

    /// <summary>The photographs, in order. They are found while they are asked for.</summary>
    /// <exception cref="BatchException">An input is not there.</exception>
    public IEnumerable<BatchItem> Items() => inputs.SelectMany(Items);

    private IEnumerable<BatchItem> Items(string input)
    {
        if (string.IsNullOrWhiteSpace(input))
            throw new BatchException("An input is empty.");
        if (input == "-")
            return BoundedLines.Read(standardInput).Select(ListLine.Read);
        if (Directory.Exists(input))
            return PhotoFolder.Files(input, NameOf(Path.TrimEndingDirectorySeparator(input)).TrimEnd('/') + "/").Select(f => new FileItem(f.Name, f.Path));
        if (s_lists.Contains(Path.GetExtension(input).ToLowerInvariant()))
            return Lines(input);

        if (Archives.IsOne(input))
            return Archives.Items(input);

        // A photograph that is not there is a row with an error, as in a list. Of anything else it is not known what it was to be.
        BatchItem item = ListLine.Read(input);
        return item is not FileItem || File.Exists(input) || Photo.IsPhotograph(input) ? [item] : throw new BatchException($"{input}: there is no such file or folder.");
    }

    private static IEnumerable<BatchItem> Lines(string list)
    {
        using StreamReader text = Open(list);
        foreach (string line in BoundedLines.Read(text))
            yield return ListLine.Read(line);
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BatchException($"{path}: the list cannot be read. {failure.Message}", failure);
        }
    }
}
