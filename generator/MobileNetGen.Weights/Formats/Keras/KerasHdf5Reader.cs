using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Keras.Hdf5;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>Reads Keras' HDF5 files: whole models and weights alone, as Keras 2 wrote them and Keras 3 still does, and the weights alone of Keras 3.</summary>
/// <remarks>
/// In the former, attributes name the layers in order and each layer's weights. A whole model has its configuration too, which is a graph of its layers: it gives a
/// network, and weights alone give parameters. What optimisers keep is passed over unread.
/// </remarks>
public sealed class KerasHdf5Reader : IWeightsReader
{
    /// <summary>Keras, with TensorFlow's padding.</summary>
    public static SourceFormat Format { get; } = new("Keras", PaddingConvention.Same);

    /// <inheritdoc/>
    public string Description => "Keras (.h5)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => Hdf5File.HasSignature(head) || extension is ".h5" or ".hdf5";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Hdf5Object root = new Hdf5File(file.Bytes).Root;
        if (KerasVariables.Layers(root) is not null)
            return KerasVariables.Read(root, KerasOrder.Infer(root));
        Hdf5Object layers = root.Member("model_weights") ?? root;
        if (Names(layers, "layer_names") is not { } names)
            throw new WeightsException("The HDF5 file is not one of Keras: it has neither the attribute \"layer_names\" nor the group \"layers\". Save the model with Keras.");
        return root.TryGetAttribute("model_config", out Hdf5Values config)
            ? Json.Read(string.Concat(config.Texts("model_config")), json => Network(file, layers, names, KerasLayer.ReadModel(json)))
            : ParameterGrouping.Group(Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder: true, [.. names.SelectMany(name => Parameters(layers, name))]);
    }

    private static SourceNetwork Network(WeightsInput file, Hdf5Object layers, List<string> names, KerasLayer model)
    {
        var weights = new KerasWeights(model);
        foreach (string top in names)
        {
            KerasLayer? layer = weights.Top(top);
            foreach ((string name, Hdf5Object stored) in Stored(layers, top))
            {
                (string path, string own) = KerasNames.Split(name);
                if (own == KerasNames.RandomState)
                    continue;
                weights.Add(weights.Find(layer ?? throw KerasWeights.Unknown(top), path), own, new KerasTensor(name, stored.Shape(), () => stored.Values().Floats(name)));
            }
        }

        return KerasGraphBuilder.Build(Format, file, new WeightsBudget(file.Bytes.Length), model, weights);
    }

    /// <summary>The weights of a layer, or of the layers of a model that stands as one.</summary>
    private static IEnumerable<(string Name, Hdf5Object Stored)> Stored(Hdf5Object layers, string top)
    {
        Hdf5Object group = layers.Member(top) ?? throw Hdf5Bytes.Damaged($"the layer \"{top}\" is missing");
        foreach (string weight in Names(group, "weight_names") ?? [])
            yield return (weight, group.Member(weight) ?? throw Hdf5Bytes.Damaged($"the weights \"{weight}\" of the layer \"{top}\" are missing"));
    }

    private static IEnumerable<Parameter> Parameters(Hdf5Object layers, string top)
    {
        foreach ((string weight, Hdf5Object stored) in Stored(layers, top))
        {
            (string path, string own) = KerasNames.Split(weight);
            if (KerasNames.Role(own) is not { } role)
                continue;
            string name = path.Length == 0 ? top : path[(path.LastIndexOf('/') + 1)..];
            Hdf5Values values = stored.Values();
            yield return new Parameter(name == top ? top : $"{top}/{name}", role, weight, values.Space.Shape, values.Floats(weight));
        }
    }

    /// <summary>An attribute of names; what is too long for one attribute Keras divides among some that are numbered.</summary>
    private static List<string>? Names(Hdf5Object group, string attribute)
    {
        if (group.TryGetAttribute(attribute, out Hdf5Values values))
            return [.. values.Texts(attribute)];
        List<string>? names = null;
        for (int part = 0; group.TryGetAttribute(string.Create(CultureInfo.InvariantCulture, $"{attribute}{part}"), out values); part++)
            (names ??= []).AddRange(values.Texts(attribute));
        return names;
    }
}
