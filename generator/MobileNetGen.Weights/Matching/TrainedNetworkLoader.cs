using System.Collections.Immutable;
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

        SourceNetwork? source = null;
        foreach (FileReference file in network.Weights.Files)
        {
            string path = Path.Combine(folder, file.Value);
            if (!File.Exists(path))
                throw new MatchException(Rules.WeightsMissing, file.Span, file.Value, path);
            try
            {
                SourceNetwork next = WeightsFile.Read(path);
                source = source is null ? next : SourceNetwork.Chain(source, next);
            }
            catch (WeightsException error)
            {
                throw new MatchException(Rules.WeightsUnreadable, file.Span, file.Value, error.Message);
            }
        }

        return LayerMatcher.Match(network, source!);
    }
}
