using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>How callers see an output of the network: the first has the names that every network's has, the others their own.</summary>
/// <param name="Output">The output.</param>
/// <param name="Field">Its name in members: <c>Bottleneck13</c>.</param>
/// <param name="Scores">The parameter that gets its real values.</param>
/// <param name="Raw">The parameter that gets its own values.</param>
/// <param name="Length">The constant that says how many values it has.</param>
/// <param name="What">What the values are.</param>
internal sealed record OutputParameter(NetworkOutput Output, string Field, string Scores, string Raw, string Length, string What)
{
    /// <summary>Its name in members, where its own values are meant.</summary>
    public string RawField => Field + "Raw";

    /// <summary>The pointer to where its real values go.</summary>
    public string ScoresPointer => Scores + "Values";

    /// <summary>The pointer to where its own values go.</summary>
    public string RawPointer => Raw + "Values";

    /// <summary>All of a network.</summary>
    public static IReadOnlyList<OutputParameter> Of(Network network)
    {
        OutputParameter first = new(network.Outputs[0], "Output", "scores", "output", "OutputLength", Texts.ScoreKind(network));
        HashSet<string> taken = ["pixels", "scratch", "input", "source", "memory", "aligned", "results", "InputLength", network.ClassName, .. first.Names];
        List<OutputParameter> outputs = [first];
        foreach (NetworkOutput output in network.Outputs.Skip(1))
        {
            OutputParameter other = Other(output, ClassNames.Pascal(output.Name));
            while (!ClassNames.IsValid(other.Scores) || other.Names.Any(taken.Contains))
                other = Other(output, other.Field + "Result");
            taken.UnionWith(other.Names);
            outputs.Add(other);
        }

        return outputs;
    }

    /// <summary>Those that are stored as they are computed.</summary>
    public static IReadOnlyList<OutputParameter> Stored(Network network) => [.. Of(network).Skip(network.KeepsOutput ? 1 : 0)];

    /// <summary>All that it is called in generated code: what one output is called, no other may be.</summary>
    private IEnumerable<string> Names => [Field, RawField, Scores, Raw, ScoresPointer, RawPointer, Length];

    private static OutputParameter Other(NetworkOutput output, string field)
    {
        string parameter = char.ToLowerInvariant(field[0]) + field.Substring(1);
        return new(output, field, parameter, parameter, field + "Length", $"values of {output.Name}");
    }
}
