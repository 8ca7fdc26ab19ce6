using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>What a message about a network is about. Networks do not know where in a text they stand; <see cref="Positions"/> does.</summary>
/// <param name="Keyword">A statement, or null for the text as a whole.</param>
/// <param name="Argument">Which of its arguments; −1 for all of it.</param>
/// <param name="LayerName">A layer, in place of a statement.</param>
public sealed record Place(string? Keyword, int Argument = -1, string? LayerName = null)
{
    /// <summary>The text as a whole.</summary>
    public static Place Text { get; } = new((string?)null);

    /// <summary>What names the class.</summary>
    public static Place Name { get; } = new("class");

    /// <summary>Where weights come from.</summary>
    public static Place Weights { get; } = new("weights");

    /// <summary>The labels file.</summary>
    public static Place Labels { get; } = new("labels", 0);

    /// <summary>One of the weights files, from 0.</summary>
    public static Place WeightsFile(int index) => new("weights", index);

    /// <summary>A statement or block of the user's own; the weights, where there is none of that word.</summary>
    public static Place Statement(string keyword) => new(keyword);

    /// <summary>The line that became a layer.</summary>
    public static Place Layer(Layer layer) => new(null, LayerName: layer.Name);
}

/// <summary>Where in a <c>.mbnet</c> text its networks' parts stand. It lies beside the networks, so that these stay equal when lines move.</summary>
public sealed class Positions
{
    private readonly NetworkSyntax? _syntax;
    private readonly Dictionary<string, TextSpan> _layers = [];

    /// <summary>Those of a text without networks.</summary>
    public static Positions None { get; } = new(null);

    internal Positions(NetworkSyntax? syntax) => _syntax = syntax;

    /// <summary>Where a place is.</summary>
    public TextSpan this[Place place]
    {
        get
        {
            if (place.LayerName is { } layer)
                return _layers.TryGetValue(layer, out TextSpan span) ? span : Of("network") ?? default;
            if (place.Keyword is not { } keyword)
                return default;
            if (place.Argument >= 0)
                return _syntax?.Find(keyword) is { } statement && place.Argument < statement.Arguments.Count ? statement.Arguments[place.Argument].Span : default;
            return Of(keyword) ?? (keyword == "class" ? Of("network") : Of("weights")) ?? default;
        }
    }

    /// <summary>Says where the line of a layer stands. Variants of a network have layers of the same names, from the same lines.</summary>
    internal void Add(string layer, TextSpan span) => _layers[layer] = span;

    private TextSpan? Of(string keyword) => keyword switch
    {
        "head" => _syntax?.Head?.Keyword.Span,
        "detector" => _syntax?.Detector?.Keyword.Span,
        "predict" or "decode" or "scores" or "nms" => _syntax?.Detector?.Layers.FirstOrDefault(line => line.Keyword.Text == keyword)?.Span ?? Of("detector"),
        _ => _syntax?.Find(keyword)?.Span,
    };
}
