using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Quantize;

/// <summary>The text of a float32 network, changed to that of its int8 form: every line that need not change stays, comments included.</summary>
internal static class QuantizedDescription
{
    /// <summary>What tells the int8 class from the float32 one, which stays in the project.</summary>
    private const string ClassSuffix = "_Int8";

    private const string Imported = "# Written by mbnet ";

    /// <summary>Writes the text.</summary>
    /// <param name="description">The float32 network's file.</param>
    /// <param name="network">The network of it that was quantised.</param>
    /// <param name="io">The type at the ends.</param>
    /// <param name="file">The file that the text is for.</param>
    /// <param name="weights">The weights, in the same folder.</param>
    public static string Write(Description description, Network network, Quantization io, string file, string weights)
    {
        string quantization = io == Quantization.Int8 ? "int8" : $"int8 io {io.ToString().ToLowerInvariant()}";

        // By keyword: what the statement becomes, or null where it goes. The others stay as they are.
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["class"] = Statement("class", network.ClassName + ClassSuffix),
            ["quantization"] = Statement("quantization", quantization),
            ["weights"] = Statement("weights", $"\"{weights}\""),
            ["epsilon"] = null,
        };
        if (io != Quantization.Float32)
            changes["normalize"] = null;
        if (network.Labels is { } labels)
            changes["labels"] = Statement("labels", $"\"{RelativeTo(file, Path.Combine(description.Folder, labels))}\"");
        if (description.Plans.Count > 1)
        {
            changes["alpha"] = Statement("alpha", VariantText.Alpha(network.Alpha));
            changes["resolution"] = changes["rho"] = Statement("resolution", VariantText.Resolution(network.Input.Height, network.Input.Width));
        }

        string origin = $"# Written by mbnet quantize from {Path.GetFileName(description.File)}.";
        var source = new SourceText(description.File, description.Text);
        NetworkSyntax syntax = Parser.Parse(source, new DiagnosticBag(source));
        var edits = new List<(int Start, int Length, string Text)>();
        foreach (Statement statement in syntax.Settings)
        {
            if (!changes.Remove(statement.Keyword.Text, out string? text))
                continue;
            edits.Add(text is null ? Line(source, statement.Span) : (statement.Span.Start, statement.Span.Length, text));
            if (statement.Keyword.Text == "weights")
            {
                IEnumerable<string> missing = new[] { "quantization", "class" }.Where(k => syntax.Find(k) is null).Select(k => LineBreak(source) + changes[k]);
                edits.Add((source.Line(source.Position(statement.Span.Start).Line).End, 0, string.Concat(missing)));
            }
        }

        var result = new StringBuilder(description.Text);
        foreach ((int start, int length, string text) in edits.OrderByDescending(e => e.Start))
            result.Remove(start, length).Insert(start, text);

        // What is said of where a text is from is true of this one no longer.
        string written = result.ToString();
        return written.StartsWith(Imported, StringComparison.Ordinal) && written.IndexOfAny(['\r', '\n']) is >= 0 and var end ? origin + written[end..] : written;
    }

    private static string Statement(string keyword, string value) => $"{keyword,-12} {value}";

    private static string LineBreak(SourceText source) => source.Text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>All of a statement's line, its comment and line break included.</summary>
    private static (int Start, int Length, string Text) Line(SourceText source, TextSpan span)
    {
        int line = source.Position(span.Start).Line, start = source.Line(line).Start;
        int end = line + 1 < source.LineCount ? source.Line(line + 1).Start : source.Text.Length;
        return (start, end - start, "");
    }

    /// <summary>A path as a file may name it on every system.</summary>
    private static string RelativeTo(string file, string path) =>
        Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFullPath(path)).Replace('\\', '/');
}
