using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Generator.Written;
using MobileNetGen.Runtime;

namespace MobileNetGen.Generator.Tests.Support;

/// <summary>Runs the generator and the analyzer as the compiler does.</summary>
internal static class Harness
{
    public const string RootNamespace = "Contoso.Vision";

    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
            .Append(typeof(Prediction).Assembly.Location)
            .Distinct()
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>One without sources. Those that are made of it share what the compiler has read of the references.</summary>
    private static readonly CSharpCompilation s_empty = CSharpCompilation.Create(
        "Consumer",
        references: s_references,
        options: new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999, optimizationLevel: OptimizationLevel.Release));

    /// <summary>A strict consumer: unsafe code, nullable, warnings as errors, documentation checked.</summary>
    public static CSharpCompilation Compilation(bool allowUnsafe = true, params string[] sources) =>
        (allowUnsafe ? s_empty : s_empty.WithOptions(s_empty.Options.WithAllowUnsafe(false))).AddSyntaxTrees([.. sources.Select(s => CSharpSyntaxTree.ParseText(s, s_parseOptions))]);

    /// <summary>A driver that remembers why its steps ran.</summary>
    public static GeneratorDriver Driver(IEnumerable<AdditionalText> files, string? rootNamespace = RootNamespace) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        files,
        s_parseOptions,
        new Options(rootNamespace),
        new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The generated files by name.</summary>
    public static IReadOnlyDictionary<string, string> Generate(params (string Path, string Text)[] files)
    {
        GeneratorDriverRunResult result = Driver(Texts(files)).RunGenerators(Compilation()).GetRunResult();
        Assert.Empty(result.Diagnostics);
        Assert.Null(result.Results.Single().Exception);
        return result.Results.Single().GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
    }

    /// <summary>A network's file and the plans that the fake packer makes of it.</summary>
    public static (string Path, string Text)[] Packed(string path, string text, params string[] labels) =>
        [(path, text), .. FakePacker.Files(text, labels).Select(f => (f.Key, f.Value))];

    /// <summary>A network's file, its plans, and the classes that packing writes beside them for the project of <see cref="Driver"/>.</summary>
    public static (string Path, string Text)[] Written(string path, string text, params string[] labels)
    {
        (string Path, string Text)[] packed = Packed(path, text, labels);
        Compiler.Compilation compiled = Compiler.Mbnet.Compile(path, text);
        return [.. packed, .. compiled.Plans.Zip(packed.Skip(1), (plan, file) => (Path.ChangeExtension(file.Path, ".mbclass"), ClassWriter.Write(path, text, compiled, plan, file.Text, RootNamespace)))];
    }

    /// <summary>Everything the C# compiler says about generated files in a strict consumer.</summary>
    public static ImmutableArray<Diagnostic> Compile(IEnumerable<string> sources)
    {
        CSharpCompilation compilation = Compilation(sources: [.. sources]);
        return [.. compilation.GetDiagnostics().Where(d => d.Severity != DiagnosticSeverity.Hidden)];
    }

    /// <summary>What the analyzer reports.</summary>
    public static IReadOnlyList<Diagnostic> Analyze(bool allowUnsafe, params (string Path, string Text)[] files)
    {
        var options = new AnalyzerOptions(Texts(files), new Options(RootNamespace));
        CompilationWithAnalyzers compilation = Compilation(allowUnsafe).WithAnalyzers([new NetworkAnalyzer()], options);
        return [.. compilation.GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult()
            .OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>Texts in memory.</summary>
    public static ImmutableArray<AdditionalText> Texts(params (string Path, string Text)[] files) => [.. files.Select(f => new MemoryText(f.Path, f.Text))];

    /// <summary>A file in memory.</summary>
    public sealed class MemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(string? rootNamespace) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(rootNamespace);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(string? rootNamespace) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key == "build_property.RootNamespace" ? rootNamespace : null;
            return value is not null;
        }
    }
}
