using System.Collections.Immutable;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import;

/// <summary>What an import found, for people and scripts.</summary>
/// <param name="Network">The architecture.</param>
/// <param name="Description">The text.</param>
/// <param name="StatesNetwork">Whether the file states how its layers are connected, so that the text was compared with it in all of that; else in numbers and what modules state.</param>
/// <param name="Compared">What was compared, for people.</param>
/// <param name="Assumptions">What the file does not say.</param>
/// <param name="Notes">What else a user should know of the file.</param>
internal sealed record ImportReport(
    string Network, string Description, bool StatesNetwork, string Compared, ImmutableArray<Assumption> Assumptions, ImmutableArray<string> Notes)
{
    /// <summary>Sums up an import.</summary>
    public static ImportReport Of(DescriptionText description, TrainedNetwork trained)
    {
        bool statesNetwork = description.Model is SourceNetwork;
        int layers = trained.Layers.Length;
        string compared = statesNetwork
            ? $"compiled, and all {layers} layers matched: operators, shapes, strides, padding, activations and the types of both ends are the file's"
            : $"compiled, and the weights fit its layers by shape and order; the file does not state how {layers} layers are connected";
        return new ImportReport(trained.Network.Architecture, description.Write(), statesNetwork, compared, description.Assumptions, trained.Notes);
    }
}
