using System;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// What a file states of an operator: its attributes and its inputs. It remembers which of them a reader has asked for, so that one that the reader does not know,
/// and that may change the result, is refused and not passed over.
/// </summary>
/// <typeparam name="T">An attribute, which shows its value for messages as a string.</typeparam>
/// <param name="attributes">By name.</param>
/// <param name="isNeutral">Whether an attribute changes no result, whatever the operator.</param>
internal sealed class StatedFacts<T>(IReadOnlyDictionary<string, T> attributes, Func<string, T, bool> isNeutral)
    where T : class
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>A bit for each input; no operator is read that has more than these.</summary>
    private ulong _knownInputs;

    /// <summary>An attribute; null where the operator does not state it.</summary>
    public T? Find(string name)
    {
        if (!attributes.TryGetValue(name, out T? value))
            return null;
        _known.Add(name);
        return value;
    }

    /// <summary>Notes that an input is known.</summary>
    public void Read(int input) => _knownInputs |= input < 64 ? 1UL << input : 0;

    /// <summary>Refuses what has not been asked for.</summary>
    /// <param name="place">Where the operator is in the file.</param>
    /// <param name="inputs">The names of its inputs; empty for one that is left out.</param>
    /// <exception cref="WeightsException">There is something.</exception>
    public void CheckAllKnown(string place, IEnumerable<string> inputs)
    {
        foreach ((string name, T value) in attributes)
        {
            if (!_known.Contains(name) && !isNeutral(name, value))
            {
                throw new WeightsException(
                    $"{place}, has the attribute \"{PrintableName.Of(name)}\" = {PrintableName.Of(value.ToString()!)}, which is not understood and may change its result. "
                    + "Export the network without it.");
            }
        }

        int index = 0;
        foreach (string input in inputs)
        {
            if (input.Length > 0 && (index >= 64 || (_knownInputs >> index & 1) == 0))
            {
                throw new WeightsException(
                    $"{place}, reads \"{PrintableName.Of(input)}\" as its input {index}, which is not understood and may change its result. "
                    + "Export the network without it.");
            }

            index++;
        }
    }
}
