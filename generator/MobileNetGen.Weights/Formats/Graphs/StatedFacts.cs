using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// What a file states of an operator: its attributes and its inputs. It remembers which of them a reader has asked for, so that one that the reader does not know,
/// and that may change the result, is refused and not passed over.
/// </summary>
/// <typeparam name="T">An attribute, which shows its value for messages as a string.</typeparam>
/// <param name="attributes">By name.</param>
/// <param name="isNeutral">Whether an attribute changes no result, whatever the operator.</param>
internal sealed class StatedFacts<T>(Dictionary<string, T> attributes, Func<string, T, bool> isNeutral)
    where T : class
{
    /// <summary>The names of the attributes that a reader knows: of one operator never many.</summary>
    private List<string>? _known;

    /// <summary>A bit for each input; no operator is read that has more than these.</summary>
    private ulong _knownInputs;

    /// <summary>An attribute; null where the operator does not state it.</summary>
    public T? Find(string name)
    {
        if (!attributes.TryGetValue(name, out T? value))
            return null;
        (_known ??= new List<string>(2)).Add(name);
        return value;
    }

    /// <summary>Notes that an input is known.</summary>
    public void Read(int input) => _knownInputs |= input < 64 ? 1UL << input : 0;

    /// <summary>Says what has not been asked for; null where there is nothing.</summary>
    /// <param name="inputs">The names of the operator's inputs; empty for one that is left out.</param>
    public string? FindUnknown(ImmutableArray<string> inputs)
    {
        const string Advice = "which is not understood and may change its result. Export the network without it.";
        foreach ((string name, T value) in attributes)
        {
            if (_known?.Contains(name) != true && !isNeutral(name, value))
                return $"has the attribute \"{PrintableName.Of(name)}\" = {PrintableName.Of(value.ToString()!)}, {Advice}";
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Length > 0 && (i >= 64 || (_knownInputs >> i & 1) == 0))
                return $"reads \"{PrintableName.Of(inputs[i])}\" as its input {i}, {Advice}";
        }

        return null;
    }
}
