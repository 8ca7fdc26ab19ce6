using System;
using System.Collections.Generic;
using System.Diagnostics;
using MobileNetGen.Samples.Benchmarks.Engines;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>What calls of both engines cost.</summary>
/// <param name="Ours">The generated class.</param>
/// <param name="Theirs">ONNX Runtime.</param>
/// <param name="Calls">How many calls of each were timed.</param>
/// <param name="AllocatedBytes">Managed bytes that one of our calls allocates.</param>
internal sealed record Comparison(Timings Ours, Timings Theirs, int Calls, long AllocatedBytes)
{
    private const int WarmUpCalls = 50;

    // Ours and theirs take turns of this length, so that what else happens on the machine meets both, and each still finds its own data in the caches.
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(10);

    /// <summary>Times both, by turns, on the calling thread.</summary>
    /// <param name="pair">The engines.</param>
    /// <param name="duration">At least so long, without warming up.</param>
    /// <param name="calls">At least so many calls of each.</param>
    public static Comparison Measure(Pair pair, TimeSpan duration, int calls)
    {
        WarmUp(pair.Ours, duration / 4);
        WarmUp(pair.Theirs, duration / 4);
        long allocated = Allocated(pair.Ours);

        var (ours, theirs) = (new List<long>(), new List<long>());
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; ours.Count < calls || theirs.Count < calls || Stopwatch.GetElapsedTime(start) < duration; round++)
        {
            // Who comes first changes, so that neither always follows the other.
            if (round % 2 == 0)
                Turn(pair.Ours, ours);
            Turn(pair.Theirs, theirs);
            if (round % 2 != 0)
                Turn(pair.Ours, ours);
        }

        return new Comparison(Timings.Of(ours), Timings.Of(theirs), Math.Min(ours.Count, theirs.Count), allocated);
    }

    private static void WarmUp(Engine engine, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < WarmUpCalls || Stopwatch.GetElapsedTime(start) < duration; call++)
            engine.Run();
    }

    private static void Turn(Engine engine, List<long> ticks)
    {
        long start = Stopwatch.GetTimestamp(), end = start;
        do
        {
            long before = end;
            engine.Run();
            end = Stopwatch.GetTimestamp();
            ticks.Add(end - before);
        }
        while (Stopwatch.GetElapsedTime(start, end) < s_turn);
    }

    private static long Allocated(Engine engine)
    {
        const int calls = 10;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < calls; call++)
            engine.Run();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    }
}
