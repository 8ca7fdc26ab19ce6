using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MobileNetGen.Generator.Models;

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
            var files = new Lazy<IReadOnlyList<NetworkFile>>(() => NetworkFile.All(start.Options, start.Compilation.AssemblyName, start.CancellationToken));
            bool allowsUnsafe = start.Compilation.Options is not CSharpCompilationOptions { AllowUnsafe: false };
            start.RegisterAdditionalFileAction(context =>
            {
                if (!NetworkGenerator.IsNetwork(context.AdditionalFile.Path))
                    return;
                foreach (NetworkFile file in files.Value.Where(f => f.Text == context.AdditionalFile))
                {
                    foreach (Compiler.Diagnostics.Diagnostic diagnostic in file.Diagnostics(files.Value, allowsUnsafe))
                        context.ReportDiagnostic(Descriptors.At(diagnostic));
                }
            });
        });
    }
}
