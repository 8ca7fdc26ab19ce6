using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>Programs as users write them, compiled as a new console project compiles them.</summary>
internal static class Programs
{
    /// <summary>What a new project and the package add to every file.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using MobileNetGen.Runtime;
        """;

    private static readonly ImmutableArray<MetadataReference> s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>Compiles what several programs use.</summary>
    public static MetadataReference Library(IEnumerable<string> sources)
    {
        using var image = new MemoryStream();
        EmitResult result = Compile(sources, OutputKind.DynamicallyLinkedLibrary).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>Errors and warnings of a program.</summary>
    public static IReadOnlyList<string> Problems(params IEnumerable<string> sources) => Problems(null, sources);

    /// <summary>Errors and warnings of a program that uses a library.</summary>
    public static IReadOnlyList<string> Problems(MetadataReference? library, params IEnumerable<string> sources) =>
        [.. Compile(sources).AddReferences(library is null ? [] : [library]).GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];

    /// <summary>Runs a program with a resource, and gives what it printed.</summary>
    public static string Run(string[] arguments, string resource, byte[] content, params IEnumerable<string> sources)
    {
        using var image = new MemoryStream();
        EmitResult result = Compile(sources).Emit(image, manifestResources: [new ResourceDescription(resource, () => new MemoryStream(content), isPublic: true)]);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        MethodInfo main = Assembly.Load(image.ToArray()).EntryPoint!;
        using var output = new StringWriter();
        TextWriter console = Console.Out;
        try
        {
            Console.SetOut(output);
            main.Invoke(null, [arguments]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString().ReplaceLineEndings("\n");
    }

    private static CSharpCompilation Compile(IEnumerable<string> sources, OutputKind kind = OutputKind.ConsoleApplication) => CSharpCompilation.Create(
        "Program",
        sources.Append(Usings).Select(s => CSharpSyntaxTree.ParseText(s, new CSharpParseOptions(LanguageVersion.CSharp14))).ToArray(),
        s_references,
        new CSharpCompilationOptions(kind, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release)
            .WithSpecificDiagnosticOptions([new("CS8321", ReportDiagnostic.Suppress)])); // A function that an example shows is not called.
}
