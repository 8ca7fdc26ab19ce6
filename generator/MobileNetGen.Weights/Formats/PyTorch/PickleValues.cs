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
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The value of a key that is a text; null where there is none.</summary>
    public object? this[string key] => Entries.Find(entry => entry.Key is string text && text == key).Value;

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
