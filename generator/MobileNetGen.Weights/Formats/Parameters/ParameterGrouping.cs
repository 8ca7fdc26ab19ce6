using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>Makes filters of named tensors: brings kernels into one order and finds the convolution of each batch normalisation.</summary>
public static class ParameterGrouping
{
    /// <summary>Twice what the largest network of the language could have.</summary>
    private const int MaximumTensors = 16_384;

    /// <summary>Groups the tensors of a file.</summary>
    /// <param name="format">The facts of the file's format.</param>
    /// <param name="layout">The order of its kernels' dimensions.</param>
    /// <param name="epsilon">ε of batch normalisations that do not state their own, unless the network's text has another.</param>
    /// <param name="inOrder">Whether the tensors are in the order their layers run, as far as the format can tell; else layers are sorted by name, numbers as numbers.</param>
    /// <param name="tensors">Everything the file holds that a MobileNet could use.</param>
    /// <exception cref="WeightsException">They are not those of a network of convolutions, batch normalisations and fully connected layers.</exception>
    public static SourceParameters Group(SourceFormat format, KernelLayout layout, double epsilon, bool inOrder, IReadOnlyList<Parameter> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count > MaximumTensors)
            throw new WeightsException($"The file has {tensors.Count} tensors; a MobileNet has a few hundred, and at most {MaximumTensors} are read.");

        var byName = new Dictionary<string, ParameterLayer>(StringComparer.Ordinal);
        var layers = new List<ParameterLayer>();
        foreach (Parameter tensor in tensors)
        {
            if (tensor.Values.Length == 0)
                throw new WeightsException($"\"{tensor.Name}\" is empty: its shape is [{string.Join(", ", tensor.Shape)}].");
            if (!byName.TryGetValue(tensor.Layer, out ParameterLayer? layer))
            {
                byName.Add(tensor.Layer, layer = new ParameterLayer(tensor.Layer));
                layers.Add(layer);
            }

            layer.Add(tensor);
        }

        if (!inOrder)
            layers = [.. layers.OrderBy(layer => layer.Name, NaturalOrder.Instance)];
        layers.ForEach(layer => layer.Complete(layout));
        Dictionary<ParameterLayer, ParameterLayer> normalizations = NormalizationPairing.Pair(layers, inOrder);
        return new SourceParameters(format,
        [
            .. layers.Where(layer => !layer.IsNormalization).Select(layer => layer.Filter(layout) with
            {
                Normalization = layer.Normalization(epsilon) ?? normalizations.GetValueOrDefault(layer)?.Normalization(epsilon),
            }),
        ]);
    }
}
