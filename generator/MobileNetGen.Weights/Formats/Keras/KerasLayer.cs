using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>A layer as a model's configuration, which is JSON, describes it; or a model, whose layers are listed.</summary>
internal sealed class KerasLayer
{
    /// <summary>Several times what the largest network of the language has.</summary>
    public const int MaximumLayers = 16_384;

    private ImmutableArray<string>? _weightNames;
    private string? _place;

    /// <summary>A layer, and for a model the layers it has.</summary>
    /// <param name="name">Its name, unique in its model.</param>
    /// <param name="kind">Its class: "DepthwiseConv2D".</param>
    /// <param name="layers">The layers of a model, in the order they are listed; none for other layers.</param>
    public KerasLayer(string name, string kind, ImmutableArray<KerasLayer> layers)
    {
        (Name, Class, Layers) = (name, kind, layers);
        foreach (KerasLayer layer in layers)
            layer.Parent = this;
    }

    public string Name { get; }

    public string Class { get; }

    public ImmutableArray<KerasLayer> Layers { get; }

    /// <summary>The model that it is a layer of; null for the whole model.</summary>
    public KerasLayer? Parent { get; private set; }

    /// <summary>What the file says of it; undefined where it says nothing.</summary>
    public JsonElement Stated { get; init; }

    /// <summary>Its options.</summary>
    public JsonElement Config => Json.Property(Stated, "config");

    /// <summary>Whether it is a model that lists its layers.</summary>
    public bool IsModel => !Layers.IsEmpty || KerasNames.IsModel(Class);

    /// <summary>What its tensors are, in the order of their numbers; none of a layer that has no weights.</summary>
    public ImmutableArray<string> WeightNames
    {
        get => _weightNames ??= KerasNames.Weights(Class, Config);
        init => _weightNames = value;
    }

    /// <summary>Its name behind those of the models that it is in: "mobilenet/conv1".</summary>
    public string Path => Parent is { Parent: not null } ? $"{Parent.Path}/{Name}" : Name;

    /// <summary>Where it is in the file, for messages.</summary>
    public string Place => _place ??= $"layer \"{PrintableName.Of(Path)}\", {PrintableName.Of(Class)}";

    /// <summary>Reads the configuration of a whole model.</summary>
    /// <param name="json">As Keras 2, Keras 3 and TensorFlow.js write it: class and configuration, with a list of layers.</param>
    /// <exception cref="WeightsException">It is not of a model whose layers are listed.</exception>
    public static KerasLayer ReadModel(JsonElement json)
    {
        int left = MaximumLayers;
        KerasLayer model = Read(json, ref left);
        return !model.Layers.IsEmpty
            ? model
            : throw new WeightsException(
                $"The model's configuration, of a {PrintableName.Of(model.Class)}, lists no layers; a Sequential or Functional model was expected. Build the subclassed model's layers into one, and save that.");
    }

    /// <summary>The layers of a model that stands as a layer, and theirs.</summary>
    public IEnumerable<KerasLayer> Descendants() => Layers.SelectMany(layer => layer.Descendants().Prepend(layer));

    // JSON nests at most 64 deep, and so do layers.
    private static KerasLayer Read(JsonElement json, ref int left)
    {
        if (left-- == 0)
            throw new WeightsException($"The model has more than {MaximumLayers} layers; a MobileNet has a few hundred.");
        string kind = Text(json, "class_name") ?? "";
        JsonElement config = Json.Property(json, "config");

        // Before Keras 2.2.3 the configuration of a Sequential was its list of layers.
        JsonElement listed = config.ValueKind == JsonValueKind.Array ? config : Json.Property(config, "layers");
        var layers = ImmutableArray.CreateBuilder<KerasLayer>();
        if (listed.ValueKind == JsonValueKind.Array)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonElement item in listed.EnumerateArray())
            {
                KerasLayer layer = Read(item, ref left);
                if (layer.Class.Length == 0 || layer.Name.Length == 0)
                    throw Json.Unexpected("a layer has no class or no name");
                if (!names.Add(layer.Name))
                    throw Json.Unexpected($"two layers have the name \"{PrintableName.Of(layer.Name)}\"");
                layers.Add(layer);
            }
        }

        return new KerasLayer(Text(json, "name") ?? Text(config, "name") ?? "", kind, layers.DrainToImmutable()) { Stated = json };
    }

    private static string? Text(JsonElement json, string name) =>
        Json.Property(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
