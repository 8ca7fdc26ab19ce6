using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import.Detectors;

/// <summary>The descriptions that a detector's file may fit, the shortest first: a built-in network, one that is known beside them, and the file's own layers.</summary>
internal static class DetectorImporter
{
    /// <summary>That at which <see cref="BuiltInVariants.OfDetectors"/> gives networks.</summary>
    private const int VariantResolution = 300;

    /// <summary>Where face-api.js has its anchors; it pads pictures to a square.</summary>
    private const string FaceApiAnchors = "Output/extra_dim";

    private static readonly Activation[] s_activations = [Activation.Relu6, Activation.Relu];

    /// <summary>Whether a file of parameters is a detector's.</summary>
    public static bool IsDetector(SourceParameters parameters) => parameters.Anchors is not null || parameters.Filters.Any(f => PredictorNames.Role(f.Place) is not null);

    /// <summary>Whether a text's anchors cannot be those that the file has: then it need not be compared in more.</summary>
    public static bool Differs(Network network, SourceModel model)
    {
        SourceAnchors? anchors = model switch
        {
            SourceNetwork { Detector.Anchors: var own } => own,
            SourceParameters parameters => parameters.Anchors,
            _ => null,
        };
        if (network.Detector is not { } detector || anchors is null)
            return false;
        float[] boxes = detector.Anchors(network.Input);
        double tolerance = 1e-5 + ((anchors.Quantization?.Scale ?? 0) / 2.0);
        return boxes.Length != anchors.Boxes.Length || boxes.Zip(anchors.Boxes).Any(pair => !(Math.Abs((double)pair.First - pair.Second) <= tolerance));
    }

    /// <summary>Of a file that states how layers are connected.</summary>
    /// <param name="network">What the file holds.</param>
    /// <param name="text">What all candidates share.</param>
    /// <param name="ownName">The name for a network that is not built in.</param>
    public static IEnumerable<DescriptionText> OfNetwork(SourceNetwork network, DescriptionText text, string ownName)
    {
        SourceDetector detector = network.Detector!;
        var predictors = SourcePredictors.Of(network);
        SourceConventions conventions = Conventions(network);
        text = text with { Model = network with { Conventions = conventions }, Classes = detector.Columns - 1 };
        FilterShape[] body = [.. network.Operators.Where(o => !predictors.Operators.Contains(o)).Select(FilterShape.Of).OfType<FilterShape>()];
        ImmutableArray<string>? anchors = detector.Anchors is { } stored ? AnchorLines.Of(stored, predictors.Maps, text.Height, text.Width) : null;
        DescriptionLine[] rules = [.. Rules(detector, conventions, network.Format)];
        foreach ((Network builtIn, int? minimum) in BuiltInVariants.OfDetectors(body, text.InputChannels))
        {
            PredictorKind kind = Usual(predictors.Maps);
            DescriptionText candidate = text with { Network = builtIn.Architecture, Alpha = builtIn.Alpha, Minimum = minimum };
            DescriptionLine[] predict = kind == Kind(builtIn) ? [] : [new DescriptionLine(kind.ToString())];
            foreach (Activation activation in s_activations)
            {
                // First with the built-in network's own maps.
                if (Fits(builtIn, predictors.Maps))
                    yield return candidate with { Activation = activation, Detector = [.. Maps(builtIn, detector.Anchors), .. predict, .. rules] };
                if (anchors is { } lines)
                    yield return candidate with { Activation = activation, Detector = [.. Maps([.. builtIn.Detector!.Maps.Select(m => m.Name)], lines, predictors.Maps), .. predict, .. rules] };
            }
        }

        foreach (DescriptionText known in Known(body, text, network))
            yield return known;
        DescriptionText[] own =
        [
            .. s_activations.Select(activation =>
            {
                var lines = new LayerLines(network, activation, predictors);
                ImmutableArray<string> layers = [.. lines.Body()];
                ImmutableArray<string> sizes = anchors ?? TensorFlows(predictors.Maps)
                    ?? throw new InputException("The file has no anchors that could be written: give each map its boxes in a text of your own, as docs/detection.md shows.");
                string? reason = anchors is null ? "as TensorFlow's detectors have them" : null;
                return text with
                {
                    Network = ownName, Activation = activation, Layers = layers, Preparation = [DescriptionText.Statement("resize", "bilinear", "as most detectors were trained")],
                    Detector = [.. Maps(lines.Maps, sizes, predictors.Maps, reason), new DescriptionLine(Usual(predictors.Maps).ToString()), .. rules],
                };
            }),
        ];
        foreach (DescriptionText candidate in own.OrderBy(t => t.Layers.Sum(l => l.Length)))
            yield return candidate;
    }

