using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.New;

/// <summary>A description, and all files that it names.</summary>
/// <param name="Network">Its network, the first if there are several.</param>
/// <param name="Folder">The folder of the description.</param>
/// <param name="Files">The files, the description among them.</param>
internal sealed record DescribedFiles(Network Network, string Folder, ImmutableArray<string> Files)
{
    /// <summary>Reads a description with its weights and labels.</summary>
    /// <exception cref="InputException">Something is wrong with them, or they lie elsewhere.</exception>
    public static DescribedFiles Read(string path)
    {
        Description description = Networks.Read(path);
        ImmutableArray<string> files =
        [
            Path.GetFullPath(path),
            .. description.Plans.SelectMany(plan => Networks.With(description, () => TrainedNetworkLoader.Load(plan.Network, description.Folder)).Files.Select(f => Path.GetFullPath(f.Path))).Distinct(),
            .. description.Plans.Select(plan => plan.Network.Labels).OfType<string>().Distinct().Select(l => Path.GetFullPath(Path.Combine(description.Folder, l))),
        ];
        foreach (Network network in description.Plans.Select(p => p.Network))
            Networks.With(description, () => LabelsFile.Read(network, description.Folder));
        if (files.FirstOrDefault(f => Path.GetRelativePath(description.Folder, f) is var relative && (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative))) is { } outside)
            throw new InputException($"{path}: it names {outside}, which lies elsewhere; put it beside the description, and write its name alone.");
        return new DescribedFiles(description.Plans[0].Network, description.Folder, files);
    }

    /// <summary>Copies all of them into a folder, as they lie in theirs.</summary>
    /// <exception cref="InputException">They cannot be written.</exception>
    public Network CopyTo(string folder)
    {
        foreach (string file in Files)
            Results.Copy(file, Path.Combine(folder, Path.GetRelativePath(Folder, file)));
        return Network;
    }
}
