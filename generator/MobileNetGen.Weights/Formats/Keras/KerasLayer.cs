using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>A layer as a model's configuration, which is JSON, describes it.</summary>
/// <param name="Name">Its name, unique in its model.</param>
/// <param name="Class">Its class: "DepthwiseConv2D".</param>
/// <param name="Epsilon">ε of a batch normalisation; null where none is stated.</param>
/// <param name="Layers">The layers of a model that stands as a layer, in the order they run; empty for other layers.</param>
internal sealed record KerasLayer(string Name, string Class, double? Epsilon, ImmutableArray<KerasLayer> Layers)
{
    /// <summary>Whether a batch normalisation has γ.</summary>
    public bool HasGamma { get; init; } = true;

    /// <summary>Whether a batch normalisation has β.</summary>
    public bool HasBeta { get; init; } = true;

    /// <summary>Reads the configuration of a whole model.</summary>
    /// <param name="json">As Keras 2, Keras 3 and TensorFlow.js write it: class and configuration, with a list of layers.</param>
    /// <exception cref="WeightsException">It is not of a model whose layers are listed.</exception>
    public static KerasLayer ReadModel(JsonElement json)
    {
        KerasLayer model = Read(json);
        return !model.Layers.IsEmpty
            ? model
            : throw new WeightsException(
                $"The model's configuration, of a {model.Class}, lists no layers; a Sequential or Functional model was expected. Build the subclassed model's layers into one, and save that.");
    }

    /// <summary>The layers of a model that stands as a layer, and theirs.</summary>
    public IEnumerable<KerasLayer> Descendants() => Layers.SelectMany(layer => layer.Descendants().Prepend(layer));

    // JSON nests at most 64 deep, and so do layers.
    private static KerasLayer Read(JsonElement json)
    {
        JsonElement config = Json.Property(json, "config");

        // Before Keras 2.2.3 the configuration of a Sequential was its list of layers.
        JsonElement layers = config.ValueKind == JsonValueKind.Array ? config : Json.Property(config, "layers");
        return new KerasLayer(
            Text(config, "name") ?? Text(json, "name") ?? "",
            Text(json, "class_name") ?? "",
            Json.Property(config, "epsilon") is { ValueKind: JsonValueKind.Number } epsilon ? Json.Number(epsilon, "ε") : null,
            layers.ValueKind == JsonValueKind.Array ? [.. layers.EnumerateArray().Select(Read)] : [])
        {
            HasGamma = Json.Property(config, "scale").ValueKind != JsonValueKind.False,
            HasBeta = Json.Property(config, "center").ValueKind != JsonValueKind.False,
        };
    }

    private static string? Text(JsonElement json, string name) =>
        Json.Property(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
