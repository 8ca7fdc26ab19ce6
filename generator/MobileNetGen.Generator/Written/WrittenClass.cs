using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Generator.Written;

/// <summary>
/// A class as packing has written it: the <c>.mbclass</c> file. A compiler that is given the same texts takes it, and need neither plan the network nor write
/// its class again at every edit of C#. It says all that it was made of, so one that fits no longer is left alone.
/// </summary>
/// <param name="QualifiedName">The class, with the namespace that its text gives it, if any.</param>
/// <param name="Description">What identifies the description: see <see cref="DescriptionKey"/>.</param>
/// <param name="Plan">The hash of the <c>.mbplan</c> file's text.</param>
/// <param name="RootNamespace">The namespace of classes whose text gives none.</param>
/// <param name="Networks">The qualified names of all classes of the description, in its order.</param>
/// <param name="Found">What is to be said of the description, whatever project it is in.</param>
/// <param name="Source">The C# text.</param>
internal sealed record WrittenClass(
    string QualifiedName, string Description, string Plan, string RootNamespace, EquatableArray<string> Networks, EquatableArray<Diagnostic> Found, string Source) : PackedFile
{
    private const string Header = "mbclass 1 ", SourceLine = "source";

    // A compiler of another build may plan and write otherwise.
    private static readonly string s_compiler = $"{typeof(WrittenClass).Module.ModuleVersionId} {typeof(Plan).Module.ModuleVersionId}";

    /// <summary>Identifies a description for a compiler: all that plans, diagnostics and the class's first lines follow from.</summary>
    /// <param name="path">The <c>.mbnet</c> file, of which the folder does not count.</param>
    /// <param name="text">Its whole text, comments included: diagnostics know where they stand.</param>
    public static string DescriptionKey(string path, string text) => TextHash.Of($"{s_compiler}\n{Path.GetFileName(path)}\n{text}");

    /// <summary>The text of the file, with <c>\n</c> line ends.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        Line("class", QualifiedName);
        Line("description", Description);
        Line("plan", Plan);
        Line("namespace", RootNamespace);
        foreach (string network in Networks)
            Line("network", network);
        foreach (Diagnostic d in Found)
            Line("found", d.Rule.Id, d.Span.Start, d.Span.Length, d.Start.Line, d.Start.Column, d.End.Line, d.End.Column, d.Message);
        Line(SourceLine);
        string content = text.Append(Source).ToString();
        return Header + TextHash.Of(content) + "\n" + content;

        void Line(params object[] values) => text.Append(string.Join(" ", values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))).Append('\n');
    }

    /// <summary>Reads a text that <see cref="Write"/> wrote; null for any other.</summary>
    public static WrittenClass? Read(string text)
    {
        int end = text.IndexOf('\n');
        if (end < 0 || !text.StartsWith(Header, StringComparison.Ordinal))
            return null;
        string content = text.Substring(end + 1);
        if (text.Substring(Header.Length, end - Header.Length) != TextHash.Of(content))
            return null;
        try
        {
            return ReadContent(content);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static WrittenClass? ReadContent(string content)
    {
        string? name = null, description = null, plan = null, rootNamespace = null;
        List<string> networks = [];
        List<Diagnostic> found = [];
        int end;
        for (int start = 0; (end = content.IndexOf('\n', start)) >= 0; start = end + 1)
        {
            string line = content.Substring(start, end - start);
            int space = line.IndexOf(' ');
            (string keyword, string rest) = space < 0 ? (line, "") : (line.Substring(0, space), line.Substring(space + 1));
            switch (keyword)
            {
                case "class":
                    name = rest;
                    break;
                case "description":
                    description = rest;
                    break;
                case "plan":
                    plan = rest;
                    break;
                case "namespace":
                    rootNamespace = rest;
                    break;
                case "network":
                    networks.Add(rest);
                    break;
                case "found":
                    found.Add(ReadDiagnostic(rest));
                    break;
                case SourceLine:
                    return name is null || description is null || plan is null || rootNamespace is null || !networks.Contains(name) || !networks.All(n => ClassNames.IsValid(n, allowDots: true))
                        ? null : new WrittenClass(name, description, plan, rootNamespace, networks.ToEquatableArray(), found.ToEquatableArray(), content.Substring(end + 1));
                default:
                    return null;
            }
        }

        return null;
    }

    private static Diagnostic ReadDiagnostic(string fields)
    {
        string[] parts = fields.Split([' '], 8);
        int[] numbers = [.. parts.Skip(1).Take(6).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        if (numbers.Length < 6 || Array.Exists(numbers, n => n < 0) || numbers[4] < numbers[2] || (numbers[4] == numbers[2] && numbers[5] < numbers[3]))
            throw new FormatException();
        return new Diagnostic(
            Rules.All.First(r => r.Id == parts[0]), "", new TextSpan(numbers[0], checked(numbers[0] + numbers[1]) - numbers[0]),
            new LinePosition(numbers[2], numbers[3]), new LinePosition(numbers[4], numbers[5]), parts.Last());
    }
}
