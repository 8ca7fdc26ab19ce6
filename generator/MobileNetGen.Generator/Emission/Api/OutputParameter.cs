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
    private static readonly HashSet<string> s_taken = ["pixels", "scores", "scratch", "input", "output", "source", "memory", "aligned", "results"];

    /// <summary>The pointer to where its real values go.</summary>
    public string ScoresPointer => Scores + "Values";

    /// <summary>The pointer to where its own values go.</summary>
    public string RawPointer => Raw + "Values";

    /// <summary>All of a network.</summary>
    public static IReadOnlyList<OutputParameter> Of(Network network) =>
        [.. network.Outputs.Select((o, i) => i == 0 ? First(network, o) : Other(o))];

    /// <summary>Those that are stored as they are computed.</summary>
    public static IReadOnlyList<OutputParameter> Stored(Network network) => [.. Of(network).Skip(network.KeepsOutput ? 1 : 0)];

    private static OutputParameter First(Network network, NetworkOutput output) => new(output, "Output", "scores", "output", "OutputLength", Texts.ScoreKind(network));

    private static OutputParameter Other(NetworkOutput output)
    {
        string field = ClassNames.Pascal(output.Name), name = char.ToLowerInvariant(field[0]) + field.Substring(1);
        string parameter = s_taken.Contains(name) || !ClassNames.IsValid(name) ? name + "Result" : name;
        return new(output, field, parameter, parameter, field + "Length", $"values of {output.Name}");
    }
}
