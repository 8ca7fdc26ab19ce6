using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>What a request waits for.</summary>
/// <param name="compute">Computes it.</param>
/// <param name="cancellation">When nobody waits any more.</param>
internal sealed class InferenceWork(Func<CancellationToken, OutputTensor[]> compute, CancellationToken cancellation)
{
    private const int Waiting = 0, Begun = 1, Dropped = 2;

    private readonly TaskCompletionSource<OutputTensor[]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _created = Stopwatch.GetTimestamp();
    private int _state;

    /// <summary>How long it waited for a thread.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The result. Work that has begun is waited for even when it is cancelled, since it reads the request's memory.</summary>
    public async Task<OutputTensor[]> ResultAsync()
    {
        await using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static (state, token) => ((InferenceWork)state!).Drop(token), this);
        return await _result.Task;
    }

    /// <summary>Computes it on the calling thread, unless it was dropped meanwhile.</summary>
    public void Run()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, Waiting) != Waiting)
            return;
        Waited = Stopwatch.GetElapsedTime(_created);
        try
        {
            _result.SetResult(compute(cancellation));
        }
        catch (OperationCanceledException)
        {
            _result.SetCanceled(cancellation);
        }
        catch (Exception failure)
        {
            _result.SetException(failure);
        }
    }

    private void Drop(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Dropped, Waiting) == Waiting)
            _result.SetCanceled(token);
    }
}
