using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Keras;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Formats.TensorFlow;

namespace MobileNetGen.Weights.Formats.TensorFlowJs;

/// <summary>
/// Reads TensorFlow.js' models: a model.json and the shards beside it. Models of layers, which have Keras' configuration, give their weights in the order of
/// the layers; graph models the whole network; and a weights manifest alone, which some libraries keep, the weights by their names.
/// </summary>
public sealed class TensorFlowJsReader : IWeightsReader
{
    /// <summary>TensorFlow.js, with TensorFlow's padding.</summary>
    public static SourceFormat Format { get; } = new("TensorFlow.js", PaddingConvention.Same);

    /// <inheritdoc/>
    public string Description => "TensorFlow.js (model.json with shards)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == ".json";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Json.Read(Encoding.UTF8.GetString(file.Bytes), root => Read(file, root));
    }

    private static SourceModel Read(WeightsInput file, JsonElement root)
    {
        bool isManifest = root.ValueKind == JsonValueKind.Array;
        JsonElement topology = Json.Property(root, "modelTopology");
        List<StoredTensor> tensors = WeightsManifest.Read(file, isManifest ? root : Json.Required(root, "weightsManifest"));
        if (Json.Property(topology, "node") is { ValueKind: JsonValueKind.Array } nodes)
        {
            var budget = new WeightsBudget(file.Bytes.Length + tensors.Sum(tensor => tensor.Specification.Length));
            return GraphTranslator.Translate(Format, file, budget, GraphNodes.Read(nodes, tensors, budget));
        }

        bool isLayers = topology.ValueKind == JsonValueKind.Object;
        return isLayers ? Layers(tensors, KerasLayer.ReadModel(Json.Property(topology, "model_config") is { ValueKind: JsonValueKind.Object } config ? config : topology)) : Named(tensors);
    }

    private static SourceParameters Layers(List<StoredTensor> tensors, KerasLayer config)
    {
        var model = new KerasModel(config);
        var parameters =
            from tensor in tensors
            let weight = KerasNames.Split(tensor.Specification.Name)
            let layer = model.Find(weight.Layer[(weight.Layer.LastIndexOf('/') + 1)..])
            let role = KerasNames.Role(weight.Name, layer.Layer)
            where role is not null
            orderby layer.Index
            select Parameter(tensor, weight.Layer, role.Value) with { Epsilon = layer.Layer.Epsilon };
        return Group(parameters, inOrder: true);
    }

    private static SourceParameters Named(List<StoredTensor> tensors)
    {
        var parameters =
            from tensor in tensors
            let weight = KerasNames.Split(tensor.Specification.Name)
            let role = SlimRole(weight.Name) ?? KerasNames.Role(weight.Name, null)
            where role is not null
            select Parameter(tensor, SlimLayer(weight.Layer), role.Value);
        return Group(parameters, inOrder: false);
    }

    /// <summary>TF-slim's names; an optimised graph calls what is left of a batch normalisation in its convolution's scope an offset.</summary>
    private static ParameterRole? SlimRole(string name) => name switch
    {
        "weights" => ParameterRole.Kernel,
        "depthwise_weights" => ParameterRole.DepthwiseKernel,
        "biases" or "convolution_bn_offset" => ParameterRole.Bias,
        _ => null,
    };

    /// <summary>TF-slim's batch normalisation stands in the scope of its convolution and is part of it.</summary>
    private static string SlimLayer(string layer)
    {
        const string normalization = "/BatchNorm";
        return layer.EndsWith(normalization, StringComparison.Ordinal) ? layer[..^normalization.Length] : layer;
    }

    private static Parameter Parameter(StoredTensor tensor, string layer, ParameterRole role) =>
        new(layer, role, tensor.Specification.Name, tensor.Specification.Shape, tensor.Floats());

    private static SourceParameters Group(IEnumerable<Parameter> parameters, bool inOrder) =>
        ParameterGrouping.Group(Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder, [.. parameters]);
}
