using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Generator.Emission;
using Compilation = MobileNetGen.Compiler.Compilation;
using Diagnostic = MobileNetGen.Compiler.Diagnostics.Diagnostic;

namespace MobileNetGen.Generator.Models;

/// <summary>A <c>.mbnet</c> file among the others of its project, for diagnostics.</summary>
internal sealed class NetworkFile
{
    private readonly Compilation _compiled;
    private readonly string _content;
    private readonly string _rootNamespace;

    private NetworkFile(AdditionalText text, Microsoft.CodeAnalysis.Text.SourceText content, string rootNamespace)
    {
        (Text, _content, _rootNamespace) = (text, content.ToString(), rootNamespace);
        _compiled = CompiledText.Of(text.Path, content);
    }

    /// <summary>The file.</summary>
    public AdditionalText Text { get; }

    /// <summary>All of a project, compiled.</summary>
    public static ImmutableArray<NetworkFile> All(AnalyzerOptions options, string? assembly, CancellationToken cancellation)
    {
        options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(NetworkGenerator.RootNamespaceProperty, out string? property);
        string rootNamespace = ClassNames.RootNamespace(property, assembly);
        return options.AdditionalFiles
            .Where(f => NetworkGenerator.IsNetwork(f.Path))
            .Select(f => f.GetText(cancellation) is { } content ? new NetworkFile(f, content, rootNamespace) : null)
            .OfType<NetworkFile>()
            .ToImmutableArray();
    }

    /// <summary>What is wrong with it, by itself, among <paramref name="all"/> files, and in its project.</summary>
    public IEnumerable<Diagnostic> Diagnostics(IEnumerable<NetworkFile> all, bool allowsUnsafe)
    {
        var found = new DiagnosticBag(new SourceText(Text.Path, _content));
        List<ClassClaim> claims = all.SelectMany(f => f._compiled.Plans.Select(p => f.Claim(p.Network))).ToList();
        foreach (Plan plan in _compiled.Plans)
        {
            Network network = plan.Network;
            Claim(network).Check(network, claims, _compiled.Positions, found);
            if (!plan.FitsStack)
            {
                found.Report(
                    Rules.ScratchOffStack, _compiled.Positions[Place.Name], network.ClassName, Literals.KiB(plan.ScratchBytes),
                    Literals.KiB(plan.ScratchBytes - network.StackBudget), Literals.KiB(network.StackBudget));
            }

            foreach (Layer unread in network.UnreadLayers)
                found.Report(Rules.UnreadLayer, _compiled.Positions[Place.Layer(unread)], unread.Name);
            if (!allowsUnsafe)
                found.Report(Rules.UnsafeNotAllowed, _compiled.Positions[Place.Name], network.ClassName);
        }

        return _compiled.Diagnostics.Concat(found.Items);
    }

    private ClassClaim Claim(Network network) => ClassClaim.Of(network, Text.Path, _rootNamespace);
}
