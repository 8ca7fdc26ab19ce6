using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>The layers of a model, to be found by the names that stand in the names of weights.</summary>
internal sealed class KerasModel
{
    private readonly Dictionary<string, (int Index, KerasLayer Layer)> _layersByName = [];
    private readonly Dictionary<(string Top, string Name), (int Index, KerasLayer Layer)> _layers = [];

    /// <summary>Numbers the layers of a model, and of models that stand as its layers, as they run.</summary>
    public KerasModel(KerasLayer model)
    {
        foreach (KerasLayer top in model.Layers)
        {
            Add(top, top);
            foreach (KerasLayer inner in top.Descendants())
                Add(top, inner);
        }

        void Add(KerasLayer top, KerasLayer layer)
        {
            (int, KerasLayer) place = (_layers.Count, layer);
            _layers.TryAdd((top.Name, layer.Name), place);
            _layersByName.TryAdd(layer.Name, place);
        }
    }

    /// <summary>A layer, and its place in the order they run.</summary>
    /// <param name="top">The name of the model's layer.</param>
    /// <param name="name">The name of a layer inside of that; ignored where there is none of that name.</param>
    /// <exception cref="WeightsException">The model has no such layer.</exception>
    public (int Index, KerasLayer Layer) Find(string top, string name) =>
        _layers.TryGetValue((top, name), out (int, KerasLayer) found) || _layers.TryGetValue((top, top), out found) ? found : throw Unknown(top);

    /// <summary>A layer of the model, or of one of its layers, and its place in the order they run.</summary>
    /// <exception cref="WeightsException">The model has no such layer.</exception>
    public (int Index, KerasLayer Layer) Find(string name) => _layersByName.TryGetValue(name, out (int, KerasLayer) found) ? found : throw Unknown(name);

    private static WeightsException Unknown(string layer) =>
        new($"The file has weights of a layer \"{layer}\", which the model's configuration does not have. Save the model again.");
}
