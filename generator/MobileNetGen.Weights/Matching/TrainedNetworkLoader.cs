using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Files;
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
            return WorkStage.Run("making random weights", network.Weights.Span, () => RandomWeights.Create(network));

        (SourceModel source, ImmutableArray<FileRead> files) = Read(network, folder);
        if (network.Epsilon is { } epsilon && source is not SourceParameters { NeedsEpsilon: true })
        {
            throw new MatchException(
                Rules.NoMeaning, epsilon.Span, "epsilon", $"for '{network.Weights.FileNames}', whose batch normalisations are folded already or state their own", "remove the statement");
        }

        return Guard(network.Weights.Span, network.Weights.FileNames, $"matching {network.ClassName} with its weights", () => source switch
        {
            SourceParameters parameters => ParameterMatcher.Match(network, parameters),
            _ => LayerMatcher.Match(network, (SourceNetwork)source),
        }) with { Files = files };
    }

    private static (SourceModel Source, ImmutableArray<FileRead> Files) Read(Network network, string folder)
    {
        SourceModel? source = null;
        var files = new List<FileRead>();
        foreach (FileReference file in network.Weights.Files)
        {
            string path = Path.Combine(folder, file.Value);
            if (WeightsPath.Find(path) is null)
                throw new MatchException(Rules.WeightsMissing, file.Span, file.Value, path);
            source = Guard(file.Span, file.Value, $"reading the weights file '{file.Value}'", () =>
            {
                WeightsFile next = WeightsFile.Read(path, source is null ? network.Input : null);
                files.AddRange(next.Files);
                return source is null ? next.Model : SourceModel.Chain(source, next.Model);
            });
        }

        return (source!, [.. files]);
    }

    private static T Guard<T>(TextSpan span, string file, string stage, Func<T> work)
    {
        try
        {
            return WorkStage.Run(stage, span, work);
        }
        catch (WeightsException error)
        {
            throw new MatchException(Rules.WeightsUnreadable, span, file, error.Message);
        }
    }
}