    /// <summary>Of a file of parameters alone.</summary>
    /// <param name="parameters">What the file holds.</param>
    /// <param name="resolution">The side of the image, where the user says it.</param>
    /// <param name="text">What all candidates share, of an image of so many rows and columns.</param>
    public static IEnumerable<DescriptionText> OfParameters(SourceParameters parameters, int? resolution, Func<int, int, DescriptionText> text)
    {
        SourceFilter[] body = [.. parameters.Filters.Where(f => PredictorNames.Role(f.Place) is null)];
        FilterShape[] shapes = [.. body.Select(FilterShape.Of)];
        FilterShape[] boxes = Heads(false), scores = Heads(true);
        if (boxes.Length == 0 || boxes.Length != scores.Length)
            yield break;
        bool isSeparable = parameters.Filters.Any(f => PredictorNames.Role(f.Place) is not null && FilterShape.Of(f) is { Inputs: 1, Height: > 1 });
        int classes = (scores[0].Outputs / Math.Max(boxes[0].Outputs / 4, 1)) - 1;
        foreach ((Network builtIn, int? minimum) in BuiltInVariants.OfDetectors(shapes, 3))
        {
            int? found = resolution ?? (parameters.Anchors is { } anchors ? Resolution(builtIn, anchors.Count) : null);
            int side = found ?? BuiltInVariants.Resolution(builtIn.Architecture);
            ImmutableArray<PredictedMap> maps = [.. builtIn.Detector!.Maps.Zip(boxes, (map, head) => new PredictedMap(
                0, Cells(map.Shape.Height, side), Cells(map.Shape.Width, side), head.Outputs / 4, isSeparable ? new PredictorKind(3, true) : new PredictorKind(head.Height, false)))];
            DescriptionText candidate = WithConventions(text(side, side), parameters, parameters.Conventions, body) with
            {
                Network = builtIn.Architecture, Alpha = builtIn.Alpha, Minimum = minimum, Classes = classes, AssumesResolution = found is null,
                Preparation = parameters.Anchors?.Place.Contains(FaceApiAnchors, StringComparison.Ordinal) == true ? [DescriptionText.Statement("fit", "letterbox", "as face-api.js pads pictures to a square")] : [],
            };
            DescriptionLine[] predict = Usual(maps) == Kind(builtIn) ? [] : [new DescriptionLine(Usual(maps).ToString())];
            DescriptionLine[] rules = [.. builtIn.Detector!.Coder.IsXFirst ? Rules(builtIn) : Rules(null, parameters.Conventions, parameters.Format)];
            yield return candidate with { Detector = [.. Maps(builtIn, parameters.Anchors), .. predict, .. rules] };
            if (parameters.Anchors is { } stored && AnchorLines.Of(stored, maps, side, side) is { } lines)
                yield return candidate with { Detector = [.. Maps([.. builtIn.Detector.Maps.Select(m => m.Name)], lines, maps), .. predict, .. rules] };
        }

        foreach (KnownDetector known in KnownDetector.All)
        {
            foreach (Network network in known.Of(shapes))
                yield return WithConventions(Of(known, network, text(network.Input.Height, network.Input.Width)), parameters, known.Conventions, body) with { Classes = classes };
        }

        // In the order of maps, which is that of names.
        FilterShape[] Heads(bool areScores) => [.. parameters.Filters.Where(f => PredictorNames.Role(f.Place) == areScores).Select(FilterShape.Of).Where(s => !(s.Inputs == 1 && s.Height > 1))];
    }

