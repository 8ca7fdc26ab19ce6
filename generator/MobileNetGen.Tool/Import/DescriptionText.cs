using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import;

/// <summary>A line of a description that is about to be written.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Reason">Why, where the file does not say it: it is then marked as an assumption; null where the file says it.</param>
internal sealed record DescriptionLine(string Text, string? Reason = null)
{
    /// <summary>What stands behind every assumption.</summary>
    private const string Mark = "   # assumed: the file does not say";

    /// <summary>The line with its mark.</summary>
    public override string ToString() => Reason is null ? Text : Reason.Length == 0 ? Text + Mark : $"{Text}{Mark}; {Reason}";
}

/// <summary>A description that is about to be written. What the file says and the language assumes anyway is left out; what the file does not say stands there, and is marked.</summary>
internal sealed record DescriptionText
{
    /// <summary>What the weights files hold.</summary>
    public required SourceModel Model { get; init; }

    /// <summary>The architecture.</summary>
    public string Network { get; init; } = "";

    /// <summary>The width multiplier, of a built-in network.</summary>
    public decimal? Alpha { get; init; }

    /// <summary>The divisor of channels, where the network's own is another.</summary>
    public int? Divisor { get; init; }

    /// <summary>The smallest count of channels, where the network's own is another.</summary>
    public int? Minimum { get; init; }

    /// <summary>How pictures are brought to the network's size, in the order of the lines, where it is not by the language's rules.</summary>
    public ImmutableArray<DescriptionLine> Preparation { get; init; } = [];

    /// <summary>Channels of the image: 1 or 3.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Rows of the image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of the image.</summary>
    public required int Width { get; init; }

    /// <summary>Outputs of the last dense layer, if there is one.</summary>
    public int? Classes { get; init; }

    /// <summary>The activation of layers that do not say theirs.</summary>
    public Activation Activation { get; init; } = Activation.Relu6;

    /// <summary>Whether no line of the file says the activation.</summary>
    public bool AssumesActivation { get; init; }

    /// <summary>The arithmetic.</summary>
    public Quantization Quantization { get; init; }

    /// <summary>The type of the input.</summary>
    public Quantization InputType { get; init; }

    /// <summary>The type of the output.</summary>
    public Quantization OutputType { get; init; }

    /// <summary>The weights files, relative to the description.</summary>
    public required ImmutableArray<string> Weights { get; init; }

    /// <summary>The labels file, relative to the description, or null.</summary>
    public required string? Labels { get; init; }

    /// <summary>Whether the padding of the file's convolutions is the producer's, as none is stated.</summary>
    public bool AssumesPadding { get; init; }

    /// <summary>Whether neither the file nor the user says the resolution.</summary>
    public bool AssumesResolution { get; init; }

    /// <summary>The lines of the <c>layers</c> block, or empty for the built-in network's.</summary>
    public ImmutableArray<string> Layers { get; init; } = [];

    /// <summary>The lines of the <c>head</c> block, or empty for the built-in network's.</summary>
    public ImmutableArray<DescriptionLine> Head { get; init; } = [];

    /// <summary>The lines of the <c>detector</c> block, or empty for the built-in network's, and for classifiers.</summary>
    public ImmutableArray<DescriptionLine> Detector { get; init; } = [];

    private SourceConventions Conventions => Model.Conventions;

    private string AsUsual => $"as {Conventions.Producer} networks have it";

