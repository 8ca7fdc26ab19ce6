using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Files;

namespace MobileNetGen.Build;

/// <summary>
/// Compiles a project's descriptions, reports what is wrong with them or missing beside them, and finds what packing would read and write. Of one in which
/// nothing was wrong the stamp keeps what was found, as long as neither its content nor the compiler changes.
/// </summary>
public sealed class ScanNetworks : Task
{
    private readonly List<ClassClaim> _claims = [];
    private readonly List<ITaskItem> _descriptions = [];
    private readonly List<ITaskItem> _plans = [];
    private readonly SortedSet<string> _inputs = new(StringComparer.Ordinal);
    private Dictionary<string, string[]>? _stamps;
    private string? _packerFiles;

    /// <summary>The project's <c>.mbnet</c> files.</summary>
    [Required]
    public ITaskItem[] Networks { get; set; } = [];

    /// <summary>The folder that packing writes to.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The packer, <c>MobileNetGen.Packer.dll</c>: a new one packs everything anew.</summary>
    [Required]
    public string Packer { get; set; } = "";

    /// <summary>The project's root namespace, or empty.</summary>
    public string RootNamespace { get; set; } = "";

    /// <summary>The name of the project's assembly, or empty.</summary>
    public string AssemblyName { get; set; } = "";

    /// <summary>The project file, at which is reported what the project itself lacks.</summary>
    public string Project { get; set; } = "";

    /// <summary>The project's language, <c>C#</c>, <c>F#</c> or <c>VB</c>, or empty.</summary>
    public string Language { get; set; } = "";

    /// <summary>The kind of .NET that the project is for, such as <c>.NETCoreApp</c>, or empty.</summary>
    public string TargetFrameworkIdentifier { get; set; } = "";

    /// <summary>The version of it, such as <c>v10.0</c>, or empty.</summary>
    public string TargetFrameworkVersion { get; set; } = "";

    /// <summary>The version of C# that the project asks for, or empty.</summary>
    public string LangVersion { get; set; } = "";

    /// <summary>Whether the project lets the generated code use pointers.</summary>
    public bool AllowUnsafeBlocks { get; set; }

    /// <summary>Whether this build packs. If not, nothing is written and nothing reported.</summary>
    public bool Packs { get; set; }

    /// <summary>
    /// The descriptions that can be packed, with the metadata <c>Stamp</c> (a file that changes when an input does), <c>ReadFiles</c> (a list that
    /// packing writes of the weights files it read) and <c>Record</c> (a file that packing writes last).
    /// </summary>
    [Output]
    public ITaskItem[] Descriptions => [.. _descriptions];

    /// <summary>The weights and labels files that the descriptions name, and those that the last packing read besides, such as shards.</summary>
    [Output]
    public ITaskItem[] Inputs => [.. _inputs.Select(i => new TaskItem(i))];

    /// <summary>The namespace of classes whose description gives none.</summary>
    [Output]
    public string Namespace => ClassNames.RootNamespace(RootNamespace, AssemblyName);

    /// <summary>The plans of all descriptions, whether written yet or not.</summary>
    [Output]
    public ITaskItem[] Plans => [.. _plans];

    /// <summary>Called with every file that is compiled: a test's way to make that fail.</summary>
    internal Action<string>? Scanning { get; set; }

    /// <summary>The packer's own files, by content.</summary>
    private string PackerFiles => _packerFiles ??= Lines(Directory.GetFiles(Path.GetDirectoryName(Packer)!, "*.dll").OrderBy(f => f, StringComparer.Ordinal));

