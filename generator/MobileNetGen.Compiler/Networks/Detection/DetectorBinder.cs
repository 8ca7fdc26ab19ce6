using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>Evaluates the block of a detector. What a file leaves out it has from the built-in network that it names: all maps, or a line of another word.</summary>
/// <param name="own">The file's block, if it has one.</param>
/// <param name="inherited">The built-in network's, if there is one.</param>
/// <param name="inheritedSpan">Where messages about inherited lines point.</param>
/// <param name="diagnostics">Takes what is wrong.</param>
internal sealed class DetectorBinder(Block? own, Block? inherited, TextSpan inheritedSpan, DiagnosticBag diagnostics)
{
    private const int MaximumMaps = 32;
    private const int MaximumBoxes = 64;
    private const decimal MaximumSize = 100_000;

    private static readonly string[] s_mapOptions = ["boxes", "scale", "step", "clip", "predict"];

    /// <summary>The detector, or null after reporting.</summary>
    public DetectorDefinition? Bind()
    {
        TextSpan span = own?.Keyword.Span ?? inheritedSpan;
        int reported = diagnostics.Count;
        // What is wrong is reported there; maps need not repeat that they have no predictors.
        PredictorDefinition? predictor = One("predict") is var (predict, predictSpan) ? Predictor(Reader(predict, predictSpan), end: true) ?? new PredictorDefinition(1, false) : null;
        BoxCoder coder = One("decode") is var (decode, decodeSpan) ? Coder(Reader(decode, decodeSpan)) : new BoxCoder(10, 10, 5, 5, IsXFirst: false);
        ScoreFunction scores = ScoreFunction.Sigmoid;
        if (One("scores") is var (function, functionSpan))
            scores = Scores(Reader(function, functionSpan));
        Suppression suppression = One("nms") is var (nms, nmsSpan) ? Suppress(Reader(nms, nmsSpan)) : new Suppression(IsPerClass: false, 0.6m, null, null, null);

        List<(Statement Line, TextSpan Span)> lines = Lines("map");
        if (lines.Count == 0 && !diagnostics.HasErrors)
            diagnostics.Report(Rules.IncompleteNetwork, span, "the detector has no maps", $"add for example: {Keywords.Detector["map"]}");
        else if (lines.Count > MaximumMaps)
            diagnostics.Report(Rules.TooLarge, lines[MaximumMaps].Span, "the detector", $"{lines.Count} maps", $"{MaximumMaps}");
        List<MapDefinition> maps = [.. lines.Take(MaximumMaps).Select(l => Map(l.Line, l.Span, predictor)).OfType<MapDefinition>()];
        return diagnostics.Count > reported ? null : new DetectorDefinition(maps, coder, scores, suppression, span);
    }

    /// <summary>The lines of a word: the file's own, or if it has none, the built-in network's.</summary>
    private List<(Statement Line, TextSpan Span)> Lines(string word)
    {
        IEnumerable<Statement> Of(Block? block) => block is null ? [] : block.Layers.Where(l => l.Keyword.Text == word);
        List<(Statement, TextSpan)> written = [.. Of(own).Select(l => (l, l.Span))];
        return written.Count > 0 ? written : [.. Of(inherited).Select(l => (l, inheritedSpan))];
    }

    private (Statement Line, TextSpan Span)? One(string word)
    {
        List<(Statement Line, TextSpan Span)> lines = Lines(word);
        if (lines.Count > 1)
            diagnostics.Report(Rules.GivenTwice, lines[1].Span, word, diagnostics.LineOf(lines[0].Span));
        return lines.Count == 0 ? null : lines[0];
    }

    private ArgumentReader Reader(Statement line, TextSpan span) => new(line, Keywords.Detector[line.Keyword.Text], diagnostics);

    private static PredictorDefinition? Predictor(ArgumentReader arguments, bool end)
    {
        if (!arguments.TakeWord("kernel"))
        {
            arguments.Diagnostics.Report(Rules.Missing, arguments.Statement.Span, "predict", "'kernel' and its size", Keywords.Detector["predict"]);
            return null;
        }

        Token? size = arguments.Peek;
        if (arguments.Integer("the kernel", 1, LayerBinder.MaximumKernel) is not { } kernel)
            return null;
        if (kernel % 2 == 0)
        {
            arguments.Diagnostics.Report(Rules.Malformed, size!.Span, $"kernel {kernel}", "an odd kernel, which alone can be centred on a pixel", "predict kernel 3");
            return null;
        }

        bool isSeparable = arguments.TakeWord("separable");
        if (end)
            arguments.End();
        return new PredictorDefinition(kernel, isSeparable);
    }

