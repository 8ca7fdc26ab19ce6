using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
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
            return WorkStage.Run("making random weights", Place.Weights, () => RandomWeights.Create(network));

        (SourceModel source, ImmutableArray<FileRead> files) = Read(network, folder);
        if (network.Epsilon is not null && source is not SourceParameters { NeedsEpsilon: true })
        {
            throw new MatchException(
                Rules.NoMeaning, Place.Statement("epsilon"), "epsilon", $"for '{network.Weights.FileNames}', whose batch normalisations are folded already or state their own", "remove the statement");
        }

        try
        {
            return Guard(Place.Weights, network.Weights.FileNames, $"matching {network.ClassName} with its weights", () => source switch
            {
                SourceParameters parameters => ParameterMatcher.Match(network, parameters),
                _ => LayerMatcher.Match(network, (SourceNetwork)source),
            }) with { Files = files };
        }
        catch (MatchException error) when (LookAlike.Named(error, network, source) is var named && named != error)
        {
            throw named;
        }
    }

    private static (SourceModel Source, ImmutableArray<FileRead> Files) Read(Network network, string folder)
    {
        SourceModel? source = null;
        var files = new List<FileRead>();
        foreach ((int index, string file) in network.Weights.Files.Index())
        {
            string path = Path.Combine(folder, file);
            if (WeightsPath.Find(path) is null)
                throw new MatchException(Rules.WeightsMissing, Place.WeightsFile(index), file, path);
            source = Guard(Place.WeightsFile(index), file, $"reading the weights file '{file}'", () =>
            {
                WeightsFile next = WeightsFile.Read(path, source is null ? network.Input : null);
                files.AddRange(next.Files);
                return source is null ? next.Model : SourceModel.Chain(source, next.Model);
            });
        }

        return (source!, [.. files]);
    }

    private static T Guard<T>(Place place, string file, string stage, Func<T> work)
    {
        try
        {
            return WorkStage.Run(stage, place, work);
        }
        catch (WeightsException error)
        {
            throw new MatchException(Rules.WeightsUnreadable, place, file, error.Message);
        }
    }
}