    /// <summary>The stamps that are there, by the line of their description.</summary>
    private Dictionary<string, string[]> Stamps => _stamps ??= (Directory.Exists(OutputDirectory) ? Directory.GetFiles(OutputDirectory, "*.stamp") : [])
        .Select(file => File.ReadAllLines(file)).Where(lines => lines.Length > 1).GroupBy(lines => lines[1], StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Execute()
    {
        var project = new DiagnosticBag(new SourceText(Project, ""));
        ProjectRequirements.Check(Language, TargetFrameworkIdentifier, TargetFrameworkVersion, LangVersion, project);
        foreach (Diagnostic diagnostic in project.Items)
            Report(diagnostic);
        if (project.HasErrors)
            return !Log.HasLoggedErrors;

        // Ordered, because a glob is not and a duplicate is reported at the second.
        var networks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (ITaskItem network in Networks)
            networks[Path.GetFullPath(network.GetMetadata("FullPath"))] = network.ItemSpec;
        foreach (KeyValuePair<string, string> network in networks)
        {
            try
            {
                if (Known(network.Key) is { } facts)
                    Add(network.Key, facts);
                else
                    Scan(network.Key, network.Value);
            }
            catch (Exception e)
            {
                Report(Failure.In(network.Key, "scanning the description", e));
            }
        }

        return !Log.HasLoggedErrors;
    }

    private void Scan(string path, string shownAs)
    {
        Scanning?.Invoke(path);
        string? text = DescriptionFile.Read(path, out string problem);
        var diagnostics = new DiagnosticBag(new SourceText(path, text ?? ""));
        if (text is null)
            diagnostics.Report(Rules.DescriptionUnreadable, default, shownAs, problem);
        Compilation compilation = text is null ? new Compilation(default, Positions.None, default) : Mbnet.Compile(path, text);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Network network in compilation.Plans.Select(p => p.Network))
        {
            for (int i = 0; i < network.Weights.Files.Count; i++)
                Find(network.Weights.Files[i], Place.WeightsFile(i), Rules.WeightsMissing);
            if (network.Labels is not null)
                Find(network.Labels, Place.Labels, Rules.LabelsMissing);
            Claim(network.QualifiedName, path).Check(network, _claims, compilation.Positions, diagnostics);
            // The analyzer says so too, but the C# compiler does not ask it once the generated code itself has errors.
            if (!AllowUnsafeBlocks)
                diagnostics.Report(Rules.UnsafeNotAllowed, compilation.Positions[Place.Name], network.ClassName);
        }

        foreach (Diagnostic diagnostic in compilation.Diagnostics.Concat(diagnostics.Items))
            Report(diagnostic);
        var facts = new ScannedFacts([.. compilation.Plans.Select(p => p.Network.QualifiedName)], [.. files], compilation.Diagnostics.Count == 0);
        if (facts.Classes.Count > 0 && !diagnostics.HasErrors)
            Add(path, facts);

        void Find(string reference, Place place, Rule missing)
        {
            string file = FullPath(path, reference);
            files.Add(file);
            if (WeightsPath.Find(file) is null)
                diagnostics.Report(missing, compilation.Positions[place], reference, file);
        }
    }

    /// <summary>What a stamp says of a description, where all is as it was and nothing is to be reported; else null.</summary>
    private ScannedFacts? Known(string path)
    {
        try
        {
            return AllowUnsafeBlocks
                && Stamps.TryGetValue(InputStamp.Line(path), out string[]? stamp)
                && stamp[0] == Namespace
                && string.Join("\n", stamp).Contains(PackerFiles)
                && ScannedFacts.In(stamp) is { } facts
                && facts.Files.All(file => WeightsPath.Find(file) is not null)
                && facts.Classes.All(name => Claim(name, path).Earlier(_claims) is null)
                    ? facts : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private ClassClaim Claim(string qualifiedName, string path) => ClassClaim.Of(qualifiedName, path, Namespace);

    private static string FullPath(string description, string reference)
    {
        try
        {
            return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(description)!, reference));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            // Not a path on this system, so nothing is there.
            return reference;
        }
    }

    private void Add(string path, ScannedFacts facts)
    {
        _claims.AddRange(facts.Classes.Select(name => Claim(name, path)));
        string[] inputs = [.. facts.Files.Select(WeightsPath.Find).OfType<string>()];
        _inputs.UnionWith(inputs);
        // The first class names the files: unlike the description's own name it is unique in the project.
        string basePath = Path.Combine(OutputDirectory, facts.Classes[0]);
        var item = new TaskItem(path);
        item.SetMetadata("Stamp", basePath + ".stamp");
        item.SetMetadata("ReadFiles", basePath + ".inputs");
        item.SetMetadata("Record", basePath + ".packed");
        _plans.AddRange(facts.Classes.Select(name => new TaskItem(Path.Combine(OutputDirectory, name + ".mbplan"))));
        _descriptions.Add(item);
        try
        {
            if (File.Exists(basePath + ".inputs"))
                _inputs.UnionWith(File.ReadAllLines(basePath + ".inputs").Select(InputStamp.PathIn));
            if (!Packs)
                return;
            InputStamp.Update(basePath + ".stamp", Namespace + "\n" + Lines(inputs.Prepend(path)) + PackerFiles + facts.Text);
            // Only packing finds out what other files a weights file consists of, so its record is the stamp of those.
            if (!InputStamp.IsCurrent(basePath + ".packed"))
                File.Delete(basePath + ".packed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var diagnostics = new DiagnosticBag(new SourceText(path, ""));
            diagnostics.Report(Rules.OutputUnwritable, default, basePath + ".stamp", e.Message);
            Report(diagnostics.Items[0]);
        }
    }

    private static string Lines(IEnumerable<string> files) => string.Concat(files.Select(f => InputStamp.Line(f) + "\n"));

    private void Report(Diagnostic d)
    {
        if (!Packs)
            return;
        (int line, int column, int endLine, int endColumn) = (d.Start.Line + 1, d.Start.Column + 1, d.End.Line + 1, d.End.Column + 1);
        switch (d.Rule.Severity)
        {
            case Severity.Error:
                Log.LogError(null, d.Rule.Id, null, d.Path, line, column, endLine, endColumn, d.Message);
                break;
            case Severity.Warning:
                Log.LogWarning(null, d.Rule.Id, null, d.Path, line, column, endLine, endColumn, d.Message);
                break;
            default:
                Log.LogMessage(null, d.Rule.Id, null, d.Path, line, column, endLine, endColumn, MessageImportance.Normal, d.Message);
                break;
        }
    }
}