    /// <summary>What is marked in the text because the file does not say it.</summary>
    public ImmutableArray<Assumption> Assumptions =>
        [.. Statements().Concat(Head).Concat(Detector).Where(l => l.Reason is not null).Select(l => new Assumption(string.Join(" ", l.Text.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)), l.Reason!))];

    /// <summary>The text.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Written by mbnet import for {string.Join(" and ", Weights.Select(w => Path.GetFileName(w)))} ({Model.Format.Name}).\n");
        foreach (DescriptionLine line in Statements())
            text.Append(line).Append('\n');
        Block("layers", [.. Layers.Select(l => new DescriptionLine(l))]);
        Block("head", Head);
        Block("detector", Detector);
        return text.ToString();

        void Block(string keyword, ImmutableArray<DescriptionLine> lines)
        {
            if (lines.Length > 0)
                text.Append(keyword).Append('\n').AppendJoin("", lines.Select(l => $"  {l}\n"));
        }
    }

    /// <summary>A statement's line.</summary>
    internal static DescriptionLine Statement(string keyword, string value, string? reason = null) => new($"{keyword,-12} {value}", reason);

    private IEnumerable<DescriptionLine> Statements()
    {
        yield return Statement("network", Network, Model is SourceParameters ? "its weights have the shapes of this network's, whose strides and connections are taken" : null);
        if (Alpha is { } alpha)
            yield return Statement("alpha", VariantText.Alpha(alpha));
        if (Divisor is { } divisor)
            yield return Statement("divisor", $"{divisor}");
        if (Minimum is { } minimum)
            yield return Statement("minimum", $"{minimum}");
        yield return Statement("resolution", VariantText.Resolution(Height, Width), AssumesResolution ? "correct it if the network was trained for another" : null);
        yield return InputChannels == 1
            ? Statement("input", "grey")
            : Statement("input", Conventions.IsBgr ? "bgr" : "rgb", Conventions.IsBgr ? AsUsual : "");
        foreach (DescriptionLine line in Preparation)
            yield return line;
        if (Classes is { } classes)
            yield return Statement("classes", $"{classes}");
        if (AssumesActivation)
            yield return Statement("activation", Word(Activation), AsUsual);
        else if (Activation == Activation.Relu)
            yield return Statement("activation", "relu");
        if (Quantization != Quantization.Float32)
            yield return Statement("quantization", Word(Quantization) + Ends());
        if (Quantization == Quantization.Int8)
            yield return Statement("rounding", "once", "twice, if the network is for TensorFlow Lite for Microcontrollers");
        if (InputType == Quantization.Float32)
            yield return Normalization();
        if (AssumesPadding)
            yield return Statement("padding", Conventions.Padding == PaddingConvention.Same ? "same" : "symmetric", AsUsual);
        if (Model is SourceParameters { NeedsEpsilon: true })
            yield return Statement("epsilon", ((decimal)Conventions.Epsilon).ToString(CultureInfo.InvariantCulture), AsUsual);
        yield return Statement("weights", string.Join(" ", Weights.Select(w => $"\"{w}\"")));
        if (Labels is not null)
            yield return Statement("labels", $"\"{Labels}\"");
    }

    private string Ends() => (InputType == Quantization, InputType == OutputType) switch
    {
        (true, true) => "",
        (_, true) => $" io {Word(InputType)}",
        _ => $" io {Word(InputType)} {Word(OutputType)}",
    };

    /// <summary>What happens to pixels: what the file states or computes itself, on an input that may be an assumption.</summary>
    private DescriptionLine Normalization()
    {
        (SourceNormalization input, bool isAssumed) = Model is SourceNetwork network
            ? PixelMap.Inputs(network, InputChannels).First()
            : (Model.Normalization ?? Conventions.Normalization, Model.Normalization is null);
        SourcePreprocessing? own = (Model as SourceNetwork)?.Preprocessing;

        // The producer's numbers are for colours.
        if (isAssumed && InputChannels != input.Mean.Length && input.Mean.Length > 1)
            input = SourceNormalization.AroundZero;
        PixelMap whole = PixelMap.Of(input, own, InputChannels);
        SourceNormalization normalization = whole.ToNormalization()
            ?? throw new Terminal.InputException($"{own!.Place}: what the file does to its input, {whole}, cannot be said by 'normalize', which subtracts a mean and divides by a positive number.");
        string reason = own is null ? AsUsual : $"its own arithmetic is on an input of: normalize {PixelMap.Text(input)}";
        return Statement("normalize", PixelMap.Text(normalization), isAssumed ? reason : null);
    }

    private static string Word<T>(T value)
        where T : struct, System.Enum => value.ToString().ToLowerInvariant();
}
