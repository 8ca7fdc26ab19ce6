using System;
using System.Reflection;
using MobileNetGen.Runtime;

namespace MobileNetGen.Conformance;

/// <summary>A generated class of this project, by its name: what every such class has is tested on all of them.</summary>
public sealed class GeneratedClass
{
    private readonly Type _type;

    public GeneratedClass(string name) => _type = typeof(GeneratedClass).Assembly.GetType(name, throwOnError: true)!;

    public delegate Prediction Classify(ReadOnlySpan<byte> pixels);

    public delegate void Score(ReadOnlySpan<byte> pixels, Span<float> scores);

    public delegate void ScoreInScratch(ReadOnlySpan<byte> pixels, Span<float> scores, Span<byte> scratch);

    public delegate Prediction ClassifyByTeam(ReadOnlySpan<byte> pixels, Team? team);

    public delegate void ScoreByTeam(ReadOnlySpan<byte> pixels, Span<float> scores, Team? team);

    public delegate void Raw<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output);

    public delegate void RawInScratch<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output, Span<byte> scratch);

    public Classify Run => Method<Classify>("Run");

    public Score RunScores => Method<Score>("Run");

    public ScoreInScratch RunScoresInScratch => _type.GetField("MaximumThreads") is null
        ? Method<ScoreInScratch>("Run")
        : Method<ScoreInScratchByTeam>("Run") is var run ? (pixels, scores, scratch) => run(pixels, scores, scratch, null) : null!;

    public ClassifyByTeam RunByTeam => Method<ClassifyByTeam>("Run");

    public ScoreByTeam RunScoresByTeam => Method<ScoreByTeam>("Run");

    public int ScratchBytes => (int)_type.GetField("ScratchBytes")!.GetRawConstantValue()!;

    public Raw<T, T> RunRaw<T>() => RunRaw<T, T>();

    public Raw<TIn, TOut> RunRaw<TIn, TOut>() => Method<Raw<TIn, TOut>>("RunRaw");

    public RawInScratch<TIn, TOut> RunRawInScratch<TIn, TOut>() => Method<RawInScratch<TIn, TOut>>("RunRaw");

    private delegate void ScoreInScratchByTeam(ReadOnlySpan<byte> pixels, Span<float> scores, Span<byte> scratch, Team? team);

    private T Method<T>(string name)
        where T : Delegate =>
        _type.GetMethod(name, [.. Array.ConvertAll(typeof(T).GetMethod("Invoke")!.GetParameters(), p => p.ParameterType)])!.CreateDelegate<T>();
}
