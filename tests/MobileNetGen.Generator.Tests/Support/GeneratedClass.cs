using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;
using MobileNetGen.Runtime;

namespace MobileNetGen.Generator.Tests.Support;

/// <summary>A generated class, compiled and loaded.</summary>
internal sealed class GeneratedClass
{
        /// <summary>Compiles generated code with the weights as its resource, where it has one.</summary>
    public GeneratedClass(string source, byte[]? weights = null, string resource = "")
    {
        using var image = new MemoryStream();
        ResourceDescription[] resources = weights is null ? [] : [new ResourceDescription(resource, () => new MemoryStream(weights), isPublic: true)];
        EmitResult result = Harness.Compilation(sources: source).Emit(image, manifestResources: resources);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity != DiagnosticSeverity.Hidden));
        image.Position = 0;
        Type = new AssemblyLoadContext(null).LoadFromStream(image).GetExportedTypes().Single();
    }

    public delegate Prediction Classify(ReadOnlySpan<byte> pixels);

    public delegate void Score(ReadOnlySpan<byte> pixels, Span<float> scores);

    public delegate void ScoreInScratch(ReadOnlySpan<byte> pixels, Span<float> scores, Span<byte> scratch);

    public delegate void Raw<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output);

    public delegate void RawInScratch<T>(ReadOnlySpan<T> input, Span<T> output, Span<byte> scratch);

    public delegate void Two<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> first, Span<TOut> second);

    public delegate void Three<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> first, Span<TOut> second, Span<TOut> third);

    public delegate void ThreeInScratch<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> first, Span<TOut> second, Span<TOut> third, Span<byte> scratch);

    public delegate ReadOnlySpan<string> Names();

    /// <summary>The class itself.</summary>
    public Type Type { get; }

    public Classify Run => Method<Classify>("Run");

    public Score RunScores => Method<Score>("Run");

    public ScoreInScratch RunScoresInScratch => Method<ScoreInScratch>("Run");

    public string[] Labels => Method<Names>("get_Labels")().ToArray();

    public Raw<T, T> RunRaw<T>() => RunRaw<T, T>();

    public Raw<TIn, TOut> RunRaw<TIn, TOut>() => Method<Raw<TIn, TOut>>("RunRaw");

    public RawInScratch<T> RunRawInScratch<T>() => Method<RawInScratch<T>>("RunRaw");

    /// <summary>A public constant.</summary>
    public long Constant(string name) => Convert.ToInt64(Type.GetField(name)!.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A public method by the types of its parameters.</summary>
    public T Method<T>(string name)
        where T : Delegate
    {
        Type[] parameters = [.. typeof(T).GetMethod("Invoke")!.GetParameters().Select(p => p.ParameterType)];
        return Type.GetMethod(name, BindingFlags.Public | BindingFlags.Static, parameters)!.CreateDelegate<T>();
    }
}
