using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <summary>What a function is called with.</summary>
/// <param name="name">The function.</param>
/// <param name="place">Where the call is, for messages: "features.0.0, conv2d".</param>
/// <param name="arguments">The arguments; those by name behind the others.</param>
/// <param name="error">Makes the exception for what is not understood.</param>
internal sealed class ScriptArguments(string name, string place, IReadOnlyList<(string? Name, object? Value)> arguments, Func<string, WeightsException> error)
{
    public string Name => name;

    public string Place => place;

    public int Count => arguments.Count;

    /// <summary>An argument by its place, or by its name where it has one; null where it is missing or None.</summary>
    public object? Value(int index, string? word = null)
    {
        if (word is not null)
        {
            foreach ((string? given, object? value) in arguments)
            {
                if (given == word)
                    return value;
            }
        }

        return index < arguments.Count && arguments[index].Name is null ? arguments[index].Value : null;
    }

    public bool Has(int index) => Value(index) is not null;

    public bool IsText(int index) => Value(index) is string;

    public TorchTensor Tensor(int index) => TensorOrNone(index) ?? throw Wrong(index, "a tensor of the file");

    public TorchTensor? TensorOrNone(int index) => Value(index) switch
    {
        null => null,
        TorchTensor tensor => tensor,
        _ => throw Wrong(index, "a tensor of the file"),
    };

    public double Number(int index, double absent, string? word = null) => Value(index, word) switch
    {
        null => absent,
        long whole => whole,
        double real => real,
        _ => throw Wrong(index, "a number"),
    };

    public long Whole(int index, long absent, string? word = null) => Value(index, word) switch
    {
        null => absent,
        long whole => whole,
        _ => throw Wrong(index, "a whole number"),
    };

    public bool Flag(int index, bool absent, string? word = null) => Value(index, word) switch
    {
        null => absent,
        bool flag => flag,
        _ => throw Wrong(index, "True or False"),
    };

    public string Text(int index, string absent = "") => Value(index) switch
    {
        null => absent,
        string text => text,
        _ => throw Wrong(index, "a text"),
    };

    public ImmutableArray<long> Numbers(int index, ImmutableArray<long> absent, string? word = null) => Value(index, word) switch
    {
        null => absent,
        long one => [one],
        IReadOnlyList<object?> several when several.All(value => value is long) => [.. several.Cast<long>()],
        _ => throw Wrong(index, "whole numbers"),
    };

    /// <summary>The exception for a function that does what no MobileNet's does.</summary>
    public WeightsException Unlike(string what) => error($"{place}: {what}");

    private WeightsException Wrong(int index, string expected) => error($"{place}: argument {index + 1} is not stated; {expected} was expected");
}
