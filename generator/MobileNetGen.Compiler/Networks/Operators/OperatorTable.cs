using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Networks.Operators;

/// <summary>What a stage does with each operator. One that it does not know is an error that names the stage, never another operator.</summary>
/// <typeparam name="T">What it knows of an operator.</typeparam>
public sealed class OperatorTable<T>
    where T : class
{
    private readonly string _stage;
    private readonly Dictionary<Operator, T> _entries;

    /// <summary>Makes a table.</summary>
    /// <param name="stage">The stage, as an error names it: <c>The ONNX exporter</c>.</param>
    /// <param name="entries">What it knows, by operator.</param>
    public OperatorTable(string stage, params (Operator Operator, T Entry)[] entries)
    {
        _stage = stage;
        _entries = entries.ToDictionary(e => e.Operator, e => e.Entry);
    }

    /// <summary>What the stage knows of an operator.</summary>
    /// <exception cref="InvalidOperationException">Nothing.</exception>
    public T this[Operator op] => _entries.TryGetValue(op, out T? entry) ? entry : throw new InvalidOperationException($"{_stage} does not know the operator '{op.Name}'.");

    /// <summary>The operators that the stage knows.</summary>
    public IEnumerable<Operator> Known => _entries.Keys;
}
