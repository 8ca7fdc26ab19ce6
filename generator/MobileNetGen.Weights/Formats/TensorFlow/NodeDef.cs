using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>A node of a TensorFlow graph, whether it was a message of a <c>.pb</c> file or an object of a <c>model.json</c>.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Operator">The operator: "Conv2D".</param>
/// <param name="Inputs">The nodes it reads: "node" for the first output of one, "node:1" for the second, "^node" for one that only has to run before.</param>
/// <param name="Attributes">The operator's attributes by their names.</param>
internal sealed record NodeDef(string Name, string Operator, ImmutableArray<string> Inputs, Dictionary<string, NodeAttribute> Attributes)
{
    private readonly StatedFacts<NodeAttribute> _facts = new(Attributes, NeutralAttributes.IsNeutral);

    /// <summary>The node for messages: <c>node "MobilenetV1/Conv2d_0/Conv2D" (Conv2D)</c>.</summary>
    public string Place => $"node \"{PrintableName.Of(Name)}\" ({PrintableName.Of(Operator)})";

    /// <summary>An attribute; null where the node has none of the name.</summary>
    public NodeAttribute? Attribute(string name) => _facts.Find(name);

    /// <summary>The name of the node whose result is an input; null where there are fewer inputs.</summary>
    public string? Source(int index)
    {
        _facts.Read(index);
        return Sources.ElementAtOrDefault(index).Name;
    }

    /// <summary>Refuses attributes and inputs that nothing has asked for.</summary>
    public void CheckAllKnown()
    {
        if (_facts.FindUnknown([.. Sources.Select(source => source.Name)]) is { } unknown)
            throw new WeightsException($"{Place}, {unknown}");
    }

    /// <summary>The names of the nodes whose results it reads, in order, without the number of the output.</summary>
    public IEnumerable<(string Name, bool IsFirst)> Sources => Inputs.Where(input => !input.StartsWith('^')).Select(input =>
        input.LastIndexOf(':') is var colon and > 0 ? (input[..colon], input[(colon + 1)..] == "0") : (input, true));
}

/// <summary>An attribute of a node, of one of the types that a MobileNet's operators have.</summary>
internal abstract record NodeAttribute
{
    /// <summary>A string: "SAME".</summary>
    public sealed record Text(string Value) : NodeAttribute;

    /// <summary>Several strings.</summary>
    public sealed record Texts(ImmutableArray<string> Values) : NodeAttribute;

    /// <summary>An integer.</summary>
    public sealed record Integer(long Value) : NodeAttribute;

    /// <summary>Several integers.</summary>
    public sealed record Integers(ImmutableArray<long> Values) : NodeAttribute;

    /// <summary>A real number.</summary>
    public sealed record Number(float Value) : NodeAttribute;

    /// <summary>True or false.</summary>
    public sealed record Flag(bool Value) : NodeAttribute;

    /// <summary>A shape; sizes that are not known are −1. Empty also where not even their number is known.</summary>
    public sealed record Shape(ImmutableArray<long> Sizes) : NodeAttribute;

    /// <summary>The value of a Const.</summary>
    public sealed record Constant(NodeConstant Value) : NodeAttribute;

    /// <summary>An element type, by TensorFlow's number.</summary>
    public sealed record Type(DataType Value) : NodeAttribute;

    /// <summary>Something that no operator of a MobileNet has.</summary>
    public sealed record Other : NodeAttribute;

    /// <summary>The value for messages.</summary>
    public sealed override string ToString() => this switch
    {
        Text text => $"\"{text.Value}\"",
        Texts texts => $"[{string.Join(", ", texts.Values.Take(8))}]",
        Integer integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        Integers integers => $"[{string.Join(", ", integers.Values.Take(8))}]",
        Number number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        Flag flag => flag.Value ? "true" : "false",
        Shape shape => $"[{string.Join(", ", shape.Sizes)}]",
        Type type => $"{type.Value}",
        _ => "something else than numbers or names",
    };
}

/// <summary>What a graph knows before it runs: a trained tensor, or the integers that say axes, paddings and shapes.</summary>
internal abstract record NodeConstant
{
    /// <summary>Real numbers.</summary>
    public sealed record Real(SourceTensor Tensor) : NodeConstant;

    /// <summary>Integers.</summary>
    /// <param name="Values">Row-major.</param>
    /// <param name="Shape">Empty for a scalar.</param>
    public sealed record Whole(ImmutableArray<long> Values, ImmutableArray<int> Shape) : NodeConstant;

    /// <summary>Something that no MobileNet computes with, such as a string.</summary>
    /// <param name="Type">TensorFlow's number for its type.</param>
    public sealed record Other(long Type) : NodeConstant;
}
