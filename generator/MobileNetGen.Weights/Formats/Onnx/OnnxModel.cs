using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>A file's graph (<c>GraphProto</c>), as far as a network's numbers depend on it.</summary>
/// <param name="OperatorSet">The version of the standard operators.</param>
/// <param name="Producer">The name of the program that wrote the file, which may be empty.</param>
/// <param name="Metadata">What else the file says of itself, by key.</param>
/// <param name="Nodes">In the file's order, which has to be one of execution.</param>
/// <param name="Constants">The initialisers, by name.</param>
/// <param name="Inputs">What is fed from outside, initialisers that are also listed as inputs left out.</param>
/// <param name="Outputs">The names of the results.</param>
internal sealed record OnnxModel(
    long OperatorSet,
    string Producer,
    IReadOnlyDictionary<string, string> Metadata,
    ImmutableArray<OnnxNode> Nodes,
    IReadOnlyDictionary<string, OnnxTensor> Constants,
    ImmutableArray<OnnxInput> Inputs,
    ImmutableArray<string> Outputs);

/// <summary>An input of the graph (<c>ValueInfoProto</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Sizes">Its sizes; 0 where left open.</param>
internal sealed record OnnxInput(string Name, OnnxType Type, ImmutableArray<long> Sizes);

/// <summary>Which of its values an attribute has (<c>AttributeProto.AttributeType</c>), of those that are read.</summary>
internal enum OnnxAttributeKind
{
    Unstated = 0,
    Number = 1,
    Integer = 2,
    Text = 3,
    Tensor = 4,
    Numbers = 6,
    Integers = 7,
}

/// <summary>An attribute of a node (<c>AttributeProto</c>). Which of these is meant is up to the operator.</summary>
internal sealed class OnnxNodeAttribute
{
    public OnnxAttributeKind Kind { get; set; }

    public float Number { get; set; }

    public long Integer { get; set; }

    public string Text { get; set; } = "";

    public OnnxTensor? Tensor { get; set; }

    public List<float> Numbers => field ??= [];

    public List<long> Integers => field ??= [];

    public override string ToString() => Kind switch
    {
        OnnxAttributeKind.Number => Number.ToString("R", CultureInfo.InvariantCulture),
        OnnxAttributeKind.Integer or OnnxAttributeKind.Unstated => Integer.ToString(CultureInfo.InvariantCulture),
        OnnxAttributeKind.Text => $"\"{Text}\"",
        OnnxAttributeKind.Tensor => $"{Tensor}",
        OnnxAttributeKind.Numbers => $"[{string.Join(", ", Numbers.Take(8).Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}]",
        OnnxAttributeKind.Integers => $"[{string.Join(", ", Integers.Take(8))}]",
        _ => $"something of type {(int)Kind}",
    };
}

/// <summary>An operator as stored (<c>NodeProto</c>).</summary>
/// <param name="Index">Its index in the file.</param>
/// <param name="Name">Its name, which may be empty.</param>
/// <param name="Operator">The operator's name, after its domain and a dot where that is not the standard one.</param>
/// <param name="Inputs">Names of values; empty for one that is left out.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(
    int Index, string Name, string Operator, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs, Dictionary<string, OnnxNodeAttribute> Attributes)
{
    private readonly StatedFacts<OnnxNodeAttribute> _facts = new(Attributes, OnnxNeutral.IsNeutral);

    /// <summary>For messages: <c>node 12, Conv "/features/0/Conv"</c>.</summary>
    public string Place => field ??= $"node {Index}, {PrintableName.Of(Operator)} \"{PrintableName.Of(Name.Length > 0 || Outputs.Length == 0 ? Name : Outputs[0])}\"";

    public long Integer(string attribute, long absent) => Find(attribute, OnnxAttributeKind.Integer)?.Integer ?? absent;

    public float Number(string attribute, float absent) => Find(attribute, OnnxAttributeKind.Number)?.Number ?? absent;

    public string Text(string attribute, string absent) => Find(attribute, OnnxAttributeKind.Text)?.Text ?? absent;

    public OnnxTensor? Tensor(string attribute) => Find(attribute, OnnxAttributeKind.Tensor)?.Tensor;

    /// <summary>The real numbers of an attribute; null where it is absent.</summary>
    public float[]? Numbers(string attribute) => Find(attribute, OnnxAttributeKind.Numbers)?.Numbers.ToArray();

    /// <summary>The integers of an attribute; null where it is absent.</summary>
    public ImmutableArray<long>? Integers(string attribute) => Find(attribute, OnnxAttributeKind.Integers) is { } a ? [.. a.Integers] : null;

    /// <summary>Whether an input is given, and that it is known to the operator.</summary>
    public bool Takes(int input)
    {
        _facts.Read(input);
        return input < Inputs.Length && Inputs[input].Length > 0;
    }

    /// <summary>Refuses attributes and inputs that nothing has asked for.</summary>
    public void CheckAllKnown()
    {
        if (_facts.FindUnknown(Inputs) is { } unknown)
            throw new WeightsException($"{Place}, {unknown}");
    }

    private OnnxNodeAttribute? Find(string attribute, OnnxAttributeKind kind)
    {
        OnnxNodeAttribute? found = _facts.Find(attribute);
        return found is null || found.Kind == kind || found.Kind == OnnxAttributeKind.Unstated
            ? found
            : throw new WeightsException($"{Place}: its attribute \"{attribute}\" is {PrintableName.Of(found.ToString())}; one of type {kind} was expected. The file is damaged.");
    }
}
