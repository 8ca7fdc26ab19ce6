using System;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>A network ready to run on an input and into an output that are already in memory.</summary>
internal abstract class Engine : IDisposable
{
    /// <summary>Runs it once. May be called from one thread at a time.</summary>
    public abstract void Run();

    /// <summary>The results of the last run, as real numbers.</summary>
    public abstract float[] Output();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
