using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>Tells that weights which do not fit a built-in classifier are another one's: the first layer that differs would say little of that.</summary>
internal static class LookAlike
{
    /// <summary>The error that names the other network; the one given, where there is no such network.</summary>
    public static MatchException Named(MatchException error, Network network, SourceModel source)
    {
        bool isOfLayers = error.Rule == Rules.LayerMismatch || error.Rule == Rules.LayerCount;
        return isOfLayers && Of(network, source) is { } other
            ? new MatchException(error.Rule, Place.Statement("network"), [.. error.Arguments.SkipLast(1), $"these look like {other}'s weights; write: network {other}"])
            : error;
    }

    /// <summary>The other network, or null.</summary>
    private static string? Of(Network network, SourceModel source)
    {
        if (network.Detector is not null || source is SourceNetwork { Detector: not null } || BuiltInNetworks.Find(network.Architecture) is null || network.IsWritten("layers"))
            return null;
        ImmutableArray<FilterShape> found = source switch
        {
            SourceNetwork graph => [.. graph.Operators.Where(op => op is not SourceDense).Select(FilterShape.Of).OfType<FilterShape>()],
            SourceParameters parameters => [.. parameters.Filters.Where(filter => filter.Kind != SourceFilterKind.Dense).Select(FilterShape.Of)],
            _ => [],
        };
        (int Spatial, int Pointwise) file = Count(found);

        // Dense layers of the head that are stored as convolutions are more of 1×1.
        string[] names = [.. BuiltInNetworks.Names.Where(name => Count(name) is var own && own.Spatial == file.Spatial && file.Pointwise >= own.Pointwise && file.Pointwise <= own.Pointwise + own.Head)];
        return names is [var only] && only != network.Architecture ? only : null;
    }

    private static (int Spatial, int Pointwise, int Head) Count(string name)
    {
        Network network = Mbnet.Networks($"network {name}\nweights random\n")[0];
        if (network.Detector is not null)
            return (-1, 0, 0);
        (int spatial, int pointwise) = Count(FilterShape.Body(network).Select(FilterShape.Of));
        return (spatial, pointwise, network.Layers.Count(layer => layer.HasWeights) - spatial - pointwise);
    }

    private static (int Spatial, int Pointwise) Count(IEnumerable<FilterShape> shapes) => (shapes.Count(s => s.Height > 1), shapes.Count(s => s.Height == 1));
}
