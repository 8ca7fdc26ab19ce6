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

    /// <summary>The smallest counts of channels that somebody may have trained: the network's own, and 8, which Caffe's detectors have.</summary>
    private static readonly int?[] s_minima = [null, 8];

    /// <summary>The variants of classifiers whose filters, but for those of the head, are these; there is mostly one.</summary>
    /// <param name="body">The sizes of all filters before the head.</param>
    /// <param name="inputChannels">1 for grey images, else 3.</param>
    public static IEnumerable<(string Network, decimal Alpha)> Of(IReadOnlyCollection<FilterShape> body, int inputChannels) =>
        Of(body, inputChannels, [null], isDetector: false).Select(v => (v.Network.Architecture, v.Network.Alpha));

    /// <summary>The variants of detectors whose filters, but for those of the predictors, are these, at a resolution of 300.</summary>
    /// <param name="body">The sizes of all filters but those of predictors.</param>
    /// <param name="inputChannels">1 for grey images, else 3.</param>
    /// <returns>Each with the <c>minimum</c> that it has to be given, or null.</returns>
    public static IEnumerable<(Network Network, int? Minimum)> OfDetectors(IReadOnlyCollection<FilterShape> body, int inputChannels) => Of(body, inputChannels, s_minima, isDetector: true);

    private static IEnumerable<(Network Network, int? Minimum)> Of(IReadOnlyCollection<FilterShape> body, int inputChannels, int?[] minima, bool isDetector)
    {
        // Sorted, because a file of parameters may have them in another order.
        FilterShape[] needed = Sorted(body);

        // How many there are, and of which kernels, does not depend on the width, but for so narrow ones that an expansion to a number expands nothing.
        (string Name, int Stem)[] networks =
        [
            .. BuiltInNetworks.Names.Select(n => Compile(n, 1, null, inputChannels)).Where(whole => (whole.Detector is not null) == isDetector && HasKernels(whole, needed))
                .Select(whole => (whole.Architecture, whole.Layers[0].Output.Channels)),
        ];
        foreach (decimal alpha in s_alphas.Where(a => networks.Length > 0 && (!isDetector || IsCoarse(a))))
        {
            foreach ((string name, _) in networks.Where(n => CanBe(n.Stem * alpha, needed, inputChannels)))
            {
                foreach (int? minimum in minima)
                {
                    if (Compile(name, alpha, minimum, inputChannels) is var network && Body(network).SequenceEqual(needed))
                        yield return (network, minimum);
                }
            }
        }
    }

    /// <summary>Whether a network has filters of these kernels.</summary>
    internal static bool HasKernels(Network network, FilterShape[] needed)
    {
        return Kernels(Body(network)).SequenceEqual(Kernels(needed));

        static IEnumerable<int> Kernels(FilterShape[] shapes) => shapes.Select(s => s.Height);
    }

    /// <summary>Whether a width is one that somebody would give a detector: of these there are many layers to compare.</summary>
    private static bool IsCoarse(decimal alpha) => alpha % 0.05m == 0 || alpha % 0.125m == 0;

    /// <summary>Whether the first layer's channels, before they are rounded to a multiple of 8 or a minimum of 16, may be the file's.</summary>
    private static bool CanBe(decimal stem, FilterShape[] needed, int inputChannels) =>
        needed.Any(s => s.Height > 1 && s.Inputs == inputChannels && (Math.Abs(stem - s.Outputs) <= 5 || (s.Outputs <= 16 && stem < 16)));

    private static Network Compile(string network, decimal alpha, int? minimum, int inputChannels)
    {
        // Filters do not depend on the resolution, but a detector's maps do.
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"network {network}\nalpha {VariantText.Alpha(alpha)}\nresolution 300\ninput {(inputChannels == 1 ? "grey" : "rgb")}\nweights random{(minimum is null ? "" : $"\nminimum {minimum}")}");
        return Mbnet.Networks(text)[0];
    }

    /// <summary>The sizes of all filters before the head, or but for those of predictors.</summary>
    internal static FilterShape[] Body(Network network) => Sorted(FilterShape.Body(network).Where(l => !IsPredictor(network, l)).Select(FilterShape.Of));

    /// <summary>The side of the image for which a built-in network is, unless a text says otherwise.</summary>
    public static int Resolution(string network) => Mbnet.Networks($"network {network}\nweights random")[0].Input.Height;

    /// <summary>What a built-in network does to the results of dense layers before its classifier.</summary>
    public static Activation HiddenActivation(string network) =>
        Compile(network, 1, null, 3).Layers.Reverse().Where(l => l.Operator == Operator.Dense).Skip(1).FirstOrDefault() is { Activation: Activation.HSwish } ? Activation.HSwish : Activation.Relu;

    private static bool IsPredictor(Network network, Layer layer)
    {
        const string depthwise = "_depthwise";
        string name = layer.Name.EndsWith(depthwise, StringComparison.Ordinal) ? layer.Name[..^depthwise.Length] : layer.Name;
        return network.Detector?.Predicted(name) is not null;
    }

    /// <summary>Sizes in an order of their own.</summary>
    internal static FilterShape[] Sorted(IEnumerable<FilterShape> shapes) =>
        [.. shapes.OrderBy(s => s.Height).ThenBy(s => s.Width).ThenBy(s => s.Inputs).ThenBy(s => s.Outputs)];

    private static IEnumerable<decimal> Multiples(decimal step) => Enumerable.Range(1, (int)(4 / step)).Select(i => i * step);
}
