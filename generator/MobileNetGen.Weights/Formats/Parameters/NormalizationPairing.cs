using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>The layer that takes in each batch normalisation.</summary>
/// <param name="Behind">By layer: the batch normalisation of its result.</param>
/// <param name="Before">By fully connected layer: the batch normalisation of what it reads, which no layer before takes in.</param>
internal sealed record NormalizationPairs(Dictionary<ParameterLayer, ParameterLayer> Behind, Dictionary<ParameterLayer, ParameterLayer> Before);

/// <summary>Finds the layer that each batch normalisation belongs to: the convolution that it follows, mostly.</summary>
/// <remarks>
/// In a file that is in order it is the kernel before it. Where names are sorted, bn1 to bn3 of a block may stand before conv1 to conv3: then the names
/// decide, and where they are only numbered, what is known of a MobileNet's blocks. What none of these settles is refused: a guess could be wrong silently.
/// </remarks>
internal static class NormalizationPairing
{
    private static readonly FrozenSet<string> s_normalizationWords = new[] { "batch", "batchnorm", "batchnormalization", "bn", "norm", "normalization" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> s_layerWords = s_normalizationWords.Concat(["conv", "conv2d", "convolution"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The batch normalisation of each kernel that has one.</summary>
    /// <exception cref="WeightsException">One fits no kernel, or two fit the same, or something may stand between.</exception>
    public static NormalizationPairs Pair(IReadOnlyList<ParameterLayer> layers, bool inOrder)
    {
        var pairs = new NormalizationPairs([], []);
        IReadOnlyList<ParameterLayer> left = layers;

        // Those that are parts of their convolution: "features.0.0.bn".
        Dictionary<string, ParameterLayer> kernels = layers.Where(layer => !layer.IsNormalization).ToDictionary(layer => layer.Name + ".", StringComparer.Ordinal);
        foreach (ParameterLayer normalization in layers.Where(layer => layer.IsNormalization))
        {
            if (kernels.TryGetValue(normalization.Parent, out ParameterLayer? owner) && owner.Channels == normalization.Channels)
                pairs.Behind.TryAdd(owner, normalization);
        }

        HashSet<ParameterLayer> paired = [.. pairs.Behind.Values];
        left = [.. left.Where(layer => !paired.Contains(layer) && !pairs.Behind.ContainsKey(layer))];
        PairBefore(left, inOrder, pairs.Before);
        paired = [.. pairs.Before.Values];
        left = [.. left.Where(layer => !paired.Contains(layer))];
        foreach ((ParameterLayer kernel, ParameterLayer normalization) in PairBehind(left, inOrder))
        {
            CheckNeighbours(kernel, normalization);
            pairs.Behind.Add(kernel, normalization);
        }

        return pairs;
    }

    /// <summary>Finds the batch normalisations that belong to the fully connected layer behind them, because what is before them has one or has other channels.</summary>
    private static void PairBefore(IReadOnlyList<ParameterLayer> layers, bool inOrder, Dictionary<ParameterLayer, ParameterLayer> before)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            ParameterLayer normalization = layers[i];
            if (!normalization.IsNormalization || Next(layers, i) is not { } next || next.DenseInputs != normalization.Channels)
                continue;

            // In files without an order only those of one sequence have one.
            bool isNumbered = normalization.Parent == next.Parent && normalization.Position is not null && next.Position is not null;
            if (!inOrder && !isNumbered)
                continue;
            ParameterLayer? previous = layers.Take(i).LastOrDefault(layer => !layer.IsNormalization), between = layers.Take(i).LastOrDefault();
            if (previous is not null && !inOrder && previous.Parent != normalization.Parent)
                previous = null;
            bool isTaken = previous is null || previous.Channels != normalization.Channels || between != previous;
            if (previous is not null && previous.Channels * 2 == normalization.Channels)
            {
                throw new WeightsException(
                    $"The batch normalisation \"{normalization.Name}\" has {normalization.Channels} channels, twice the {previous.Channels} of \"{previous.Kernel!.Name}\": between them averages and maxima of a map "
                    + "are put beside each other (fastai's AdaptiveConcatPool2d), which no network here can. Train with a head of one pool: in fastai, concat_pool=False.");
            }

            // Both readings fit: in a sequence, numbers tell what stands directly beside it.
            if (!isTaken && isNumbered && previous!.Parent == normalization.Parent)
                isTaken = normalization.Position - previous.Position > 1;
            else if (!isTaken)
                isTaken = isNumbered;
            if (!isTaken)
                continue;
            if (isNumbered && next.Position - normalization.Position > 1)
            {
                throw new WeightsException(
                    $"Between the batch normalisation \"{normalization.Name}\" and \"{next.Kernel!.Name}\" stands something without numbers: dropout, which is nothing here, or an activation, which the file does not tell. "
                    + "Save the whole model, torch.save(model), or export it to ONNX.");
            }

            before.TryAdd(next, normalization);
        }
    }

    private static ParameterLayer? Next(IReadOnlyList<ParameterLayer> layers, int index) => index + 1 < layers.Count && !layers[index + 1].IsNormalization ? layers[index + 1] : null;

    /// <summary>In a sequence, what has a number between a layer and its batch normalisation would run between them.</summary>
    private static void CheckNeighbours(ParameterLayer kernel, ParameterLayer normalization)
    {
        if (kernel.Parent == normalization.Parent && kernel.Position is { } first && normalization.Position is { } second && second - first != 1)
        {
            throw new WeightsException(
                $"Between \"{kernel.Kernel!.Name}\" and the batch normalisation \"{normalization.Name}\" stands something without numbers: an activation cannot be passed, and the file does not tell what it is. "
                + "Save the whole model, torch.save(model), or export it to ONNX.");
        }
    }

    private static Dictionary<ParameterLayer, ParameterLayer> PairBehind(IReadOnlyList<ParameterLayer> layers, bool inOrder)
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
                ?? ByChannels(kernels, normalizations)
                ?? ByPosition([.. block]);
            if (found is null)
                return followsKernels && inOrder ? previous : throw new WeightsException(problem ?? Untold(normalizations[0]));
            foreach ((ParameterLayer kernel, ParameterLayer normalization) in found)
                pairs.Add(kernel, normalization);
        }

        return pairs;
    }

    private static string Untold(ParameterLayer normalization) =>
        $"The name of the batch normalisation \"{normalization.Name}\" does not tell which convolution it follows. Save the network's state_dict() with torch.save: a .pth file has an order.";

    /// <summary>Pairs by the numbers that layers of a sequence have as names; null where they are no numbers, or one follows no kernel.</summary>
    private static Dictionary<ParameterLayer, ParameterLayer>? ByPosition(ParameterLayer[] layers) =>
        layers.All(layer => layer.Position is not null) && TryPairWithPrevious([.. layers.OrderBy(layer => layer.Position)], out Dictionary<ParameterLayer, ParameterLayer> pairs, out _) ? pairs : null;

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
