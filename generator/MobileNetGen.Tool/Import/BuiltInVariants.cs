using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import;

/// <summary>Finds the width at which a built-in network has the filters that a file has.</summary>
internal static class BuiltInVariants
{
    /// <summary>
    /// Every width that somebody may have trained, the likeliest first, since rounding makes neighbours equal: the published ones, then by ever finer steps.
    /// </summary>
    private static readonly decimal[] s_alphas =
    [
        .. new[] { 1.0m, 0.75m, 0.5m, 0.25m, 0.35m, 1.3m, 1.4m }
            .Concat(Multiples(0.1m)).Concat(Multiples(0.05m)).Concat(Multiples(0.125m)).Concat(Multiples(0.01m)).Concat(Multiples(0.0625m))
            .Distinct(),
    ];

    /// <summary>The variants whose filters, but for those of the head, are these; there is mostly one.</summary>
    /// <param name="body">The sizes of all filters before the head.</param>
    /// <param name="inputChannels">1 for grey images, else 3.</param>
    public static IEnumerable<(string Network, decimal Alpha)> Of(IReadOnlyCollection<FilterShape> body, int inputChannels)
    {
        // Sorted, because a file of parameters may have them in another order.
        FilterShape[] needed = Sorted(body);
        foreach (string network in BuiltInNetworks.Names)
        {
            foreach (decimal alpha in s_alphas)
            {
                if (Body(network, alpha, inputChannels).SequenceEqual(needed))
                    yield return (network, alpha);
            }
        }
    }

    private static FilterShape[] Body(string network, decimal alpha, int inputChannels)
    {
        // The smallest resolution that every built-in network takes: filters do not depend on it.
        string text = string.Create(CultureInfo.InvariantCulture, $"network {network}\nalpha {VariantText.Alpha(alpha)}\nresolution 32\ninput {(inputChannels == 1 ? "grey" : "rgb")}\nweights random");
        return Sorted(Mbnet.Compile("", text).Plans[0].Network.Layers.Where(l => l.HasWeights && l.Operator != Operator.Dense).Select(FilterShape.Of));
    }

    private static FilterShape[] Sorted(IEnumerable<FilterShape> shapes) =>
        [.. shapes.OrderBy(s => s.Height).ThenBy(s => s.Width).ThenBy(s => s.Inputs).ThenBy(s => s.Outputs)];

    private static IEnumerable<decimal> Multiples(decimal step) => Enumerable.Range(1, (int)(4 / step)).Select(i => i * step);
}
