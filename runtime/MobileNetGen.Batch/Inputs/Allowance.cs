using System.Threading;

namespace MobileNetGen.Batch.Inputs;

/// <summary>How many bytes of files may be in memory at once. Who wants more waits until others have given theirs back.</summary>
/// <param name="most">So many; a file that is larger gets them when it is alone.</param>
/// <param name="cancellation">Ends waiting.</param>
internal sealed class Allowance(long most, CancellationToken cancellation)
{
    private const int MillisecondsBetweenLooks = 50;

    private readonly object _gate = new();
    private long _taken;

    /// <summary>Takes bytes.</summary>
    /// <exception cref="System.OperationCanceledException">The run ended while it waited.</exception>
    public void Take(long bytes)
    {
        lock (_gate)
        {
            while (_taken > 0 && _taken + bytes > most)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_gate, MillisecondsBetweenLooks);
            }

            _taken += bytes;
        }
    }

    /// <summary>Gives them back.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            Monitor.PulseAll(_gate);
        }
    }
}
