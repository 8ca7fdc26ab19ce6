using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Packer;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Tool.Import;

/// <summary>Finds the description that weights fit, by proving it: a candidate is the right one if it compiles and every layer finds its weights.</summary>
internal sealed class Importer
{
    /// <summary>The papers' own.</summary>
    private const int UsualResolution = 224;

    private static readonly Activation[] s_activations = [Activation.Relu6, Activation.Relu];

    /// <summary>The head of the built-in networks, which a file that names them need not repeat.</summary>
    private static readonly ImmutableArray<string> s_usualHead = ["avgpool", "dense classes", "softmax"];

    private readonly SourceFacts _facts;
    private readonly string _path;
    private readonly string? _labels;

    private Importer(SourceFacts facts, string path, string? labels) => (_facts, _path, _labels) = (facts, path, labels);

    /// <summary>Writes a description.</summary>
    /// <param name="facts">The weights.</param>
    /// <param name="path">The file that the text is for: other files are named relative to its folder.</param>
    /// <param name="labels">A file of class names, or null.</param>
    /// <param name="resolution">The side of the image, where the weights do not say it.</param>
    /// <returns>The text, and the network with its weights as the text gives them.</returns>
    /// <exception cref="InputException">No description fits.</exception>
    public static (string Text, TrainedNetwork Trained) Import(SourceFacts facts, string path, string? labels, int? resolution)
    {
        var importer = new Importer(facts, path, labels);
        IEnumerable<DescriptionText> candidates = facts.Model switch
        {
            SourceNetwork network => importer.OfNetwork(network, resolution),
            SourceParameters parameters => importer.OfParameters(parameters, resolution),
            _ => [],
        };
        Diagnostic? wrong = null;
        foreach (string text in candidates.Select(c => c.Write()))
        {
            Description description = Description.Compile(path, text);
            try
            {
                if (description.Plans.Count == 0)
                    throw new InputException([.. description.Diagnostics]);
                TrainedNetwork trained = TrainedNetworkLoader.Load(description.Plans[0].Network, description.Folder);
                LabelsFile.Read(description.Plans[0].Network, description.Folder);
                return (text, trained);
            }
            catch (MatchException error)
            {
                wrong ??= description.At(error);
            }
        }

        throw new InputException(
            $"{facts.Files[0]}: no description fits it. " + (wrong is null
                ? "Its filters are not those of a MobileNetV1 or V2 of any width, and the file does not say how they are connected: write its layers yourself, as docs/language.md shows."
                : $"The nearest one fails with {wrong.Rule.Id}: {wrong.Message}"));
    }

    private IEnumerable<DescriptionText> OfNetwork(SourceNetwork network, int? resolution)
    {
        if (network.Inputs.Length != 1 || network.Outputs.Length != 1)
            throw new InputException($"{_facts.Files[0]}: it has {network.Inputs.Length} inputs and {network.Outputs.Length} outputs; a classifier has one of each.");
        SourceValue outer = network.Values[network.Inputs[0]];
        int height = outer.Shape[^3], width = outer.Shape[^2], channels = outer.Shape[^1];
        if (resolution is not null && (height, width) != (resolution, resolution))
            throw new InputException($"{_facts.Files[0]}: its image is {height}×{width}; --resolution is for files that do not say.");

        NetworkQuantization io = Kind(outer.Type);
        NetworkQuantization inner = Kind(network.Values[network.Operators.First(o => o is not (SourceQuantize or SourceDequantize)).Input].Type);
        foreach (Activation activation in s_activations)
        {
            var lines = new LayerLines(network, activation);
            ImmutableArray<string> head = lines.Head(out int? classes);
            DescriptionText text = Text(channels, height, width) with
            {
                Classes = classes,
                Activation = activation,
                Quantization = inner,
                Io = io,
                Head = head.SequenceEqual(s_usualHead) ? [] : head,
            };
            foreach ((string name, decimal alpha) in BuiltInVariants.Of([.. lines.BodyOperators.Select(Shape).OfType<FilterShape>()], channels))
                yield return text with { Network = name, Alpha = alpha };
        }

        // Both describe the network; the one that has to say less of single layers reads better.
        DescriptionText[] own =
        [
            .. s_activations.Select(activation =>
            {
                var lines = new LayerLines(network, activation);
                ImmutableArray<string> head = lines.Head(out int? classes);
                return Text(channels, height, width) with
                {
                    Network = OwnName(), Classes = classes, Activation = activation, Quantization = inner, Io = io, Layers = [.. lines.Body()], Head = head,
                };
            }),
        ];
        foreach (DescriptionText text in own.OrderBy(t => t.Layers.Sum(l => l.Length)))
            yield return text;
    }

