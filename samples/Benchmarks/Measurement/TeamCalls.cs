using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using MobileNetGen.Runtime;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>How much sooner a team of threads is done with one image than the calling thread alone.</summary>
/// <param name="Alone">Calls without a team.</param>
/// <param name="Shared">Calls with one.</param>
internal sealed record TeamCalls(Timings Alone, Timings Shared)
{
    private const int WarmUpCalls = 100;

    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(20);

    private delegate void Call(ReadOnlySpan<byte> pixels, Span<float> scores, Team? team);

    /// <summary>Times both by turns, on the same pixels.</summary>
    /// <param name="type">A class whose description says <c>threads</c>.</param>
    /// <param name="threads">How many.</param>
    /// <param name="duration">For both together.</param>
    public static TeamCalls Measure(Type type, int threads, TimeSpan duration)
    {
        var run = type.GetMethod("Run", [typeof(ReadOnlySpan<byte>), typeof(Span<float>), typeof(Team)])!.CreateDelegate<Call>();
        var pixels = new byte[(int)type.GetField("InputLength")!.GetRawConstantValue()!];
        var scores = new float[(int)type.GetField("OutputLength")!.GetRawConstantValue()!];
        new Random(1).NextBytes(pixels);
        using var team = new Team(threads);
        for (int call = 0; call < WarmUpCalls; call++)
        {
            run(pixels, scores, null);
            run(pixels, scores, team);
        }

        var (alone, shared) = (new List<long>(), new List<long>());
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration;)
        {
            Turn(null, alone);
            Turn(team, shared);
        }

        return new TeamCalls(Timings.Of(alone), Timings.Of(shared));

        // The first call of a turn is not timed: it wakes the team.
        void Turn(Team? by, List<long> ticks)
        {
            run(pixels, scores, by);
            long start = Stopwatch.GetTimestamp(), end = start;
            do
            {
                long before = end;
                run(pixels, scores, by);
                end = Stopwatch.GetTimestamp();
                ticks.Add(end - before);
            }
            while (Stopwatch.GetElapsedTime(start, end) < s_turn);
        }
    }
}
