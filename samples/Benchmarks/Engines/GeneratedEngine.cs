using System;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>A class that MobileNetGen generated, by its <c>RunRaw</c>: the network alone, on values of its own type.</summary>
/// <typeparam name="T">That type.</typeparam>
internal sealed class GeneratedEngine<T> : Engine
    where T : unmanaged
{
    private readonly Action<ReadOnlySpan<T>, Span<T>> _run;
    private readonly Func<T, float> _real;
    private readonly T[] _input;
    private readonly T[] _output;

    /// <summary>Takes the class apart.</summary>
    /// <param name="type">The generated class.</param>
    /// <param name="input">Its input, height × width × channels.</param>
    /// <param name="real">The real number that an output means.</param>
    public GeneratedEngine(Type type, T[] input, Func<T, float> real)
    {
        _run = type.GetMethod("RunRaw", [typeof(ReadOnlySpan<T>), typeof(Span<T>)])!.CreateDelegate<Action<ReadOnlySpan<T>, Span<T>>>();
        (_input, _real, _output) = (input, real, new T[GeneratedClass.Constant(type, "OutputLength")]);
    }

    /// <inheritdoc/>
    public override void Run() => _run(_input, _output);

    /// <inheritdoc/>
    public override float[] Output() => Array.ConvertAll(_output, value => _real(value));
}
