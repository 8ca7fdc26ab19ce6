using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Matching;

/// <summary>Gets a network its weights from wherever its text says.</summary>
public static class TrainedNetworkLoader
{
    /// <summary>Reads and matches the weights files of a network, or makes random weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="folder">The folder of its text, to which paths in it are relative.</param>
    /// <exception cref="MatchException">The files cannot be read or do not fit.</exception>
    public static TrainedNetwork Load(Network network, string folder)
    {
        if (network.Weights.IsRandom)
            return RandomWeights.Create(network);

        SourceModel? source = null;
        var files = new List<string>();
        foreach (FileReference file in network.Weights.Files)
        {
            string path = Path.Combine(folder, file.Value);
            if (WeightsFile.Find(path) is null)
                throw new MatchException(Rules.WeightsMissing, file.Span, file.Value, path);
            try
            {
                WeightsFile next = WeightsFile.Read(path, source is null ? network.Input : null);
                source = source is null ? next.Model : SourceModel.Chain(source, next.Model);
                files.AddRange(next.Files);
            }
            catch (WeightsException error)
            {
                throw new MatchException(Rules.WeightsUnreadable, file.Span, file.Value, error.Message);
            }
        }

        if (network.Epsilon is { } epsilon && source is not SourceParameters { NeedsEpsilon: true })
        {
            throw new MatchException(
                Rules.NoMeaning, epsilon.Span, "epsilon", $"for '{network.Weights.FileNames}', whose batch normalisations are folded already or state their own", "remove the statement");
        }

        TrainedNetwork trained = source switch
        {
            SourceParameters parameters => ParameterMatcher.Match(network, parameters),
            _ => LayerMatcher.Match(network, (SourceNetwork)source!),
        };
        return trained with { Files = [.. files] };
    }
}
