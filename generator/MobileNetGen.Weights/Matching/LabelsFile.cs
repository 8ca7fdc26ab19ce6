using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>The class names of a network: UTF-8, one a line.</summary>
/// <param name="Labels">The names, none if the network names no file.</param>
/// <param name="Notes">What a user should know of the file: that its lines were not taken as they are.</param>
public sealed record LabelsFile(ImmutableArray<string> Labels, ImmutableArray<string> Notes)
{
    private const long MaximumLength = 64L << 20;

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="folder">The folder of its text, to which the path is relative.</param>
    /// <exception cref="MatchException">The file cannot be read, or has another number of labels than the network has outputs, or a detector classes.</exception>
    public static LabelsFile Read(Network network, string folder)
    {
        if (network.Labels is not { } file)
            return new LabelsFile([], []);

        LabelsFile read = Read(network, folder, file);
        if (network.Unknown?.ClassName is { } unknown && !read.Labels.Contains(unknown))
        {
            string? other = read.Labels.FirstOrDefault(label => label.Equals(unknown, StringComparison.OrdinalIgnoreCase));
            throw new MatchException(
                Rules.UnknownClass, Place.Statement("unknown"), unknown, file, other is null ? $"they begin with: {string.Join(", ", read.Labels.Take(5))}" : $"write it as it stands there: {other}");
        }

        return read;
    }

    private static LabelsFile Read(Network network, string folder, string file)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
            throw new MatchException(Rules.LabelsMissing, Place.Labels, file, path);
        ImmutableArray<string> lines = WorkStage.Run($"reading the labels file '{file}'", Place.Labels, () => Lines(file, path));
        if (network.Detector is not null && lines.Length == network.LabelCount + 1 && IsBackground(lines[0]))
            return new LabelsFile(lines[1..], [$"the first line of '{file}', '{lines[0]}', is left out: it names the background, which is no class of a detection"]);
        if (lines.Length != network.LabelCount)
            throw new MatchException(Rules.LabelCount, Place.Labels, file, lines.Length, network.LabelCount, Advice(lines, network.LabelCount));
        return lines.Select((line, i) => Name(line, i)).ToArray() is var names && names.All(name => name is not null)
            ? new LabelsFile([.. names!], [$"the numbers 0 to {names.Length - 1} before the names in '{file}' are left out: they count the lines"])
            : new LabelsFile(lines, []);
    }

    /// <summary>Whether a name is that of no class, as lists of detectors begin with it.</summary>
    internal static bool IsBackground(string name) => name is "???" || name.Trim('_').Equals("background", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name in a line that begins with its own number, as in the lists of Teachable Machine and others; null where it does not.</summary>
    private static string? Name(string line, int number)
    {
        string prefix = number.ToString(CultureInfo.InvariantCulture);
        if (!line.StartsWith(prefix, StringComparison.Ordinal) || line.Length == prefix.Length || line[prefix.Length] is not (' ' or '\t' or ':' or ','))
            return null;
        string name = line[(prefix.Length + 1)..].Trim();
        return name.Length == 0 ? null : name;
    }

    private static string Advice(ImmutableArray<string> lines, int outputs)
    {
        int[] blank = [.. lines.Select((line, i) => line.Length == 0 ? i + 1 : 0).Where(number => number > 0)];
        return lines.Length == outputs - 1 ? "networks of 1001 classes have 'background' before the 1000 of ImageNet: add that line, or correct 'classes'"
            : lines.Length - blank.Length == outputs ? $"{(blank.Length == 1 ? "line" : "lines")} {string.Join(", ", blank.Take(5))}{(blank.Length > 5 ? ", …" : "")} {(blank.Length == 1 ? "is" : "are")} blank and count: remove what is no label"
            : "correct 'classes', or name the file that belongs to the weights";
    }

    private static ImmutableArray<string> Lines(string file, string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaximumLength)
                throw new MatchException(Rules.LabelsUnreadable, Place.Labels, file, $"it has {length} bytes; a list of labels has at most {MaximumLength}");
            byte[] bytes = File.ReadAllBytes(path);
            if (MisfetchedFile.Problem(bytes, ".txt") is { } problem)
                throw new MatchException(Rules.LabelsUnreadable, Place.Labels, file, char.ToLowerInvariant(problem[0]) + problem[1..]);
            string text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
            string[] lines = [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => string.Concat(line.Where(c => c == '\t' || !char.IsControl(c))).Trim())];

            // A blank line between others is the name of a class that has none; at the end it is how editors and scripts leave a file.
            return [.. lines[..(Array.FindLastIndex(lines, line => line.Length > 0) + 1)]];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new MatchException(Rules.LabelsUnreadable, Place.Labels, file, error is DecoderFallbackException ? "it is not UTF-8 text" : error.Message);
        }
    }
}
