using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>The name of a class or function: never looked up, never called.</summary>
/// <param name="Module">"collections".</param>
/// <param name="Name">"OrderedDict".</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>What some class or function would have made of its arguments.</summary>
/// <param name="type">The class or function, where it is one by name.</param>
internal sealed class PickleObject(PickleGlobal? type)
{
    public PickleGlobal? Type => type;

    /// <summary>The object's attributes, null where it was given none.</summary>
    public PickleDictionary? State { get; set; }
}

/// <summary>A dictionary in the order in which it was filled.</summary>
internal sealed class PickleDictionary
{
    // Of as many entries as it was made for: a dictionary of a hundred thousand can be the state of as many objects, each of which looks into it.
    private readonly Dictionary<string, object?> _byName = [];
    private int _indexed;

    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The value of a key that is a text, the last one as in Python; null where there is none.</summary>
    public object? this[string key] => TryGet(key, out object? value) ? value : null;

    /// <summary>Whether there is a key that is a text, and its value.</summary>
    public bool TryGet(string key, out object? value)
    {
        for (; _indexed < Entries.Count; _indexed++)
        {
            if (Entries[_indexed].Key is string text)
                _byName[text] = Entries[_indexed].Value;
        }

        return _byName.TryGetValue(key, out value);
    }

    /// <summary>The entries whose keys are texts.</summary>
    public IEnumerable<(string Key, object? Value)> Named()
    {
        foreach ((object? key, object? value) in Entries)
        {
            if (key is string text)
                yield return (text, value);
        }
    }
}
