using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
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

    /// <summary>Reads weights without their model, whose layers were put in order.</summary>
    /// <param name="root">The model's group.</param>
    /// <param name="model">Its layers.</param>
    public static SourceParameters Read(Hdf5Object root, KerasLayer model)
    {
        var weights = new KerasWeights(model);
        Collect(weights, root, model);
        var parameters =
            from layer in model.Descendants()
            from weight in weights.Of(layer)
            select new Parameter(layer.Path, KerasNames.Role(weight.Name)!.Value, weight.Tensor.Name, weight.Tensor.Shape, weight.Tensor.Read());
        return ParameterGrouping.Group(KerasHdf5Reader.Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder: true, [.. parameters]);
    }

    /// <summary>The group of a model's layers, or null where it has none. TensorFlow 2.12 has another name for it.</summary>
    public static Hdf5Object? Layers(Hdf5Object model) => model.Member("layers") ?? model.Member("_layer_checkpoint_dependencies");

    /// <summary>The class, as groups spell it, of the layer whose group has a name: "conv2d" of "conv2d_12".</summary>
    public static string Class(string group) =>
        group.LastIndexOf('_') is var at and > 0 && int.TryParse(group.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? group[..at] : group;

    /// <summary>Gives the layers of a model the weights that its groups have for them.</summary>
    /// <param name="weights">Where they are put.</param>
    /// <param name="model">The model's group.</param>
    /// <param name="config">The model.</param>
    public static void Collect(KerasWeights weights, Hdf5Object model, KerasLayer config)
    {
        if (Layers(model) is not { } layers)
        {
            if (config.Descendants().Any(layer => !layer.WeightNames.IsEmpty))
                throw new WeightsException($"The weights have no layers of the model \"{PrintableName.Of(config.Name)}\". They are of another model than its configuration; save it again.");
            return;
        }

        ILookup<string, string> groups = layers.Members.OrderBy(name => name, NaturalOrder.Instance).ToLookup(Class, StringComparer.Ordinal);
        var queues = new Dictionary<string, Queue<string>>(StringComparer.Ordinal);
        foreach (KerasLayer layer in config.Layers)
        {
            string kind = SnakeCase(layer.Class);
            if (!queues.TryGetValue(kind, out Queue<string>? queue))
                queues.Add(kind, queue = new Queue<string>(groups[kind]));
            if (queue.TryDequeue(out string? name))
                Add(weights, layers.Member(name)!, layer);
            else if (!layer.WeightNames.IsEmpty || layer.Descendants().Any(inner => !inner.WeightNames.IsEmpty))
                throw new WeightsException($"The weights have {groups[kind].Count()} groups \"{kind}\", and the model more layers of that class, of which \"{PrintableName.Of(layer.Name)}\" is one. Save the model again.");
        }

        if (queues.FirstOrDefault(pair => pair.Value.Count > 0) is { Value: { } left } more)
            throw new WeightsException($"The weights have {left.Count} more groups \"{more.Key}\" than the model has layers of that class. Save the model again.");
    }

    private static void Add(KerasWeights weights, Hdf5Object group, KerasLayer layer)
    {
        if (layer.IsModel)
        {
            Collect(weights, group, layer);
            return;
        }

        // Without the configuration nobody can say whether there is a bias.
        ImmutableArray<string> names = layer.WeightNames;
        Hdf5Object? own = group.Member(Own);
        int count = own?.Members.Count ?? 0;
        int least = layer.Config.ValueKind == JsonValueKind.Undefined && names.LastOrDefault() == KerasNames.Bias ? names.Length - 1 : names.Length;
        if (!names.IsEmpty && (count < least || count > names.Length))
            throw new WeightsException($"{layer.Place}, has {count} tensors; {least} to {names.Length} were expected: {string.Join(", ", names)}. Save the model again.");
        for (int i = 0; i < count; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture), place = $"{layer.Path}/{Own}/{number}";
            Hdf5Object stored = own!.Member(number) ?? throw Hdf5Bytes.Damaged($"\"{place}\" is missing");
            weights.Add(layer, i < names.Length ? names[i] : number, new KerasTensor(place, stored.Shape(), () => stored.Values().Floats(place)));
        }
    }

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
