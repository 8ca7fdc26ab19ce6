using System.Collections.Generic;
using System.Collections.Immutable;
using MobileNetGen.Weights.Export;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>A file's graph (<c>GraphProto</c>), as far as a network's numbers depend on it.</summary>
/// <param name="OperatorSet">The version of the standard operators.</param>
/// <param name="Nodes">In the file's order, which has to be one of execution.</param>
/// <param name="Constants">The initialisers, by name.</param>
/// <param name="Inputs">What is fed from outside, initialisers that are also listed as inputs left out.</param>
/// <param name="Outputs">The names of the results.</param>
internal sealed record OnnxModel(
    long OperatorSet,
    ImmutableArray<OnnxNode> Nodes,
    IReadOnlyDictionary<string, OnnxTensor> Constants,
    ImmutableArray<OnnxInput> Inputs,
    ImmutableArray<string> Outputs);

/// <summary>An input of the graph (<c>ValueInfoProto</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Sizes">Its sizes; 0 where left open.</param>
internal sealed record OnnxInput(string Name, OnnxType Type, ImmutableArray<long> Sizes);

/// <summary>An attribute of a node (<c>AttributeProto</c>). Which of these is meant is up to the operator.</summary>
internal sealed class OnnxNodeAttribute
{
    public float Number { get; set; }

    public long Integer { get; set; }

    public string Text { get; set; } = "";

    public OnnxTensor? Tensor { get; set; }

    public List<float> Numbers { get; } = [];

    public List<long> Integers { get; } = [];
}

/// <summary>An operator as stored (<c>NodeProto</c>).</summary>
/// <param name="Index">Its index in the file.</param>
/// <param name="Name">Its name, which may be empty.</param>
/// <param name="Operator">The operator's name, after its domain and a dot where that is not the standard one.</param>
/// <param name="Inputs">Names of values; empty for one that is left out.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(
    int Index, string Name, string Operator, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs, IReadOnlyDictionary<string, OnnxNodeAttribute> Attributes)
{
    /// <summary>For messages: <c>node 12, Conv "/features/0/Conv"</c>.</summary>
    public string Place => field ??= $"node {Index}, {PrintableName.Of(Operator)} \"{PrintableName.Of(Name.Length > 0 || Outputs.Length == 0 ? Name : Outputs[0])}\"";

    public bool Has(string attribute) => Attributes.ContainsKey(attribute);

    public long Integer(string attribute, long absent) => Attributes.TryGetValue(attribute, out OnnxNodeAttribute? a) ? a.Integer : absent;

    public float Number(string attribute, float absent) => Attributes.TryGetValue(attribute, out OnnxNodeAttribute? a) ? a.Number : absent;

    public string Text(string attribute, string absent) => Attributes.TryGetValue(attribute, out OnnxNodeAttribute? a) ? a.Text : absent;

    /// <summary>The integers of an attribute; null where it is absent.</summary>
    public ImmutableArray<long>? Integers(string attribute) => Attributes.TryGetValue(attribute, out OnnxNodeAttribute? a) ? [.. a.Integers] : null;
}
