using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Generator.Written;
using Compilation = MobileNetGen.Compiler.Compilation;
using Diagnostic = MobileNetGen.Compiler.Diagnostics.Diagnostic;

namespace MobileNetGen.Generator.Models;

/// <summary>A <c>.mbnet</c> file among the others of its project, for diagnostics.</summary>
internal sealed class NetworkFile
{
    private readonly Microsoft.CodeAnalysis.Text.SourceText _content;
    private readonly string _rootNamespace;
    private readonly WrittenClass? _written;
    private readonly List<ClassClaim> _claims;

    private NetworkFile(AdditionalText text, Microsoft.CodeAnalysis.Text.SourceText content, string rootNamespace, IEnumerable<WrittenClass> written)
    {
        (Text, _content, _rootNamespace) = (text, content, rootNamespace);
        string key = WrittenClass.DescriptionKey(text.Path, content.ToString());
        _written = written.FirstOrDefault(w => w.Description == key);
        IEnumerable<string> classes = _written is null ? Compiled.Plans.Select(p => p.Network.QualifiedName) : _written.Networks;
        _claims = classes.Select(name => ClassClaim.Of(name, Text.Path, _rootNamespace)).ToList();
    }

    /// <summary>The file.</summary>
    public AdditionalText Text { get; }

    private Compilation Compiled => CompiledText.Of(Text.Path, _content);

    /// <summary>All of a project, compiled.</summary>
    public static IReadOnlyList<NetworkFile> All(AnalyzerOptions options, string? assembly, CancellationToken cancellation)
    {
        options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(NetworkGenerator.RootNamespaceProperty, out string? property);
        string rootNamespace = ClassNames.RootNamespace(property, assembly);
        List<WrittenClass> written = options.AdditionalFiles.Where(f => PackedFiles.IsWritten(f.Path)).Select(f => PackedFiles.Read(f, cancellation)).OfType<WrittenClass>().ToList();
        return options.AdditionalFiles
            .Where(f => NetworkGenerator.IsNetwork(f.Path))
            .Select(f => f.GetText(cancellation) is { } content ? new NetworkFile(f, content, rootNamespace, written) : null)
            .OfType<NetworkFile>()
            .ToList();
    }

    /// <summary>What is wrong with it, by itself, among <paramref name="all"/> files, and in its project.</summary>
    public IEnumerable<Diagnostic> Diagnostics(IEnumerable<NetworkFile> all, bool allowsUnsafe)
    {
        List<ClassClaim> claims = all.SelectMany(f => f._claims).ToList();
        if (_written is not null && allowsUnsafe && _claims.All(c => c.Earlier(claims) is null))
            return _written.Found.Select(d => d with { Path = Text.Path });
        Compilation compiled = Compiled;
        var project = new DiagnosticBag(new SourceText(Text.Path, _content.ToString()));
        foreach (Network network in compiled.Plans.Select(p => p.Network))
        {
            ClassClaim.Of(network, Text.Path, _rootNamespace).Check(network, claims, compiled.Positions, project);
            if (!allowsUnsafe)
                project.Report(Rules.UnsafeNotAllowed, compiled.Positions[Place.Name], network.ClassName);
        }

        return DescriptionFindings.Of(Text.Path, _content.ToString(), compiled).Concat(project.Items);
    }
}