    private IEnumerable<DescriptionText> OfParameters(SourceParameters parameters, int? resolution)
    {
        // A classifier that is stored as a convolution is the last of them.
        ImmutableArray<SourceFilter> body = [.. parameters.Filters.Where(f => f.Kind != SourceFilterKind.Dense)], dense = [.. parameters.Filters.Where(f => f.Kind == SourceFilterKind.Dense)];
        foreach (int moved in new[] { 0, 1 }.Where(m => m <= body.Length))
        {
            ImmutableArray<SourceFilter> before = body[..^moved], behind = [.. body[^moved..], .. dense];
            FilterShape[] shapes = [.. before.Select(FilterShape.Of)];
            int channels = shapes.Any(s => s.Height > 1 && s.Inputs == 3) ? 3 : 1;
            int[] outputs = [.. behind.Select(f => FilterShape.Of(f).Outputs)];
            ImmutableArray<string> head =
            [
                "avgpool", .. outputs.SkipLast(1).Select(o => $"dense {o} relu"), .. outputs.TakeLast(1).SelectMany(_ => new[] { "dense classes", "softmax" }),
            ];
            foreach ((string name, decimal alpha) in BuiltInVariants.Of(shapes, channels))
            {
                int side = resolution ?? UsualResolution;
                yield return Text(channels, side, side) with
                {
                    Network = name, Alpha = alpha, Classes = outputs.Length == 0 ? null : outputs[^1], SaysNoStructure = true, AssumesResolution = resolution is null, Head = head.SequenceEqual(s_usualHead) ? [] : head,
                };
            }
        }
    }

    /// <summary>What all candidates share.</summary>
    private DescriptionText Text(int channels, int height, int width)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(_path))!;
        return new DescriptionText
        {
            Format = _facts.Model.Format,
            InputChannels = channels,
            Height = height,
            Width = width,
            Mean = [.. _facts.Mean.Select(m => (decimal)m)],
            Std = [.. _facts.Std.Select(s => (decimal)s)],
            Weights = [.. _facts.Files.Select(Relative)],
            Labels = _labels is null ? null : Relative(_labels),
        };

        string Relative(string file) => Path.GetRelativePath(folder, Path.GetFullPath(file)).Replace('\\', '/');
    }

    /// <summary>A name for a network that is not built in: the file's, as an identifier.</summary>
    private string OwnName()
    {
        string name = string.Concat(Path.GetFileNameWithoutExtension(_facts.Files[0]).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        name = name.Length > 0 && char.IsAsciiLetter(name[0]) ? char.ToUpperInvariant(name[0]) + name[1..] : "Network_" + name;
        return BuiltInNetworks.Find(name) is null && ClassNames.IsValid(name) ? name : "Imported" + name;
    }

    private static FilterShape? Shape(SourceOperator step) => step switch
    {
        SourceConvolution c => new FilterShape(c.Weights.Shape[1], c.Weights.Shape[2], c.Weights.Shape[3], c.Weights.Shape[0]),
        SourceDepthwise d => new FilterShape(d.Weights.Shape[0], d.Weights.Shape[1], 1, d.Weights.Shape[2]),
        _ => null,
    };

    private static NetworkQuantization Kind(ElementType type) => type switch
    {
        ElementType.UInt8 => NetworkQuantization.UInt8,
        ElementType.Int8 => NetworkQuantization.Int8,
        _ => NetworkQuantization.Float32,
    };
}
