using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Samples.Evaluate;

/// <summary>Runs a generated class: pixels, row by row, in; the score of each class out.</summary>
internal delegate void Run(ReadOnlySpan<byte> pixels, Span<float> scores);

/// <summary>A network of this program.</summary>
/// <param name="Network">The network.</param>
/// <param name="Folder">The folder of its description, to which weights files are relative.</param>
/// <param name="Run">The generated class.</param>
internal sealed record Subject(Network Network, string Folder, Run Run)
{
    /// <summary>The networks of <c>models/cifar10</c>: the build generated their classes, and copied the files beside the program.</summary>
    public static IEnumerable<Subject> ReadAll()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "cifar10");
        return Directory.EnumerateFiles(folder, "*.mbnet").Order(StringComparer.Ordinal)
            .SelectMany(file => Mbnet.Compile(file, File.ReadAllText(file)).Plans)
            .Select(plan => new Subject(plan.Network, folder, GeneratedClass(plan.Network.ClassName)));
    }

    private static Run GeneratedClass(string name) =>
        Assembly.GetExecutingAssembly().GetType($"{typeof(Subject).Namespace}.{name}")!
            .GetMethod("Run", [typeof(ReadOnlySpan<byte>), typeof(Span<float>)])!.CreateDelegate<Run>();
}
