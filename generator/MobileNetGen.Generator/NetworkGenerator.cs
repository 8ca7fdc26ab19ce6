using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;
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
    /// <remarks>
    /// What passes from step to step is an object, never a structure of arrays: Roslyn's steps are generic, and the runtime would compile each anew for such a
    /// structure at the start of every build, in projects without a network too.
    /// </remarks>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // A project may list a file twice, by a pattern and by name.
        IncrementalValuesProvider<AdditionalText> files = context.AdditionalTextsProvider
            .Where(static file => IsNetwork(file.Path))
            .Collect()
            .SelectMany(static (files, _) => files.GroupBy(file => file.Path, StringComparer.Ordinal).Select(same => same.First()));

        IncrementalValueProvider<PackedFiles> packed = context.AdditionalTextsProvider
            .Where(static file => PackedFiles.IsPacked(file.Path))
            .SelectMany(static (file, cancellation) => PackedFiles.Read(file, cancellation) is { } read ? ImmutableArray.Create(read) : [])
            .WithTrackingName(PackedStep)
            .Collect()
            .Select(static (files, _) => PackedFiles.Of(files));

        IncrementalValueProvider<string> rootNamespace = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue(RootNamespaceProperty, out string? value) ? value : null)
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName))
            .Select(static (names, _) => ClassNames.RootNamespace(names.Left, names.Right))
            .WithTrackingName(RootNamespaceStep);

        IncrementalValueProvider<Project> project = rootNamespace
            .Combine(packed)
            .Select(static (pair, _) => new Project(pair.Left, pair.Right));

        IncrementalValuesProvider<NetworkModel> networks = files
            .Combine(project)
            .Select(static (pair, cancellation) => new DescribedFile(
                pair.Left, pair.Left.GetText(cancellation) is { } text ? pair.Right.Packed.ClassesOf(pair.Left.Path, text, pair.Right.RootNamespace) : default))
            .WithTrackingName(WrittenStep)
            .SelectMany(static (file, cancellation) => file.File.GetText(cancellation) is { } text ? NetworkModel.Of(file.File.Path, text, file.Written).ToImmutableArray() : [])
            .WithTrackingName(NetworksStep);

        IncrementalValueProvider<ClassClaims> claims = networks
            .Combine(rootNamespace)
            .Select(static (pair, _) => ClassClaim.Of(pair.Left.QualifiedName, pair.Left.Path, pair.Right))
            .Collect()
            .Select(static (claims, _) => new ClassClaims(claims.ToEquatableArray()));

        IncrementalValuesProvider<ClassText> classes = networks
            .Combine(project.Combine(claims).Select(static (pair, _) => pair.Left with { Claims = pair.Right }))
            .SelectMany(static (pair, _) =>
            {
                (NetworkModel network, Project project) = pair;
                bool isTaken = ClassClaim.Of(network.QualifiedName, network.Path, project.RootNamespace).Earlier(project.Claims!.All) is not null;
                return isTaken ? [] : ImmutableArray.Create(network.WithWeights(project.Packed.Plans, project.RootNamespace));
            })
            .WithTrackingName(ClassesStep);

        context.RegisterSourceOutput(classes, static (output, text) =>
            output.AddSource($"{text.QualifiedName}.g.cs", SourceText.From(text.Model is { } model ? ClassEmitter.Emit(model) : text.Written!, Encoding.UTF8)));
    }

    /// <summary>Whether a file describes networks.</summary>
    internal static bool IsNetwork(string path) => path.EndsWith(".mbnet", StringComparison.OrdinalIgnoreCase);
}
