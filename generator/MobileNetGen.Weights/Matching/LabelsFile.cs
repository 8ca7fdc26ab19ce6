using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Weights.Matching;

/// <summary>Reads the class names of a network: UTF-8, one a line.</summary>
public static class LabelsFile
{
    private const long MaximumLength = 64L << 20;

    /// <summary>The labels of a network, none if it names no file.</summary>
    /// <param name="network">The network.</param>
    /// <param name="folder">The folder of its text, to which the path is relative.</param>
    /// <exception cref="MatchException">The file cannot be read, or has another number of labels than the network has outputs.</exception>
    public static ImmutableArray<string> Read(Network network, string folder)
    {
        if (network.Labels is not { } file)
            return [];

        string path = Path.Combine(folder, file.Value);
        if (!File.Exists(path))
            throw new MatchException(Rules.LabelsMissing, file.Span, file.Value, path);
        ImmutableArray<string> labels = Lines(file, path);
        if (labels.Length == network.OutputLength)
            return labels;
        string advice = labels.Length == network.OutputLength - 1
            ? "networks of 1001 classes have 'background' before the 1000 of ImageNet: add that line, or correct 'classes'"
            : "correct 'classes', or name the file that belongs to the weights";
        throw new MatchException(Rules.LabelCount, file.Span, file.Value, labels.Length, network.OutputLength, advice);
    }

    private static ImmutableArray<string> Lines(FileReference file, string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaximumLength)
                throw new MatchException(Rules.LabelsUnreadable, file.Span, file.Value, $"it has {length} bytes; a list of labels has at most {MaximumLength}");
            string text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            string[] lines = text.ReplaceLineEndings("\n").Split('\n');
            int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
            return [.. lines.Take(count).Select(line => string.Concat(line.Where(c => !char.IsControl(c))).Trim())];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new MatchException(Rules.LabelsUnreadable, file.Span, file.Value, error is DecoderFallbackException ? "it is not UTF-8 text" : error.Message);
        }
    }
}
