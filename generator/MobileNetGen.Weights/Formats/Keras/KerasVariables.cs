using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using MobileNetGen.Weights.Formats.Keras.Hdf5;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>
/// Reads weights as Keras 3 keeps them: a group for each layer, named for its class and numbered, and in it a group "vars" of numbered tensors.
/// The model's configuration says which layer of a class comes when.
/// </summary>
internal static class KerasVariables
{
    /// <summary>The group of a layer's own tensors.</summary>
    public const string Own = "vars";

    /// <summary>Reads the weights of a model's layers.</summary>
    /// <param name="root">The model's group.</param>
    /// <param name="model">The model's configuration.</param>
    public static SourceParameters Read(Hdf5Object root, KerasLayer model)
    {
        var parameters = new List<Parameter>();
        Add(parameters, root, "", model);
        return ParameterGrouping.Group(KerasHdf5Reader.Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder: true, parameters);
    }

    /// <summary>The group of a model's layers, or null where it has none. TensorFlow 2.12 has another name for it.</summary>
    public static Hdf5Object? Layers(Hdf5Object model) => model.Member("layers") ?? model.Member("_layer_checkpoint_dependencies");

    /// <summary>The class, as groups spell it, of the layer whose group has a name: "conv2d" of "conv2d_12".</summary>
    public static string Class(string group) =>
        group.LastIndexOf('_') is var at and > 0 && int.TryParse(group.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? group[..at] : group;

    private static void Add(List<Parameter> parameters, Hdf5Object model, string path, KerasLayer config)
    {
        Hdf5Object layers = Layers(model) ?? throw new WeightsException($"The weights have no layers of the model \"{config.Name}\". They are of another model than its configuration; save it again.");
        ILookup<string, string> groups = layers.Members.OrderBy(name => name, NaturalOrder.Instance).ToLookup(Class, StringComparer.Ordinal);
        var queues = new Dictionary<string, Queue<string>>(StringComparer.Ordinal);
        foreach (KerasLayer layer in config.Layers)
        {
            ImmutableArray<ParameterRole> roles = Roles(layer);
            string kind = SnakeCase(layer.Class);
            if (!queues.TryGetValue(kind, out Queue<string>? queue))
                queues.Add(kind, queue = new Queue<string>(groups[kind]));
            Hdf5Object? group = queue.TryDequeue(out string? name) ? layers.Member(name) : null;
            if (roles.IsEmpty && layer.Layers.IsEmpty)
            {
                CheckWithoutWeights(layer, group);
                continue;
            }

            if (group is null)
                throw new WeightsException($"The weights have {groups[kind].Count()} groups \"{kind}\", and the model more layers of that class, of which \"{layer.Name}\" is one. Save the model again.");
            if (roles.IsEmpty)
                Add(parameters, group, $"{path}{layer.Name}/", layer);
            else
                AddLayer(parameters, group.Member(Own), path + layer.Name, layer, roles);
        }

        if (queues.FirstOrDefault(pair => pair.Value.Count > 0) is { Value: { } left } more)
            throw new WeightsException($"The weights have {left.Count} more groups \"{more.Key}\" than the model has layers of that class. Save the model again.");
    }

    /// <summary>Activations, pools and the like have none. What prepares the input has, and is the text's <c>normalize</c> instead.</summary>
    private static void CheckWithoutWeights(KerasLayer layer, Hdf5Object? group)
    {
        const string preparation = "Normalization";
        if (layer.Class != preparation && group?.Member(Own) is { Members.Count: > 0 })
        {
            throw new WeightsException(
                $"The layer \"{layer.Name}\", a {layer.Class}, has weights; those of a MobileNet are of {KerasNames.Convolution}, {KerasNames.Depthwise}, {KerasNames.Dense} and {KerasNames.BatchNormalization}.");
        }
    }

    private static void AddLayer(List<Parameter> parameters, Hdf5Object? own, string path, KerasLayer layer, ImmutableArray<ParameterRole> roles)
    {
        int count = own?.Members.Count ?? 0;
        int least = layer.Class == KerasNames.BatchNormalization ? roles.Length : 1;
        if (count < least || count > roles.Length)
            throw new WeightsException($"The layer \"{path}\", a {layer.Class}, has {count} tensors; {least} to {roles.Length} were expected: {string.Join(", ", roles)}.");
        for (int i = 0; i < count; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture), name = $"{path}/{Own}/{number}";
            Hdf5Values values = (own!.Member(number) ?? throw Hdf5Bytes.Damaged($"\"{name}\" is missing")).Values();
            parameters.Add(new Parameter(path, roles[i], name, values.Space.Shape, values.Floats(name)) { Epsilon = layer.Epsilon });
        }
    }

    /// <summary>What the tensors of a layer are, in their order; none of a layer that has no weights.</summary>
    private static ImmutableArray<ParameterRole> Roles(KerasLayer layer) => layer.Class switch
    {
        KerasNames.Convolution or KerasNames.Dense => [ParameterRole.Kernel, ParameterRole.Bias],
        KerasNames.Depthwise => [ParameterRole.DepthwiseKernel, ParameterRole.Bias],
        KerasNames.BatchNormalization =>
        [
            .. layer.HasGamma ? [ParameterRole.Gamma] : ImmutableArray<ParameterRole>.Empty,
            .. layer.HasBeta ? [ParameterRole.Beta] : ImmutableArray<ParameterRole>.Empty,
            ParameterRole.Mean, ParameterRole.Variance,
        ],
        _ => [],
    };

    /// <summary>A class's name as Keras spells it for groups: "depthwise_conv2d" of "DepthwiseConv2D".</summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool beginsWord = i > 0 && char.IsAsciiLetterUpper(name[i]) && (char.IsAsciiLetterLower(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1])));
            text.Append(beginsWord ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
