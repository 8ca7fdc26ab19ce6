using System;
using MobileNetGen.Compiler.Packing;

namespace MobileNetGen.Generator.Written;

/// <summary>The text of a <c>.mbplan</c> file, which is not read before somebody asks: a written class needs no more than its hash.</summary>
internal sealed record PlanText : PackedFile
{
    private readonly string _text;
    private readonly Lazy<string> _hash;
    private readonly Lazy<PackedNetwork?> _network;

    public PlanText(string text)
    {
        _text = text;
        _hash = new(() => TextHash.Of(text));
        _network = new(() => PackedNetworkText.Read(text));
    }

    /// <summary>What identifies it.</summary>
    public string Hash => _hash.Value;

    /// <summary>What it says, or null where packing did not write it.</summary>
    public PackedNetwork? Network => _network.Value;

    /// <summary>Whether it may be the plan of a class: false only where it is not.</summary>
    public bool MayBeOf(string qualifiedName) => _text.Contains($"\nclass {qualifiedName}\n") || _text.Contains($"\nclass {qualifiedName}\r");

    /// <inheritdoc/>
    public bool Equals(PlanText? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);
}
