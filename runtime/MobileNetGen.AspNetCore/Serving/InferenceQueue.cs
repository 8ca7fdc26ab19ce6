using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>
/// Computes a few requests at once and lets a few wait. Its threads are its own: working memory belongs to threads, so it does not grow with their number, and those of the thread pool stay free for
/// health answers however busy networks are.
/// </summary>
internal sealed class InferenceQueue : IDisposable
{
    private readonly BlockingCollection<InferenceWork> _waiting = [];
    private readonly int _most;
    private int _admitted;

    /// <summary>Starts the threads.</summary>
    /// <param name="limits">How many requests are computed at once, and how many wait.</param>
    public InferenceQueue(InferenceLimits limits)
    {
        _most = limits.Concurrency + limits.QueueLength;
        for (int i = 0; i < limits.Concurrency; i++)
            new Thread(Work) { IsBackground = true, Name = "MobileNetGen inference" }.Start();
    }

    /// <summary>How many requests wait for a thread.</summary>
    public int Length => _waiting.Count;

    /// <summary>Computes something when its turn comes.</summary>
    /// <param name="compute">What to compute.</param>
    /// <param name="cancellation">Gives up, at once where it has not begun.</param>
    /// <returns>The result, and how long it waited for its turn.</returns>
    /// <exception cref="InferenceException">Too many wait already.</exception>
    public async Task<(OutputTensor[] Result, TimeSpan Waited)> RunAsync(Func<CancellationToken, OutputTensor[]> compute, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _admitted) > _most)
        {
            Interlocked.Decrement(ref _admitted);
            throw new InferenceException(Problem.Busy, "Too many requests wait already; send it again in a second.");
        }

        try
        {
            var work = new InferenceWork(compute, cancellation);
            _waiting.Add(work, CancellationToken.None);
            return (await work.ResultAsync(), work.Waited);
        }
        finally
        {
            Interlocked.Decrement(ref _admitted);
        }
    }

    /// <summary>Tells the threads to end when they have done what waits. The server has answered by then whom it could: nobody waits for what is left.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    private void Work()
    {
        foreach (InferenceWork work in _waiting.GetConsumingEnumerable())
            work.Run();
    }
}
