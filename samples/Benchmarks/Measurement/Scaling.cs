using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MobileNetGen.Samples.Benchmarks.Engines;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>How many calls several threads make at once, each on a core of its own.</summary>
internal static class Scaling
{
    private const int Rounds = 12;

    /// <summary>Calls a second of 1, 2, … threads: the best of several rounds that take turns.</summary>
    /// <param name="engine">Makes what one thread runs.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="duration">For each number of threads.</param>
    public static double[] Measure(Func<Engine> engine, int threads, TimeSpan duration)
    {
        Engine[] engines = [.. Enumerable.Range(0, threads).Select(_ => engine())];
        var best = new double[threads];
        for (int round = 0; round < Rounds; round++)
        {
            for (int count = 1; count <= threads; count++)
                best[count - 1] = Math.Max(best[count - 1], CallsPerSecond(engines.AsSpan(0, count), duration / Rounds));
        }

        foreach (Engine each in engines)
            each.Dispose();
        return best;
    }

    private static double CallsPerSecond(ReadOnlySpan<Engine> engines, TimeSpan duration)
    {
        using var ready = new Barrier(engines.Length);
        var rates = new double[engines.Length];
        var threads = new Thread[engines.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            (int index, Engine engine) = (i, engines[i]);
            threads[i] = new Thread(() =>
            {
                Processor.Pin(Processor.Cores[^(1 + index)]);
                for (int call = 0; call < 50; call++)
                    engine.Run();
                ready.SignalAndWait();
                (long start, int calls) = (Stopwatch.GetTimestamp(), 0);
                do
                {
                    engine.Run();
                    calls++;
                }
                while (Stopwatch.GetElapsedTime(start) < duration);
                rates[index] = calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
            });
        }

        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return rates.Sum();
    }
}
