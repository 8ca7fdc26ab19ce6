using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Weights.Descriptions;

/// <summary>A planned network with its weights, trained and packed.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Trained">The network with its numbers.</param>
/// <param name="Result">The blob, and the text that goes with it.</param>
internal sealed record PackedPlan(Plan Plan, TrainedNetwork Trained, PackedResult Result)
{
    /// <summary>Reads the weights and labels of a network and packs them.</summary>
    /// <exception cref="MatchException">They cannot be read or do not fit.</exception>
    public static PackedPlan Of(Plan plan, Description description) => Of(plan, TrainedNetworkLoader.Load(plan.Network, description.Folder), description);

    /// <summary>Reads the labels of a network and packs weights that are known already.</summary>
    /// <exception cref="MatchException">The labels cannot be read or do not fit.</exception>
    public static PackedPlan Of(Plan plan, TrainedNetwork trained, Description description)
    {
        LabelsFile labels = LabelsFile.Read(plan.Network, description.Folder);
        var facts = new PackingFacts(DescriptionHash.Of(description.Text), Sources(trained), labels.Labels);
        PackedResult result = WorkStage.Run($"packing {plan.Network.ClassName}", Place.Name, () => NetworkPacker.Pack(plan, trained, facts));
        return new PackedPlan(plan, trained with { Notes = [.. trained.Notes, .. labels.Notes] }, result);
    }

    /// <summary>Where the numbers come from, for the header of the generated class: the hash of every file that was read.</summary>
    private static ImmutableArray<string> Sources(TrainedNetwork trained)
    {
        WeightsSource weights = trained.Network.Weights;
        return weights.IsRandom
            ? [string.Create(CultureInfo.InvariantCulture, $"random {weights.Seed}{(weights.IsUniform ? " uniform" : "")}")]
            : [.. trained.Files.Select(file => $"{Path.GetFileName(file.Path)} {file.Hash}")];
    }
}
