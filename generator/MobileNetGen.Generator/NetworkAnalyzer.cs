using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;
using Compilation = Microsoft.CodeAnalysis.Compilation;
using SourceText = MobileNetGen.Compiler.Syntax.SourceText;

namespace MobileNetGen.Generator;

/// <summary>
/// Reports what is wrong in <c>.mbnet</c> files while they are edited. It is apart from the generator so that a diagnostic never makes a class be
/// generated again. (In a build on the command line the scanning task comes first and stops at the language's errors.)
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetworkAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            // Classes of one name are found across files, so every file is compiled, once.
            var files = new Lazy<ImmutableArray<NetworkFile>>(() => NetworkFile.All(start.Options, start.Compilation, start.CancellationToken));
            start.RegisterAdditionalFileAction(context =>
            {
                if (NetworkGenerator.IsNetwork(context.AdditionalFile.Path))
                {
                    foreach (NetworkFile file in files.Value.Where(f => f.File == context.AdditionalFile))
                        file.Report(files.Value, AllowsUnsafe(context.Compilation), context.ReportDiagnostic);
                }
            });
        });
    }

    private static bool AllowsUnsafe(Compilation compilation) => compilation.Options is not Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions { AllowUnsafe: false };

    /// <summary>A <c>.mbnet</c> file, compiled.</summary>
    private sealed class NetworkFile(AdditionalText file, string text, string rootNamespace)
    {
        private readonly MobileNetGen.Compiler.Compilation _compiled = Mbnet.Compile(file.Path, text);

        public AdditionalText File => file;

        public static ImmutableArray<NetworkFile> All(AnalyzerOptions options, Compilation compilation, CancellationToken cancellation)
        {
            options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(RootNamespace.Property, out string? property);
            string rootNamespace = RootNamespace.Of(property, compilation.AssemblyName);
            return options.AdditionalFiles
                .Where(f => NetworkGenerator.IsNetwork(f.Path))
                .Select(f => f.GetText(cancellation) is { } text ? new NetworkFile(f, text.ToString(), rootNamespace) : null)
                .OfType<NetworkFile>()
                .ToImmutableArray();
        }

        public void Report(IEnumerable<NetworkFile> all, bool allowsUnsafe, Action<Microsoft.CodeAnalysis.Diagnostic> report)
        {
            var found = new DiagnosticBag(new SourceText(file.Path, text));
            List<ClassClaim> claims = all.SelectMany(f => f.Claims()).ToList();
            foreach (Plan plan in _compiled.Plans)
            {
                Network network = plan.Network;
                if (Claim(network).Earlier(claims) is { } earlier)
                    found.Report(Rules.DuplicateClass, network.NameSpan, network.ClassName, Path.GetFileName(earlier.Path), network.ClassName + "B");
                if (!plan.FitsStack)
                    found.Report(Rules.ScratchOffStack, network.NameSpan, network.ClassName, KiB(plan.ScratchBytes), KiB(plan.ScratchBytes - network.StackBudget), KiB(network.StackBudget));
                if (!allowsUnsafe)
                    found.Report(Rules.UnsafeNotAllowed, network.NameSpan, network.ClassName);
            }

            foreach (MobileNetGen.Compiler.Diagnostics.Diagnostic diagnostic in _compiled.Diagnostics.Concat(found.Items))
                report(Descriptors.At(diagnostic));
        }

        private static string KiB(long bytes) => Emission.Literals.KiB(bytes);

        private ClassClaim Claim(Network network) => ClassClaim.Of(network, file.Path, rootNamespace);

        private IEnumerable<ClassClaim> Claims() => _compiled.Plans.Select(p => Claim(p.Network));
    }
}
