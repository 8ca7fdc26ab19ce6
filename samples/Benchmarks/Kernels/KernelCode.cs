using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>A kernel on some rows of maps in scratch.</summary>
internal unsafe delegate void KernelCall(byte* scratch, byte* weights, int y, int count);

/// <summary>The calls of kernels that the generator writes, compiled: it alone chooses kernels and their arguments.</summary>
internal static class KernelCode
{
    /// <summary>A call for each step.</summary>
    public static IReadOnlyList<KernelCall> Compile(IReadOnlyList<(ClassModel Model, Step Step)> steps)
    {
        var writer = new IndentedWriter();
        writer.WriteLine("using System.Runtime.CompilerServices;");
        writer.WriteLine("public static unsafe class Calls");
        using (writer.Block())
        {
            foreach (((ClassModel model, Step step), int i) in steps.Select((step, i) => (step, i)))
            {
                writer.WriteLine("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
                writer.WriteLine($"public static void Call{i}(byte* scratch, byte* weights, int y, int count)");
                using (writer.Block())
                {
                    StepEmitter.Maps(writer, model, step);
                    StepEmitter.Kernel(writer, model, step);
                }
            }
        }

        Type type = Load(writer.ToString());
        return [.. steps.Select((_, i) => type.GetMethod($"Call{i}")!.CreateDelegate<KernelCall>())];
    }

    private static Type Load(string code)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Calls",
            [CSharpSyntaxTree.ParseText(code)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        if (!result.Success)
            throw new InvalidOperationException($"The calls do not compile: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
        image.Position = 0;
        return new AssemblyLoadContext("Calls").LoadFromStream(image).GetType("Calls", throwOnError: true)!;
    }
}
