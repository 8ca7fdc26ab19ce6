using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>Tensors that training leaves beside a network's own: weights of the loss, moving averages of the network, observers of quantisation, counters.</summary>
internal static class Leftovers
{
    private static readonly string[] s_lossWords = ["criterion", "loss", "class_weight", "pos_weight"];

    /// <summary>How people call the moving average of a network that they keep beside it.</summary>
    private static readonly string[] s_averagePrefixes = ["model_ema.", "ema_model.", "ema.", "averaged_model.", "swa_model."];

    private static readonly string[] s_observers = ["fake_quant", "activation_post_process", "observer"];

    /// <summary>Separates the tensors that could be a network's from those that are not.</summary>
    /// <param name="tensors">All tensors of the file that have the names of layers'.</param>
    /// <exception cref="WeightsException">One is a layer's that no MobileNet has.</exception>
    public static (IReadOnlyList<Parameter> Kept, ImmutableArray<string> LeftAside) Separate(IReadOnlyList<Parameter> tensors)
    {
        var aside = new List<string>();
        List<Parameter> kept = [.. tensors];
        foreach (string prefix in s_averagePrefixes)
        {
            Parameter[] average = [.. kept.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))];
            if (average.Length > 0 && kept.Any(tensor => IsKernel(tensor) && !tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
                Remove(average, $"{prefix}* (a moving average)");
        }

        Parameter[] lone = [.. kept.GroupBy(tensor => tensor.Layer, StringComparer.Ordinal).Where(layer => layer.All(tensor => tensor.Role == ParameterRole.Gamma)).SelectMany(layer => layer)];
        if (lone.Length > 0)
        {
            string[] networks = [.. kept.Where(IsKernel).Select(Root).Distinct(StringComparer.Ordinal)];
            int classes = kept.LastOrDefault(IsKernel)?.Shape[0] ?? 0;
            foreach (Parameter tensor in lone)
            {
                // A row of numbers by itself is the weights of a loss, or the slopes of a PReLU.
                if (Array.Exists(s_lossWords, word => tensor.Name.Contains(word, StringComparison.OrdinalIgnoreCase)) || (!networks.Contains(Root(tensor)) && tensor.Values.Length == classes && classes > 1))
                {
                    Remove([tensor], PrintableName.Of(tensor.Name));
                }
                else
                {
                    throw new WeightsException(
                        $"\"{PrintableName.Of(tensor.Name)}\", {tensor.Values.Length} numbers by themselves, is what a PReLU has; a MobileNet here has ReLU or ReLU6. "
                        + "If it is no part of the network, save the network without it.");
                }
            }
        }

        return (kept, [.. aside]);

        void Remove(Parameter[] tensors, string name)
        {
            var gone = new HashSet<Parameter>(tensors, ReferenceEqualityComparer.Instance);
            kept.RemoveAll(gone.Contains);
            aside.Add(name);
        }
    }

    /// <summary>What to say of tensors whose names are no layer's: each kind once, and nothing of the counters that every batch normalisation has.</summary>
    /// <exception cref="WeightsException">One is a part of a layer's weights.</exception>
    public static ImmutableArray<string> Describe(IEnumerable<string> names)
    {
        var kinds = new Dictionary<string, (string First, int Count)>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string word = name[(name.LastIndexOfAny(['.', '/']) + 1)..];
            if (word is "weight_g" or "weight_v" or "weight_orig" or "weight_u" || name.Contains(".parametrizations.weight.", StringComparison.Ordinal))
            {
                throw new WeightsException(
                    $"\"{PrintableName.Of(name)}\" is a part from which a layer's weights are computed as the network runs (weight_norm, spectral_norm, pruning). "
                    + "Remove the parametrisation in PyTorch, which leaves the weights, and save the network again.");
            }

            if (word == "num_batches_tracked")
                continue;
            string kind = Array.Exists(s_observers, part => name.Contains(part, StringComparison.Ordinal)) ? "observers of quantisation" : word;
            kinds[kind] = kinds.TryGetValue(kind, out (string First, int Count) found) ? (found.First, found.Count + 1) : (PrintableName.Of(name), 1);
        }

        return
        [
            .. kinds.Select(kind => kind.Value.First + (kind.Value.Count == 1 ? "" : $" and {kind.Value.Count - 1} more") + (kind.Key.Contains(' ', StringComparison.Ordinal) ? $" ({kind.Key})" : "")),
        ];
    }

    private static bool IsKernel(Parameter tensor) => tensor.Role is ParameterRole.Kernel or ParameterRole.DepthwiseKernel && tensor.Shape.Length is 2 or 4;

    private static string Root(Parameter tensor) => tensor.Name[..Math.Max(tensor.Name.IndexOf('.', StringComparison.Ordinal), 0)];
}
