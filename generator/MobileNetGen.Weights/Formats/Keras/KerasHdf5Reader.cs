using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Keras.Hdf5;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>Reads Keras' HDF5 files: whole models and weights alone, as Keras 2 wrote them and Keras 3 still does, and the weights alone of Keras 3.</summary>
/// <remarks>
/// In the former, attributes name the layers in order and each layer's weights; a whole model has its configuration too, which states ε and in which order
/// the layers of a model within the model run. What optimisers keep is passed over unread.
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
        KerasModel? model = root.TryGetAttribute("model_config", out Hdf5Values config)
            ? new KerasModel(Json.Read(string.Concat(config.Texts("model_config")), KerasLayer.ReadModel))
            : null;
        IEnumerable<Parameter> parameters = names.SelectMany(name => Parameters(layers, name, model)).OrderBy(pair => pair.Index).Select(pair => pair.Parameter);
        return ParameterGrouping.Group(Format, KernelLayout.OutputLast, KerasNames.Epsilon, inOrder: true, [.. parameters]);
    }

    /// <summary>The weights of a layer, or of the layers of a model that stands as one: those that are trained come first there, whichever layer they are of.</summary>
    private static IEnumerable<(int Index, Parameter Parameter)> Parameters(Hdf5Object layers, string top, KerasModel? model)
    {
        Hdf5Object group = layers.Member(top) ?? throw Hdf5Bytes.Damaged($"the layer \"{top}\" is missing");
        foreach (string weight in Names(group, "weight_names") ?? [])
        {
            (string path, string own) = KerasNames.Split(weight);
            string name = path.Length == 0 ? top : path[(path.LastIndexOf('/') + 1)..];
            (int index, KerasLayer? layer) = model is null ? (0, null) : model.Find(top, name);
            if (KerasNames.Role(own, layer) is not { } role)
                continue;
            Hdf5Values values = (group.Member(weight) ?? throw Hdf5Bytes.Damaged($"the weights \"{weight}\" of the layer \"{top}\" are missing")).Values();
            yield return (index, new Parameter(name == top ? top : $"{top}/{name}", role, weight, values.Space.Shape, values.Floats(weight)) { Epsilon = layer?.Epsilon });
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
