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
/// Reads TensorFlow.js' models: a model.json and the shards beside it. Models of layers, which have Keras' configuration, and graph models give the whole network;
/// a weights manifest alone, which some libraries keep, the weights by their names.
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
        var budget = new WeightsBudget(file.Bytes.Length + tensors.Sum(tensor => tensor.Specification.Length));
        if (Json.Property(topology, "node") is { ValueKind: JsonValueKind.Array } nodes)
            return GraphTranslator.Translate(Format, file, budget, GraphNodes.Read(nodes, tensors, budget));
        return topology.ValueKind == JsonValueKind.Object
            ? Layers(file, budget, tensors, KerasLayer.ReadModel(Json.Property(topology, "model_config") is { ValueKind: JsonValueKind.Object } config ? config : topology))
            : Named(tensors);
    }

    private static SourceNetwork Layers(WeightsInput file, WeightsBudget budget, List<StoredTensor> tensors, KerasLayer model)
    {
        var weights = new KerasWeights(model);
        foreach (StoredTensor tensor in tensors)
        {
            (string layer, string name) = KerasNames.Split(tensor.Specification.Name);
            weights.Add(weights.Find(null, layer), name, new KerasTensor(tensor.Specification.Name, tensor.Specification.Shape, tensor.Floats));
        }

        return KerasGraphBuilder.Build(Format, file, budget, model, weights);
    }

    private static SourceParameters Named(List<StoredTensor> tensors)
    {
        var parameters =
            from tensor in tensors
            let weight = KerasNames.Split(tensor.Specification.Name)
            let role = SlimRole(weight.Name) ?? KerasNames.Role(weight.Name)
            where role is not null
            select Parameter(tensor, SlimLayer(weight.Layer), role.Value);
        StoredTensor? anchors = tensors.FirstOrDefault(IsAnchors);
        return ParameterGrouping.Group(Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder: false, [.. parameters]) with
        {
            Anchors = anchors is null ? null : CornerAnchors.Read($"\"{anchors.Specification.Name}\"", anchors.Floats()),
        };
    }

    /// <summary>A table of boxes that is no layer's: face-api.js has its anchors so, as corners.</summary>
    private static bool IsAnchors(StoredTensor tensor)
    {
        string name = KerasNames.Split(tensor.Specification.Name).Name;
        return tensor.Specification is { IsInteger: false, Shape: [> 1, 4] or [1, > 1, 4] } && SlimRole(name) is null && KerasNames.Role(name) is null;
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
}
