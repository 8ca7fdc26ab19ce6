using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Models;
using MobileNetGen.Generator.Written;

namespace MobileNetGen.Generator;

/// <summary>
/// Turns the project's <c>.mbnet</c> files into classes. A pure function of texts: the descriptions, and the <c>.mbplan</c> files that packing wrote
/// for their weights. The <c>.mbclass</c> files beside those spare it the work and change nothing. Errors are the analyzer's business, so no diagnostic ever makes a step run again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>The MSBuild property of the root namespace, as analyzers see it.</summary>
    internal const string RootNamespaceProperty = "build_property.RootNamespace";

    /// <summary>Step: the classes of each <c>.mbnet</c> file that packing has written already.</summary>
    internal const string WrittenStep = "Written";

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
        IncrementalValuesProvider<AdditionalText> files = context.AdditionalTextsProvider
            .Where(static file => IsNetwork(file.Path))
            .Collect()
            .SelectMany(static (files, _) => files.GroupBy(file => file.Path, StringComparer.Ordinal).Select(same => same.First()));

        IncrementalValuesProvider<PlanText> packed = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".mbplan", StringComparison.OrdinalIgnoreCase))
            .SelectMany(static (file, cancellation) => file.GetText(cancellation) is { } text ? ImmutableArray.Create(new PlanText(text.ToString())) : [])
            .WithTrackingName(PackedStep);

        IncrementalValueProvider<ImmutableArray<WrittenClass>> written = context.AdditionalTextsProvider
            .Where(static file => WrittenClasses.IsWritten(file.Path))
            .Collect()
            .Select(static (files, cancellation) => WrittenClasses.Read(files, cancellation));

        IncrementalValueProvider<string> rootNamespace = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue(RootNamespaceProperty, out string? value) ? value : null)
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName))
            .Select(static (names, _) => ClassNames.RootNamespace(names.Left, names.Right))
            .WithTrackingName(RootNamespaceStep);

        IncrementalValuesProvider<NetworkModel> networks = files
            .Combine(written.Combine(packed.Collect()).Combine(rootNamespace))
            .Select(static (pair, cancellation) =>
            {
                (AdditionalText file, ((ImmutableArray<WrittenClass> written, ImmutableArray<PlanText> packed), string rootNamespace)) = pair;
                return (File: file, Written: file.GetText(cancellation) is { } text ? WrittenClasses.Of(file.Path, text, written, packed, rootNamespace) : default);
            })
            .WithTrackingName(WrittenStep)
            .SelectMany(static (pair, cancellation) => pair.File.GetText(cancellation) is { } text ? NetworkModel.Of(pair.File.Path, text, pair.Written).ToImmutableArray() : [])
            .WithTrackingName(NetworksStep);

        IncrementalValueProvider<ImmutableArray<ClassClaim>> claims = networks
            .Combine(rootNamespace)
            .Select(static (pair, _) => ClassClaim.Of(pair.Left.QualifiedName, pair.Left.Path, pair.Right))
            .Collect();

        IncrementalValuesProvider<ClassText> classes = networks
            .Combine(rootNamespace.Combine(claims).Combine(packed.Collect()))
            .SelectMany(static (pair, _) =>
            {
                (NetworkModel network, ((string rootNamespace, ImmutableArray<ClassClaim> claims), ImmutableArray<PlanText> packed)) = pair;
                bool isTaken = ClassClaim.Of(network.QualifiedName, network.Path, rootNamespace).Earlier(claims) is not null;
                return isTaken ? [] : ImmutableArray.Create(network.WithWeights(packed, rootNamespace));
            })
            .WithTrackingName(ClassesStep);

        context.RegisterSourceOutput(classes, static (output, text) =>
            output.AddSource($"{text.QualifiedName}.g.cs", SourceText.From(text.Model is { } model ? ClassEmitter.Emit(model) : text.Written!, Encoding.UTF8)));
    }

    /// <summary>Whether a file describes networks.</summary>
    internal static bool IsNetwork(string path) => path.EndsWith(".mbnet", StringComparison.OrdinalIgnoreCase);
}
