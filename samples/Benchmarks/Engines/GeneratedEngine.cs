using System;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>A class that MobileNetGen generated, by its <c>RunRaw</c>: the network alone, on values of its own type.</summary>
/// <typeparam name="T">That type.</typeparam>
internal sealed class GeneratedEngine<T> : Engine
    where T : unmanaged
{
    private readonly Action<ReadOnlySpan<T>, Span<T>>? _one;
    private readonly Action<ReadOnlySpan<T>, Span<T>, Span<T>>? _two;
    private readonly Func<T, float> _real;
    private readonly T[] _input;
    private readonly T[][] _outputs;

    /// <summary>Takes the class apart.</summary>
    /// <param name="type">The generated class.</param>
    /// <param name="input">Its input, height × width × channels.</param>
    /// <param name="real">The real number that an output means.</param>
    public GeneratedEngine(Type type, T[] input, Func<T, float> real)
        : this(GeneratedClass.RunRaw<T>(type)!, input, GeneratedClass.OutputLengths(type), real)
    {
    }

    /// <summary>Takes what was found in a class.</summary>
    /// <param name="run">Its <c>RunRaw</c>.</param>
    /// <param name="input">Its input.</param>
    /// <param name="outputs">The lengths of its output, or of a detector's two.</param>
    /// <param name="real">The real number that an output means.</param>
    public GeneratedEngine(MethodInfo run, T[] input, int[] outputs, Func<T, float> real)
    {
        if (outputs.Length == 1)
            _one = run.CreateDelegate<Action<ReadOnlySpan<T>, Span<T>>>();
        else
            _two = run.CreateDelegate<Action<ReadOnlySpan<T>, Span<T>, Span<T>>>();
        (_input, _real, _outputs) = (input, real, Array.ConvertAll(outputs, length => new T[length]));
    }

    /// <inheritdoc/>
    public override void Run()
    {
        if (_one is not null)
            _one(_input, _outputs[0]);
        else
            _two!(_input, _outputs[0], _outputs[1]);
    }

    /// <inheritdoc/>
    public override float[] Output() => [.. _outputs.SelectMany(output => output.Select(_real))];
}
