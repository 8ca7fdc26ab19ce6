using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Import.Detectors;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;
using MobileNetGen.Weights.Matching;

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
    /// <returns>The description, and the network with its weights as its text gives them.</returns>
    /// <exception cref="InputException">No description fits.</exception>
    public static (DescriptionText Description, TrainedNetwork Trained) Import(SourceFacts facts, string path, string? labels, int? resolution)
    {
        var importer = new Importer(facts, path, labels);
        IEnumerable<DescriptionText> candidates = facts.Model switch
        {
            SourceNetwork network => importer.OfNetwork(network, resolution),
            SourceParameters parameters => importer.OfParameters(parameters, resolution),
            _ => [],
        };
        Diagnostic? wrong = null;
        foreach (DescriptionText candidate in candidates)
        {
            Description description = Description.Compile(path, candidate.Write());
            try
            {
                if (description.Plans.Count == 0)
                    throw new InputException([.. description.Diagnostics]);
                if (DetectorImporter.Differs(description.Plans[0].Network, facts.Model))
                    continue;
                TrainedNetwork trained = TrainedNetworkLoader.Load(description.Plans[0].Network, description.Folder);
                LabelsFile names = LabelsFile.Read(description.Plans[0].Network, description.Folder);
                return (candidate, trained with { Notes = [.. trained.Notes, .. names.Notes, .. DummyRanges(facts.Model)] });
            }
            catch (MatchException error) when (error.Rule != Rules.UnforeseenFailure && error.Rule != Rules.NotEnoughMemory)
            {
                wrong ??= description.At(error);
            }
        }

        throw new InputException(
            $"{facts.Files[0]}: no description fits it. " + (wrong is null
                ? "Its filters are not those of a MobileNet of any width, and the file does not say how they are connected: write its layers yourself, as docs/language.md shows."
                : $"The nearest one fails with {wrong.Rule.Id}: {wrong.Message}"));
    }

    /// <summary>Says of a network whose ranges nobody measured that it is of no use.</summary>
    private static IEnumerable<string> DummyRanges(SourceModel model)
    {
        // A softmax's and a sigmoid's scale is the same in all files.
        if (model is SourceNetwork network
            && network.Operators.Where(o => o is SourceConvolution or SourceDepthwise or SourceDense or SourceAdd).All(o => network.Values[o.Output].Quantization is { Scale: 1 }))
        {
            yield return "Every layer's result in the file has the scale 1: it was converted with ranges that nobody measured (--default_ranges_min and _max), so it computes nothing of use. "
                + "Convert it from a network that was trained for quantisation, or quantise the float32 network with mbnet quantize.";
        }
    }

    private IEnumerable<DescriptionText> OfNetwork(SourceNetwork network, int? resolution)
    {
        if (network.Inputs.Length != 1 || (network.Outputs.Length != 1 && network.Detector is null))
            throw new InputException($"{_facts.Files[0]}: it has {network.Inputs.Length} inputs and {network.Outputs.Length} outputs; a classifier has one of each.");
        SourceValue outer = network.Values[network.Inputs[0]];
        if (network.Operators.All(o => o is SourceQuantize or SourceDequantize))
            throw new InputException($"{_facts.Files[0]}: nothing in it computes anything; a network was expected.");
        if (outer.Shape.Length < 3)
            throw new InputException($"{_facts.Files[0]}: it reads a row of {outer.Shape[^1]} numbers and no image, and has no pooling: give it behind the file that has the layers before it.");
        int height = outer.Shape[^3], width = outer.Shape[^2], channels = outer.Shape[^1];
        if (resolution is not null && (height, width) != (resolution, resolution))
            throw new InputException($"{_facts.Files[0]}: its image is {height}×{width}; --resolution is for files that do not say.");

        if (network.Detector is not null)
        {
            foreach (DescriptionText text in DetectorImporter.OfNetwork(network, Text(channels, height, width) with { AssumesResolution = network.AssumesInputSize, Quantization = Inner(network), InputType = Kind(outer.Type), OutputType = Inner(network) }, OwnName()))
                yield return text;
            yield break;
        }

        Quantization input = Kind(outer.Type), output = Kind(network.Values[network.Outputs[0]].Type);
        Quantization inner = Inner(network);
        foreach (Activation activation in s_activations)
        {
            var lines = new LayerLines(network, activation);
            ImmutableArray<string> head = lines.Head(out int? classes);
            DescriptionText text = Text(channels, height, width) with
            {
                Classes = classes,
                Activation = activation,
                Quantization = inner,
                InputType = input,
                OutputType = output,
                AssumesResolution = network.AssumesInputSize,
                Head = head.SequenceEqual(s_usualHead) ? [] : [.. Lines(head), .. LeftEnd(network, head, classes)],
            };
            foreach ((string name, decimal alpha) in BuiltInVariants.Of([.. lines.BodyOperators.Select(FilterShape.Of).OfType<FilterShape>()], channels))
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
                    Network = OwnName(), Classes = classes, Activation = activation, Quantization = inner, InputType = input, OutputType = output, Layers = [.. lines.Body()],
                    AssumesResolution = network.AssumesInputSize, Head = [.. Lines(head), .. LeftEnd(network, head, classes)],
                };
            }),
        ];
        foreach (DescriptionText text in own.OrderBy(t => t.Layers.Sum(l => l.Length)))
            yield return text;
    }

    private IEnumerable<DescriptionText> OfParameters(SourceParameters parameters, int? resolution)
    {
        if (DetectorImporter.IsDetector(parameters))
        {
            foreach (DescriptionText text in DetectorImporter.OfParameters(parameters, resolution, (height, width) => Text(3, height, width)))
                yield return text;
            yield break;
        }

        // A classifier that is stored as a convolution is the last of them.
        ImmutableArray<SourceFilter> body = [.. parameters.Filters.Where(f => f.Kind != SourceFilterKind.Dense)], dense = [.. parameters.Filters.Where(f => f.Kind == SourceFilterKind.Dense)];
        foreach (int moved in new[] { 0, 1 }.Where(m => m <= body.Length))
        {
            ImmutableArray<SourceFilter> before = body[..^moved], behind = [.. body[^moved..], .. dense];
            FilterShape[] shapes = [.. before.Select(FilterShape.Of)];
            int channels = shapes.Any(s => s.Height > 1 && s.Inputs == 3) ? 3 : 1;
            SourceActivation[] stated = [.. before.Select(f => f.Facts?.Activation).OfType<SourceActivation>().Where(a => a != SourceActivation.None).Distinct()];
            foreach ((string name, decimal alpha) in BuiltInVariants.Of(shapes, channels))
            {
                int side = resolution ?? UsualResolution;
                yield return Text(channels, side, side) with
                {
                    Network = name,
                    Alpha = alpha,
                    Classes = behind.IsEmpty ? null : FilterShape.Of(behind[^1]).Outputs,
                    AssumesPadding = before.Any(f => FilterShape.Of(f).Height > 1 && f.Facts?.Padding is null),
                    AssumesResolution = resolution is null,
                    Activation = (stated is [var only] ? only : parameters.Conventions.Activation) == SourceActivation.Relu ? Activation.Relu : Activation.Relu6,
                    AssumesActivation = stated.Length != 1,
                    Head = [Pool(before), .. behind.SelectMany((f, i) => Dense(f, i == behind.Length - 1, BuiltInVariants.HiddenActivation(name)))],
                };
            }
        }
    }

    /// <summary>What makes a vector of the last map.</summary>
    private static DescriptionLine Pool(ImmutableArray<SourceFilter> body) => body.LastOrDefault()?.Facts?.Next switch
    {
        SourceFollower.AveragePool => new DescriptionLine("avgpool"),
        SourceFollower.MaxPool => new DescriptionLine("maxpool"),
        SourceFollower.Flatten => new DescriptionLine("flatten"),
        _ => new DescriptionLine("avgpool", ""),
    };

    /// <summary>A dense layer of a head of which only the numbers are known, and what there is behind the last.</summary>
    private static IEnumerable<DescriptionLine> Dense(SourceFilter filter, bool isLast, Activation hidden)
    {
        int outputs = FilterShape.Of(filter).Outputs;
        if (!isLast)
        {
            yield return filter.Facts switch
            {
                { Next: (SourceFollower.Sigmoid or SourceFollower.Tanh) and var function } => new DescriptionLine($"dense {outputs} {function.ToString().ToLowerInvariant()}"),
                { Activation: { } activation } => new DescriptionLine($"dense {outputs}{(activation == SourceActivation.None ? "" : " " + activation.ToString().ToLowerInvariant())}"),
                _ => new DescriptionLine($"dense {outputs} {hidden.Word()}", ""),
            };
            yield break;
        }

        yield return new DescriptionLine("dense classes");
        yield return filter.Facts?.Next is SourceFollower.Sigmoid or SourceFollower.Softmax
            ? new DescriptionLine(filter.Facts.Next == SourceFollower.Sigmoid ? "sigmoid" : "softmax")
            : End(outputs);
    }

    /// <summary>What makes probabilities of the results of a network from PyTorch, which leaves that to its loss and to who calls it.</summary>
    private static ImmutableArray<DescriptionLine> LeftEnd(SourceNetwork network, ImmutableArray<string> head, int? classes) =>
        network.Format == PyTorchReader.Format && head is [.., "dense classes"] ? [End(classes!.Value)] : [];

    private static DescriptionLine End(int outputs) => outputs == 1
        ? new DescriptionLine("sigmoid", "one output is a probability by sigmoid; without this line it stays a logit")
        : new DescriptionLine("softmax", "without this line the results are logits; with 'sigmoid' in its place, classes do not exclude each other");

    private static ImmutableArray<DescriptionLine> Lines(ImmutableArray<string> lines) => [.. lines.Select(l => new DescriptionLine(l))];

    /// <summary>What all candidates share.</summary>
    private DescriptionText Text(int channels, int height, int width)
    {
        if (channels is not (1 or 3))
            throw new InputException($"{_facts.Files[0]}: its image has {channels} channels; one, of a grey image, or three were expected.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(_path))!;
        return new DescriptionText
        {
            Model = _facts.Model,
            InputChannels = channels,
            Height = height,
            Width = width,
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

    private static Quantization Inner(SourceNetwork network) => Kind(network.Values[network.Operators.First(o => o is not (SourceQuantize or SourceDequantize)).Input].Type);

    private static Quantization Kind(ElementType type) => type switch
    {
        ElementType.UInt8 => Quantization.UInt8,
        ElementType.Int8 => Quantization.Int8,
        _ => Quantization.Float32,
    };
}
