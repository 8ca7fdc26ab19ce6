using System;
using System.Reflection;

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
        : this(GeneratedClass.RunRaw<T>(type)!, input, new T[GeneratedClass.OutputLength(type)], real)
    {
    }

    /// <summary>Takes what was found in a class.</summary>
    /// <param name="run">Its <c>RunRaw</c>.</param>
    /// <param name="input">Its input.</param>
    /// <param name="output">Gets its output.</param>
    /// <param name="real">The real number that an output means.</param>
    public GeneratedEngine(MethodInfo run, T[] input, T[] output, Func<T, float> real)
    {
        _run = run.CreateDelegate<Action<ReadOnlySpan<T>, Span<T>>>();
        (_input, _real, _output) = (input, real, output);
    }

    /// <inheritdoc/>
    public override void Run() => _run(_input, _output);

    /// <inheritdoc/>
    public override float[] Output() => Array.ConvertAll(_output, value => _real(value));
}
