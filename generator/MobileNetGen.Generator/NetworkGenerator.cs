using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator;

/// <summary>
/// Turns the project's <c>.mbnet</c> files into classes. A pure function of texts: the descriptions, and the <c>.mbplan</c> files that packing wrote
/// for their weights. Errors are the analyzer's business, so no diagnostic ever makes a step run again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>The MSBuild property of the root namespace, as analyzers see it.</summary>
    internal const string RootNamespaceProperty = "build_property.RootNamespace";

    /// <summary>Step: the networks of each <c>.mbnet</c> file.</summary>
    internal const string NetworksStep = "Networks";

    /// <summary>Step: what packing found out about each network.</summary>
    internal const string PackedStep = "Packed";

    /// <summary>Step: the project's root namespace.</summary>
    internal const string RootNamespaceStep = "RootNamespace";

    /// <summary>Step: the model of each class, whose value alone decides whether its file is written again.</summary>
    internal const string ClassesStep = "Classes";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // A project may list a file twice, by a pattern and by name.
        IncrementalValuesProvider<NetworkModel> networks = context.AdditionalTextsProvider
            .Where(static file => IsNetwork(file.Path))
            .Collect()
            .SelectMany(static (files, _) => files.GroupBy(file => file.Path, StringComparer.Ordinal).Select(same => same.First()))
            .SelectMany(static (file, cancellation) => file.GetText(cancellation) is { } text ? NetworkModel.Of(file.Path, text).ToImmutableArray() : [])
            .WithTrackingName(NetworksStep);

        IncrementalValuesProvider<PackedNetwork> packed = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".mbplan", StringComparison.OrdinalIgnoreCase))
            .SelectMany(static (file, cancellation) =>
                file.GetText(cancellation) is { } text && PackedNetworkText.Read(text.ToString()) is { } network ? ImmutableArray.Create(network) : [])
            .WithTrackingName(PackedStep);

        IncrementalValueProvider<string> rootNamespace = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue(RootNamespaceProperty, out string? value) ? value : null)
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName))
            .Select(static (names, _) => ClassNames.RootNamespace(names.Left, names.Right))
            .WithTrackingName(RootNamespaceStep);

        IncrementalValueProvider<ImmutableArray<ClassClaim>> claims = networks
            .Combine(rootNamespace)
            .Select(static (pair, _) => ClassClaim.Of(pair.Left.Plan.Network, pair.Left.Path, pair.Right))
            .Collect();

        IncrementalValuesProvider<ClassModel> classes = networks
            .Combine(rootNamespace.Combine(claims).Combine(packed.Collect()))
            .SelectMany(static (pair, _) =>
            {
                (NetworkModel network, ((string rootNamespace, ImmutableArray<ClassClaim> claims), ImmutableArray<PackedNetwork> packed)) = pair;
                bool isTaken = ClassClaim.Of(network.Plan.Network, network.Path, rootNamespace).Earlier(claims) is not null;
                return isTaken ? [] : ImmutableArray.Create(network.WithWeights(packed, rootNamespace));
            })
            .WithTrackingName(ClassesStep);

        context.RegisterSourceOutput(classes, static (output, model) =>
            output.AddSource($"{model.Network.QualifiedName}.g.cs", SourceText.From(ClassEmitter.Emit(model), Encoding.UTF8)));
    }

    /// <summary>Whether a file describes networks.</summary>
    internal static bool IsNetwork(string path) => path.EndsWith(".mbnet", StringComparison.OrdinalIgnoreCase);
}
