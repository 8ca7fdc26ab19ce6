using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>A trained tensor, which is read when it is needed.</summary>
/// <param name="Name">Its name in the file, for messages.</param>
/// <param name="Shape">As in the file.</param>
/// <param name="Read">Gives its numbers, row-major.</param>
internal sealed record KerasTensor(string Name, ImmutableArray<int> Shape, Func<float[]> Read);

/// <summary>The weights of a model by layer and name: "kernel".</summary>
internal sealed class KerasWeights
{
    /// <summary>How many models deep a name is looked up.</summary>
    private const int MostParts = 8;

    /// <summary>How many layers of one name, in models within the model, are told apart.</summary>
    private const int MostNamesakes = 64;

    private const int MostWeights = 16;

    private readonly KerasLayer _model;
    private readonly ILookup<string, KerasLayer> _layers;
    private readonly Dictionary<KerasLayer, List<(string Name, KerasTensor Tensor)>> _weights = [];

    /// <summary>No weights yet of a model.</summary>
    public KerasWeights(KerasLayer model) => (_model, _layers) = (model, model.Descendants().ToLookup(layer => layer.Name, StringComparer.Ordinal));

    /// <summary>Adds a weight to a layer.</summary>
    /// <exception cref="WeightsException">The layer has one of that name.</exception>
    public void Add(KerasLayer layer, string name, KerasTensor tensor)
    {
        if (!_weights.TryGetValue(layer, out List<(string Name, KerasTensor Tensor)>? own))
            _weights.Add(layer, own = []);
        if (own.Any(weight => weight.Name == name))
            throw new WeightsException($"\"{PrintableName.Of(tensor.Name)}\" is a second {PrintableName.Of(name)} of {layer.Place}; one was expected. Save the model again.");
        if (own.Count == MostWeights)
            throw new WeightsException($"{layer.Place}, has more than {MostWeights} weights; a MobileNet's layers have at most four. Save the model again.");
        own.Add((name, tensor));
    }

    /// <summary>The layer that a weight's name speaks of.</summary>
    /// <param name="scope">The layer that the file has it in; null for none.</param>
    /// <param name="path">What stands before the weight's own name: the layer's name, perhaps behind those of the models that it is in.</param>
    /// <exception cref="WeightsException">The configuration has no such layer, or more than one.</exception>
    public KerasLayer Find(KerasLayer? scope, string path)
    {
        if (scope is { IsModel: false })
            return scope;

        // The name of a layer may itself have slashes.
        var starts = new Stack<int>();
        starts.Push(0);
        for (int slash = path.Length; starts.Count <= MostParts && slash > 0 && (slash = path.LastIndexOf('/', slash - 1)) >= 0;)
            starts.Push(slash + 1);
        foreach (int start in starts.Order())
        {
            KerasLayer[] named = [.. _layers[path[start..]].Take(MostNamesakes).Where(layer => scope is null || IsWithin(layer, scope))];
            if (named.Length > 1)
                named = [.. named.Where(layer => path == layer.Path || path.EndsWith($"/{layer.Path}", StringComparison.Ordinal) || layer.Path.EndsWith($"/{path}", StringComparison.Ordinal))];
            if (named.Length == 1)
                return named[0];
        }

        throw Unknown(path);
    }

    /// <summary>The configuration has no layer of a name, or several.</summary>
    public static WeightsException Unknown(string layer) =>
        new($"The file has weights of a layer \"{PrintableName.Of(layer)}\", which the model's configuration does not have, or has more than once. Save the model again.");

    /// <summary>A layer of the whole model.</summary>
    /// <returns>Null where there is none.</returns>
    public KerasLayer? Top(string name) => _layers[name].FirstOrDefault(layer => layer.Parent == _model);

    /// <summary>The weights of a layer that have not been taken.</summary>
    public IReadOnlyList<(string Name, KerasTensor Tensor)> Of(KerasLayer layer) => _weights.TryGetValue(layer, out List<(string Name, KerasTensor Tensor)>? own) ? own : [];

    /// <summary>Forgets the weights of a layer that computes nothing: the state of its random numbers.</summary>
    public void Drop(KerasLayer layer) => _weights.Remove(layer);

    /// <summary>A weight, which is then no longer there.</summary>
    /// <returns>Null where the layer has none of the name.</returns>
    public KerasTensor? Take(KerasLayer layer, string name)
    {
        int index = _weights.TryGetValue(layer, out List<(string Name, KerasTensor Tensor)>? own) ? own.FindIndex(weight => weight.Name == name) : -1;
        if (index < 0)
            return null;
        KerasTensor tensor = own![index].Tensor;
        own.RemoveAt(index);
        return tensor;
    }

    /// <summary>The layers whose weights nothing took.</summary>
    public ImmutableArray<string> Left() => [.. _model.Descendants().Where(layer => Of(layer).Count > 0).Select(layer => PrintableName.Of(layer.Path))];

    private static bool IsWithin(KerasLayer layer, KerasLayer model) => layer.Parent is { } parent && (parent == model || IsWithin(parent, model));
}
