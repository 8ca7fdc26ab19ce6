using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Binds a tree to networks: names to built-in definitions, lists to variants, layers to shapes.</summary>
internal static class NetworkBinder
{
    private const int MaximumVariants = 256;

    /// <summary>Layers of all variants together: ten times those of all published MobileNetV2s.</summary>
    private const int MaximumLayers = 16_384;

    /// <summary>One network for each combination of α and resolution; none where there are errors.</summary>
    /// <param name="syntax">The tree.</param>
    /// <param name="positions">Gets where layers stand.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    public static IReadOnlyList<Network> Bind(NetworkSyntax syntax, Positions positions, DiagnosticBag diagnostics)
    {
        Token? name = syntax.Find("network")?.Arguments.FirstOrDefault();
        NetworkSyntax? builtIn = name is null ? null : BuiltInNetworks.Find(name.Text);
        Settings settings = new SettingsBinder(syntax, builtIn, diagnostics).Bind();

        if (name is not null && (name.Kind == TokenKind.String || !ClassNames.IsValid(name.Text)))
            diagnostics.Report(Rules.InvalidName, name.Span, name, "network", Keywords.Settings["network"]);
        else if (name is not null && builtIn is null && syntax.Layers is null)
            diagnostics.Report(Rules.UnknownNetwork, name.Span, name, string.Join(", ", BuiltInNetworks.Names));

        var layers = new List<LayerDefinition>();
        (Block? detector, Block? head) = Ends(syntax, builtIn, diagnostics);
        foreach ((Block? own, Block? inherited) in new[] { (syntax.Layers, builtIn?.Layers), (syntax.Head, head) })
        {
            if ((own ?? inherited) is { } block)
                layers.AddRange(LayerBinder.Bind(block, settings.Classes, own is null ? settings.NameSpan : null, diagnostics));
        }

        DetectorDefinition? boxes = detector is null ? null : new DetectorBinder(syntax.Detector, builtIn?.Detector, settings.NameSpan, diagnostics).Bind();
        if (detector is not null && syntax.Find("output") is { } output)
            diagnostics.Report(Rules.NoMeaning, output.Span, "output", "in a detector", "its results are boxes and scores; remove it");
        if (detector is not null && syntax.Find("threads") is { } threads)
            diagnostics.Report(Rules.NoMeaning, threads.Span, "threads", "in a detector", "its heads store results in an order, which one thread keeps; remove it");
        if (detector is not null && settings.OutputType != settings.Quantization && syntax.Find("quantization") is { Arguments: { Count: 4 } types })
            diagnostics.Report(Rules.NoMeaning, types[3].Span, types[3], "as the type of a detector's output", "its results have the type of its layers; remove it");

        // Shapes of a network whose lines are partly missing would only repeat what is already reported.
        if (diagnostics.HasErrors)
            return [];
        IReadOnlyList<Network> networks = Variants(settings, layers, boxes, positions, diagnostics);
        return diagnostics.HasErrors ? [] : networks;
    }

    /// <summary>What a network ends in, a detector or a head. A file's own stands in for that of the built-in network, of either kind.</summary>
    /// <returns>The block of the detector, if there is one, and the head's that is inherited, if one is.</returns>
    private static (Block? Detector, Block? Head) Ends(NetworkSyntax syntax, NetworkSyntax? builtIn, DiagnosticBag diagnostics)
    {
        if (syntax is { Detector: { } detector, Head: { } head })
            diagnostics.Report(Rules.Conflict, detector.Keyword.Span.Start > head.Keyword.Span.Start ? detector.Keyword.Span : head.Keyword.Span, "head", "detector", "what the network ends in");
        return syntax.Head is null && (syntax.Detector ?? builtIn?.Detector) is { } block ? (block, null) : (null, syntax.Detector is null ? builtIn?.Head : null);
    }

