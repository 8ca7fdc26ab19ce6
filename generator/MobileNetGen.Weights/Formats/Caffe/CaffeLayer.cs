using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>A layer of a Caffe network.</summary>
/// <param name="Name">Its name as messages show it.</param>
/// <param name="Type">Its type by today's name, "Convolution", also where an old file has a number.</param>
/// <param name="Settings">Its settings by their names in <c>caffe.proto</c>: "convolution_param.pad".</param>
internal sealed record CaffeLayer(string Name, string Type, Dictionary<string, CaffeSetting> Settings)
{
    private readonly StatedFacts<CaffeSetting> _facts = new(Settings, CaffeFields.IsNeutral);

    /// <summary>The names of what it reads.</summary>
    public ImmutableArray<string> Bottoms { get; init; } = [];

    /// <summary>The names of what it computes; one that is also a bottom's is computed in its place.</summary>
    public ImmutableArray<string> Tops { get; init; } = [];

    /// <summary>Its trained numbers.</summary>
    public ImmutableArray<SourceTensor> Blobs { get; init; } = [];

    /// <summary>The layer for messages: <c>layer "conv1" (Convolution)</c>.</summary>
    public string Place => $"layer \"{Name}\" ({Type})";

    /// <summary>A setting that is an integer.</summary>
    public long Integer(string name, long absent) => _facts.Find(name)?.Integers is [.., var number] ? number : absent;

    /// <summary>A setting that is true or false.</summary>
    public bool Flag(string name, bool absent) => Integer(name, absent ? 1 : 0) != 0;

    /// <summary>A setting that is a real number.</summary>
    public float Number(string name, float absent) => _facts.Find(name)?.Numbers is [.., var number] ? number : absent;

    /// <summary>A setting that is a list of integers.</summary>
    public ImmutableArray<long> Integers(string name) => [.. _facts.Find(name)?.Integers ?? []];

    /// <summary>A setting that is a list of real numbers.</summary>
    public ImmutableArray<float> Numbers(string name) => [.. _facts.Find(name)?.Numbers ?? []];

    /// <summary>A window's height or width, of settings that say both sides at once or this one.</summary>
    public long Side(string both, string own, bool isWidth, long absent) =>
        Integers(both) is [var first, ..] sides ? isWidth ? sides[^1] : first : Integer(own, absent);

    /// <summary>The name of something it reads; null where there is none.</summary>
    public string? Bottom(int index)
    {
        _facts.Read(index);
        return Bottoms.ElementAtOrDefault(index);
    }

    /// <summary>Notes that something it reads is of no account.</summary>
    public void Ignore(int bottom) => _facts.Read(bottom);

    /// <summary>Refuses settings and bottoms that nothing has asked for.</summary>
    public void CheckAllKnown()
    {
        if (_facts.FindUnknown(Bottoms) is { } unknown)
            throw new WeightsException($"{Place}, {unknown}");
    }
}

/// <summary>A setting of a layer: one number, or several.</summary>
internal sealed class CaffeSetting
{
    public List<long> Integers { get; } = [];

    public List<float> Numbers { get; } = [];

    public override string ToString() => (Integers, Numbers) switch
    {
        ([var number], []) => number.ToString(CultureInfo.InvariantCulture),
        ([], [var number]) => number.ToString("R", CultureInfo.InvariantCulture),
        ([], []) => "something that is no number",
        _ => $"[{string.Join(", ", Integers.Take(8))}{string.Join(", ", Numbers.Take(8).Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}]",
    };
}