    /// <summary>Detectors that are known beside the built-in ones, and have these filters.</summary>
    private static IEnumerable<DescriptionText> Known(FilterShape[] body, DescriptionText text, SourceNetwork source)
    {
        foreach (KnownDetector known in KnownDetector.All)
        {
            foreach (Network network in known.Of(body).Where(n => n.Input == new Shape(text.Height, text.Width, text.InputChannels)))
                yield return Of(known, network, text with { Model = source with { Conventions = known.Conventions } }, source.Detector);
        }
    }

    private static DescriptionText Of(KnownDetector known, Network network, DescriptionText text, SourceDetector? stated = null)
    {
        return text with
        {
            Network = known.Name, Alpha = network.Alpha == 1 ? null : network.Alpha, Divisor = known.Divisor, Activation = known.Conventions.Activation == SourceActivation.Relu ? Activation.Relu : Activation.Relu6,
            Layers = known.Layers, Preparation = [DescriptionText.Statement("resize", "bilinear", "as most detectors were trained")],
            Detector = [.. known.Detector.Select(l => new DescriptionLine(l, IsStated(l) ? null : $"as {known.Conventions.Producer} networks have it"))],
        };

        bool IsStated(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)] switch
        {
            "map" => stated?.Anchors is not null,
            "decode" => stated?.Coder is not null,
            "scores" => stated?.Scores is not null,
            "nms" => stated?.Overlap is not null,
            _ => true,
        };
    }

    private static DescriptionText WithConventions(DescriptionText text, SourceParameters parameters, SourceConventions conventions, SourceFilter[] body)
    {
        SourceActivation[] stated = [.. body.Select(f => f.Facts?.Activation).OfType<SourceActivation>().Where(a => a != SourceActivation.None).Distinct()];
        return text with
        {
            Model = parameters with { Conventions = conventions },
            Activation = (stated is [var only] ? only : conventions.Activation) == SourceActivation.Relu ? Activation.Relu : Activation.Relu6,
            AssumesActivation = stated.Length != 1,
            AssumesPadding = body.Any(f => FilterShape.Of(f).Height > 1 && f.Facts?.Padding is null),
        };
    }

    private static SourceConventions Conventions(SourceNetwork network) => network.Conventions switch
    {
        { IsBgr: true } => KnownDetector.CaffeSsd,
        { Padding: PaddingConvention.Symmetric } => KnownDetector.PyTorchSsd,
        var own => own,
    };

    /// <summary>
    /// The lines of the block that say what is done with what is predicted: those of which the file says nothing, and those that differ from the language's rules, which are TensorFlow's.
    /// </summary>
    private static IEnumerable<DescriptionLine> Rules(SourceDetector? detector, SourceConventions conventions, SourceFormat format)
    {
        // Who pads symmetrically has Caffe's SSD.
        bool isCaffes = conventions.Padding == PaddingConvention.Symmetric;
        string reason = $"as {conventions.Producer} networks have it";
        BoxCoder coder = detector?.Coder is { } own ? new(Rounded(own.Y), Rounded(own.X), Rounded(own.Height), Rounded(own.Width), own.IsXFirst) : new(10, 10, 5, 5, isCaffes);
        if (detector?.Coder is null || coder != new BoxCoder(10, 10, 5, 5, IsXFirst: false))
            yield return new DescriptionLine($"{coder}", detector?.Coder is null ? reason : null);

        bool isSoftmax = (detector?.Scores ?? (isCaffes ? SourceScores.Softmax : SourceScores.Sigmoid)) == SourceScores.Softmax;
        if (detector?.Scores is null || isSoftmax)
            yield return new DescriptionLine(isSoftmax ? "scores softmax" : "scores sigmoid", detector?.Scores is null ? reason : null);

        bool isPerClass = detector?.IsPerClass ?? isCaffes;
        decimal overlap = detector?.Overlap is { } stated ? Rounded(stated) : isCaffes ? 0.45m : 0.6m;
        int? most = isPerClass ? detector?.MostPerClass : null;
        var suppression = format.Name == "Caffe" ? new Suppression(isPerClass, overlap, most, null, null) : new Suppression(isPerClass, overlap, null, most, null);
        if (isPerClass || overlap != 0.6m)
            yield return new DescriptionLine($"{suppression}", detector?.Overlap is null ? reason : null);
    }

    /// <summary>The same lines of a built-in network whose rules are not TensorFlow's, of which a file says nothing.</summary>
    private static IEnumerable<DescriptionLine> Rules(Network builtIn)
    {
        (Detector detector, string reason) = (builtIn.Detector!, $"as the built-in {builtIn.Architecture} has it");
        yield return new DescriptionLine($"{detector.Coder}", reason);
        yield return new DescriptionLine(detector.Scores == ScoreFunction.Softmax ? "scores softmax" : "scores sigmoid", reason);
        yield return new DescriptionLine($"{detector.Suppression}", reason);
    }

    private static decimal Rounded(float number) => decimal.Round((decimal)number, 5);

    /// <summary>The lines of a built-in network's maps, where the file has no anchors that would show whether they are its own; none where it has.</summary>
    private static IEnumerable<DescriptionLine> Maps(Network builtIn, SourceAnchors? anchors) =>
        anchors is not null ? [] : builtIn.Detector!.Maps.Select(m => new DescriptionLine(m.Source, $"as the built-in {builtIn.Architecture} has them"));

    /// <summary>The lines of maps; where a predictor is not as most are, its line says so.</summary>
    private static IEnumerable<DescriptionLine> Maps(ImmutableArray<string> names, ImmutableArray<string> boxes, ImmutableArray<PredictedMap> maps, string? reason = null)
    {
        int longest = names.Max(n => n.Length);
        return names.Select((name, i) => new DescriptionLine($"map {name.PadRight(longest)}  {boxes[i]}{(maps[i].Kind == Usual(maps) ? "" : $" {maps[i].Kind}")}", reason));
    }

    /// <summary>TensorFlow's boxes, where there are as many on each map; null where there are not.</summary>
    private static ImmutableArray<string>? TensorFlows(ImmutableArray<PredictedMap> maps)
    {
        if (maps.Length < 2 || maps[0].Boxes != 3 || maps.Skip(1).Any(m => m.Boxes != 6))
            return null;
        decimal[] scales = [.. Enumerable.Range(0, maps.Length).Select(i => decimal.Round(0.2m + (0.75m * i / (maps.Length - 1)), 4)), 1];
        return
        [
            "boxes 0.1:1 0.2:2 0.2:1/2",
            .. Enumerable.Range(1, maps.Length - 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"scale {scales[i]:0.####} next {scales[i + 1]:0.####} ratios 1 2 1/2 3 0.3333 next")),
        ];
    }

    private static PredictorKind Usual(ImmutableArray<PredictedMap> maps) => maps.GroupBy(m => m.Kind).MaxBy(g => g.Count())!.Key;

    /// <summary>The predictors of a built-in network.</summary>
    private static PredictorKind Kind(Network network)
    {
        string boxes = network.Detector!.Maps[0].Boxes;
        Layer? depthwise = network.Layers.FirstOrDefault(l => l.Name == boxes + "_depthwise");
        return depthwise is null ? new PredictorKind(network.Layers.First(l => l.Name == boxes).Kernel, false) : new PredictorKind(depthwise.Kernel, true);
    }

    private static bool Fits(Network builtIn, ImmutableArray<PredictedMap> maps) =>
        maps.All(m => m.Kind == Usual(maps)) && builtIn.Detector!.Maps.Select(m => m.Sizes.Count).SequenceEqual(maps.Select(m => m.Boxes));

    /// <summary>The side at which a network has so many anchors; of several, the one in steps of 32 that is nearest to the usual one.</summary>
    private static int? Resolution(Network network, int count) =>
        Enumerable.Range(32, 4096 - 31).Where(side => network.Detector!.Maps.Sum(m => (long)Cells(m.Shape.Height, side) * Cells(m.Shape.Width, side) * m.Sizes.Count) == count)
            .OrderBy(side => (side % 32 != 0, Math.Abs(side - VariantResolution))).Select(side => (int?)side).FirstOrDefault();

    /// <summary>The cells that a map has at a side, which has so many at the usual one.</summary>
    private static int Cells(int usual, int side)
    {
        for (int size = VariantResolution; size > usual; size = (size + 1) / 2)
            side = (side + 1) / 2;
        return side;
    }
}