    private static IReadOnlyList<Network> Variants(Settings settings, List<LayerDefinition> layers, DetectorDefinition? detector, Positions positions, DiagnosticBag diagnostics)
    {
        var networks = new List<Network>();
        long variants = (long)settings.Alphas.Count * settings.Resolutions.Count;
        if (variants > MaximumVariants)
        {
            diagnostics.Report(Rules.TooLarge, settings.ResolutionSpan, "the file", $"{variants} combinations of alpha and resolution", MaximumVariants);
            return networks;
        }

        if (variants > 1 && settings.ClassName is not null)
        {
            diagnostics.Report(Rules.NoMeaning, settings.ClassSpan, "class", $"for {variants} combinations of alpha and resolution", "remove it, or give each combination a file of its own");
            return networks;
        }

        foreach (decimal alpha in settings.Alphas)
        {
            foreach (Resolution resolution in settings.Resolutions)
            {
                if (Build(settings, layers, detector, alpha, resolution, positions, diagnostics) is not { } network)
                    return networks;
                networks.Add(network);
                int layerCount = networks.Sum(n => n.Layers.Count);
                if (layerCount <= MaximumLayers)
                    continue;
                diagnostics.Report(Rules.TooLarge, settings.ResolutionSpan, "the file", $"over {MaximumLayers} layers in {variants} combinations", MaximumLayers);
                return networks;
            }
        }

        return networks;
    }

    /// <summary>How many pixels of the input one pixel of the smallest map steps over.</summary>
    private static long TotalStride(EquatableArray<Layer> layers)
    {
        var strides = new Dictionary<string, long>(StringComparer.Ordinal) { [Network.InputName] = 1 };
        foreach (Layer layer in layers)
            strides[layer.Name] = Math.Min(strides[layer.Inputs[0]] * layer.Stride, int.MaxValue);
        return strides.Values.Max();
    }

    private static Network? Build(Settings s, List<LayerDefinition> layers, DetectorDefinition? boxes, decimal alpha, Resolution resolution, Positions positions, DiagnosticBag diagnostics)
    {
        var input = new Shape(resolution.Height, resolution.Width, s.Order == PixelOrder.Grey ? 1 : 3);
        if (new LayerExpander(s, alpha, input, positions, diagnostics).Build(layers, boxes) is not var (graph, outputs, detector))
            return null;

        long values = Math.Max(input.Length, graph.Sum(l => l.WeightCount));
        if (values > LayerExpander.MaximumValues)
        {
            diagnostics.Report(Rules.TooLarge, s.NameSpan, "the network", $"{values} weights or pixels", $"{LayerExpander.MaximumValues}");
            return null;
        }

        // The last maps of a detector are of one pixel, however many strides led there.
        long strides = TotalStride(graph);
        if (detector is null && Math.Min(input.Height, input.Width) < strides)
        {
            diagnostics.Report(Rules.ResolutionTooSmall, s.ResolutionSpan, input.Height, input.Width, strides);
            return null;
        }

        var network = new Network
        {
            ClassName = s.ClassName ?? ClassNames.Default(s.Architecture, alpha, resolution),
            Namespace = s.Namespace,
            Architecture = s.Architecture,
            Alpha = alpha,
            Input = input,
            Order = s.Order,
            Quantization = s.Quantization,
            InputType = s.InputType,
            OutputType = detector is null ? s.OutputType : s.Quantization,
            Rounding = s.Rounding,
            Padding = s.Padding,
            Weights = s.Weights with { Files = s.Weights.Files.Select(Expand).ToEquatableArray() },
            Epsilon = s.Epsilon,
            Labels = s.Labels is null ? null : Expand(s.Labels),
            Normalization = s.Normalization,
            StackBudget = s.StackBudget,
            Threads = s.Threads,
            Bake = s.Bake,
            Layers = graph,
            Outputs = outputs,
            Detector = detector,
            Fit = s.Fit,
            Bars = s.Bars,
            Resampling = s.Resampling,
            Written = s.Written.ToEquatableArray(),
            Unknown = s.Unknown,
        };
        if (s.Unknown is not null && (detector is not null || !network.EndsInProbabilities))
        {
            diagnostics.Report(Rules.NoMeaning, s.UnknownSpan, "unknown", "in a network that does not end in probabilities of classes", "end it in 'softmax' or 'sigmoid', or remove the statement");
            return null;
        }

        return network;

        string Expand(string file) => file.Replace("{alpha}", VariantText.Alpha(alpha)).Replace("{resolution}", resolution.ToString());
    }
}
