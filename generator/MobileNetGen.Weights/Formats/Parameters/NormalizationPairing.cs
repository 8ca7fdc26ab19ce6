using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>Finds the convolution that each batch normalisation follows.</summary>
/// <remarks>
/// In a file that is in order it is the kernel before it. Where names are sorted, bn1 to bn3 of a block may stand before conv1 to conv3: then the names
/// decide, and where they are only numbered, what is known of a MobileNet's blocks. What none of these settles is refused: a guess could be wrong silently.
/// </remarks>
internal static class NormalizationPairing
{
    private static readonly FrozenSet<string> s_normalizationWords = new[] { "batch", "batchnorm", "batchnormalization", "bn", "norm", "normalization" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> s_layerWords = s_normalizationWords.Concat(["conv", "conv2d", "convolution"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The batch normalisation of each kernel that has one.</summary>
    /// <exception cref="WeightsException">One fits no kernel, or two fit the same.</exception>
    public static Dictionary<ParameterLayer, ParameterLayer> Pair(IReadOnlyList<ParameterLayer> layers, bool inOrder)
    {
        bool followsKernels = TryPairWithPrevious(layers, out Dictionary<ParameterLayer, ParameterLayer> previous, out string? problem);
        if (inOrder && followsKernels)
            return previous;

        Dictionary<ParameterLayer, ParameterLayer> pairs = [];
        foreach (IGrouping<string, ParameterLayer> block in layers.GroupBy(layer => layer.Parent, StringComparer.Ordinal))
        {
            ParameterLayer[] kernels = [.. block.Where(layer => !layer.IsNormalization)];
            ParameterLayer[] normalizations = [.. block.Where(layer => layer.IsNormalization)];
            Dictionary<ParameterLayer, ParameterLayer>? found =
                ByName(kernels, normalizations, name => WithoutWords(name.Split('_'), s_normalizationWords))
                ?? ByName(kernels, normalizations, Rest)
                ?? ByChannels(kernels, normalizations);
            if (found is null)
                return followsKernels ? previous : throw new WeightsException(problem!);
            foreach ((ParameterLayer kernel, ParameterLayer normalization) in found)
                pairs.Add(kernel, normalization);
        }

        return pairs;
    }

    private static bool TryPairWithPrevious(
        IReadOnlyList<ParameterLayer> layers, out Dictionary<ParameterLayer, ParameterLayer> pairs, [NotNullWhen(false)] out string? problem)
    {
        pairs = [];
        problem = null;
        ParameterLayer? kernel = null;
        foreach (ParameterLayer layer in layers)
        {
            if (!layer.IsNormalization)
                kernel = layer;
            else if (kernel is null)
                problem ??= $"The batch normalisation \"{layer.Name}\" follows no convolution.";
            else if (kernel.Channels != layer.Channels)
                problem ??= $"The batch normalisation \"{layer.Name}\" has {layer.Channels} channels, but \"{kernel.Kernel!.Name}\" before it has {kernel.Channels} outputs.";
            else if (!pairs.TryAdd(kernel, layer))
                problem ??= $"The batch normalisations \"{pairs[kernel].Name}\" and \"{layer.Name}\" both follow \"{kernel.Kernel!.Name}\".";
        }

        return problem is null;
    }

    /// <summary>Pairs layers whose names are equal but for the words that say what they are; null unless that serves every batch normalisation.</summary>
    private static Dictionary<ParameterLayer, ParameterLayer>? ByName(ParameterLayer[] kernels, ParameterLayer[] normalizations, Func<string, string> stem)
    {
        ILookup<string, ParameterLayer> kernelsByStem = kernels.ToLookup(kernel => stem(kernel.ShortName), StringComparer.OrdinalIgnoreCase);
        var pairs = new Dictionary<ParameterLayer, ParameterLayer>();
        foreach (ParameterLayer normalization in normalizations)
        {
            ParameterLayer[] found = [.. kernelsByStem[stem(normalization.ShortName)].Take(2)];
            if (found.Length != 1 || found[0].Channels != normalization.Channels || !pairs.TryAdd(found[0], normalization))
                return null;
        }

        return pairs;
    }

    /// <summary>
    /// Pairs by channels. Two kernels of a block with as many are the depthwise one and its neighbour: the expansion before it in a block of three,
    /// the pointwise one after it in a block of two. Batch normalisations that are only numbered (timm's bn1, bn2, bn3) are in that order.
    /// </summary>
    private static Dictionary<ParameterLayer, ParameterLayer>? ByChannels(ParameterLayer[] kernels, ParameterLayer[] normalizations)
    {
        ILookup<int, ParameterLayer> kernelsByChannels = kernels.OrderBy(kernel => kernel.IsDepthwise == (kernels.Length > 2)).ToLookup(kernel => kernel.Channels);
        var pairs = new Dictionary<ParameterLayer, ParameterLayer>();
        foreach (IGrouping<int, ParameterLayer> equal in normalizations.GroupBy(normalization => normalization.Channels))
        {
            ParameterLayer[] candidates = [.. kernelsByChannels[equal.Key]], numbered = [.. equal.OrderBy(normalization => normalization.ShortName, NaturalOrder.Instance)];
            bool areNeighbours = candidates.Length == 2 && kernels.Length is 2 or 3
                && candidates[0].IsDepthwise != candidates[1].IsDepthwise && numbered.All(normalization => int.TryParse(Rest(normalization.ShortName), out _));
            if (candidates.Length != numbered.Length || (candidates.Length > 1 && !areNeighbours))
                return null;
            foreach ((ParameterLayer kernel, ParameterLayer normalization) in candidates.Zip(numbered))
                pairs.Add(kernel, normalization);
        }

        return pairs;
    }

    /// <summary>What is left of a name without the words for layers: "1" of "conv1" and "bn1", "dw" of "conv_dw".</summary>
    private static string Rest(string name) => WithoutWords(name.Split('_').SelectMany(SplitNumber), s_layerWords);

    private static IEnumerable<string> SplitNumber(string word)
    {
        string letters = word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return letters.Length == 0 || letters.Length == word.Length ? [word] : [letters, word[letters.Length..]];
    }

    private static string WithoutWords(IEnumerable<string> words, FrozenSet<string> without) => string.Join('_', words.Where(word => !without.Contains(word)));
}
