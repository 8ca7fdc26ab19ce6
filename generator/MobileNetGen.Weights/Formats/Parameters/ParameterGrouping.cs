using System;
using System.Collections.Generic;
using System.Collections.Immutable;
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
    /// <param name="epsilon">ε of batch normalisations that do not state their own, unless the network's text has another or its producer is known to have another.</param>
    /// <param name="inOrder">Whether the tensors are in the order their layers run, as far as the format can tell; else layers are sorted by name, numbers as numbers.</param>
    /// <param name="tensors">Everything the file holds that a MobileNet could use.</param>
    /// <param name="conventions">What is assumed of the file; null for what its names suggest.</param>
    /// <exception cref="WeightsException">They are not those of a network of convolutions, batch normalisations and fully connected layers.</exception>
    public static SourceParameters Group(
        SourceFormat format, KernelLayout layout, double epsilon, bool inOrder, IReadOnlyList<Parameter> tensors, SourceConventions? conventions = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count > MaximumTensors)
            throw new WeightsException($"The file has {tensors.Count} tensors; a MobileNet has a few hundred, and at most {MaximumTensors} are read.");

        (IReadOnlyList<Parameter> kept, ImmutableArray<string> leftAside) = Leftovers.Separate(tensors);
        conventions ??= Producers.From(format, [.. tensors.Select(tensor => tensor.Name)]);
        if (conventions.Producer != SourceConventions.Of(format).Producer)
            epsilon = conventions.Epsilon;
        var byName = new Dictionary<string, ParameterLayer>(StringComparer.Ordinal);
        var layers = new List<ParameterLayer>();
        foreach (Parameter tensor in kept)
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
            layers = [.. layers.OrderBy(layer => layer.Name, NameOrder.Instance)];
        layers.ForEach(layer => layer.Complete(layout));
        NormalizationPairs normalizations = NormalizationPairing.Pair(layers, inOrder);
        SourceFilter[] filters = [.. layers.Where(layer => !layer.IsNormalization).Select(Filter)];
        return new SourceParameters(format, [.. inOrder ? filters : Doubts(filters, [.. layers.Where(layer => !layer.IsNormalization)])])
        {
            Conventions = conventions, LeftAside = leftAside, IsChannelsFirst = layout == KernelLayout.OutputFirst,
        };

        SourceFilter Filter(ParameterLayer layer)
        {
            ParameterLayer? behind = normalizations.Behind.GetValueOrDefault(layer);
            SourceFilter filter = layer.Filter(layout);
            return filter with
            {
                Normalization = layer.Normalization(epsilon) ?? behind?.Normalization(epsilon),
                NormalizationBefore = normalizations.Before.GetValueOrDefault(layer)?.Normalization(epsilon),
                Facts = filter.Facts?.Or(behind?.Facts) ?? behind?.Facts,
            };
        }
    }

    /// <summary>Notes of filters of one shape, which only order tells apart, whether their names tell it.</summary>
    private static IEnumerable<SourceFilter> Doubts(SourceFilter[] filters, ParameterLayer[] layers)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < filters.Length; i++)
        {
            string shape = $"{filters[i].Kind} {string.Join(" ", filters[i].Weights.Shape)}";
            bool isTold = !last.TryGetValue(shape, out int before) || NameOrder.IsTold(layers[before].Name, layers[i].Name);
            last[shape] = i;
            yield return isTold ? filters[i] : filters[i] with { UnorderedWith = filters[before].Place };
        }
    }
}