    private BoxCoder Coder(ArgumentReader arguments)
    {
        var scales = new decimal[4];
        for (int i = 0; i < scales.Length; i++)
        {
            if (arguments.Number("a scale of boxes", 0.001m, 1000) is not { } scale)
                return new BoxCoder(10, 10, 5, 5, IsXFirst: false);
            scales[i] = scale;
        }

        bool isXFirst = arguments.TakeWord("order") && arguments.Choice("an order of a box's numbers", "yxhw", "xywh") == "xywh";
        arguments.End();
        return isXFirst ? new BoxCoder(scales[1], scales[0], scales[3], scales[2], true) : new BoxCoder(scales[0], scales[1], scales[2], scales[3], false);
    }

    private static ScoreFunction Scores(ArgumentReader arguments)
    {
        string? function = arguments.Choice("what makes probabilities of scores", "sigmoid", "softmax");
        arguments.End();
        return function == "softmax" ? ScoreFunction.Softmax : ScoreFunction.Sigmoid;
    }

    private Suppression Suppress(ArgumentReader arguments)
    {
        bool isPerClass = arguments.Choice("a way to suppress boxes", "agnostic", "per-class") == "per-class";
        var suppression = new Suppression(isPerClass, 0.6m, null, null, null);
        var seen = new HashSet<string>();
        while (arguments.Peek is { } option)
        {
            arguments.Take("an option");
            if (option.Kind == TokenKind.Word && !seen.Add(option.Text))
            {
                diagnostics.Report(Rules.GivenTwice, option.Span, option.Text, diagnostics.LineOf(option.Span));
                return suppression;
            }

            switch (option.ToString())
            {
                case "overlap" when arguments.Number("the overlap", 0.01m, 1) is { } overlap:
                    suppression = suppression with { Overlap = overlap };
                    break;
                case "most" when arguments.Integer("the number of boxes", 1, Detector.MaximumAnchors) is { } most:
                    suppression = suppression with { Most = most };
                    break;
                case "top" or "keep" when !isPerClass:
                    diagnostics.Report(Rules.NoMeaning, option.Span, option.Text, "with 'nms agnostic'", "it counts boxes of one class; write 'per-class', or remove it");
                    return suppression;
                case "top" when arguments.Integer("the number of candidates", 1, Detector.MaximumAnchors) is { } top:
                    suppression = suppression with { Top = top };
                    break;
                case "keep" when arguments.Integer("the number of boxes", 1, Detector.MaximumAnchors) is { } keep:
                    suppression = suppression with { Keep = keep };
                    break;
                case "overlap" or "most" or "top" or "keep":
                    return suppression;
                default:
                    arguments.Unexpected(option, "nms takes overlap, top, keep, most");
                    return suppression;
            }
        }

        return suppression;
    }

    private MapDefinition? Map(Statement line, TextSpan span, PredictorDefinition? predictor)
    {
        ArgumentReader arguments = Reader(line, span);
        if (arguments.Word("the name of a layer") is not { } name)
            return null;
        if (span == inheritedSpan)
            name = name with { Span = span };
        List<AnchorSize> sizes = [];
        decimal? step = null;
        bool isClipped = false;
        var seen = new HashSet<string>();
        while (arguments.Peek is { } option)
        {
            arguments.Take("an option");
            if (option.Kind == TokenKind.Word && !seen.Add(option.Text))
            {
                diagnostics.Report(Rules.GivenTwice, option.Span, option.Text, diagnostics.LineOf(option.Span));
                return null;
            }

            bool good = true;
            switch (option.ToString())
            {
                case "boxes":
                    good = new AnchorSizeReader(arguments).Boxes(sizes);
                    break;
                case "scale":
                    good = new AnchorSizeReader(arguments).Scale(sizes);
                    break;
                case "step":
                    step = new AnchorSizeReader(arguments).Pixels("the step", MaximumSize);
                    good = step is not null;
                    break;
                case "clip":
                    isClipped = true;
                    break;
                case "predict":
                    predictor = Predictor(arguments, end: false);
                    good = predictor is not null;
                    break;
                default:
                    arguments.Unexpected(option, $"map takes {string.Join(", ", s_mapOptions)}");
                    good = false;
                    break;
            }

            if (!good)
                return null;
        }

        if (sizes.Count is 0 or > MaximumBoxes)
        {
            if (sizes.Count == 0)
                diagnostics.Report(Rules.Missing, span, "map", "the boxes that stand on a cell", Keywords.Detector["map"]);
            else
                diagnostics.Report(Rules.TooLarge, span, $"map {name}", $"{sizes.Count} boxes a cell", $"{MaximumBoxes}");
            return null;
        }

        if (predictor is not null)
            return new MapDefinition(name, sizes.ToEquatableArray(), step, isClipped, predictor, line.ToString(), span);
        diagnostics.Report(Rules.Missing, span, "map", "predictors", $"a line of the detector: {Keywords.Detector["predict"]}");
        return null;
    }
}
