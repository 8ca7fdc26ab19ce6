using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Tool.Import;

/// <summary>A description that is about to be written. What the language assumes anyway is left out; what the file does not say is marked.</summary>
internal sealed record DescriptionText
{
    private static readonly ImmutableArray<decimal> s_torchMean = [123.675m, 116.28m, 103.53m];
    private static readonly ImmutableArray<decimal> s_torchStd = [58.395m, 57.12m, 57.375m];
    private static readonly ImmutableArray<decimal> s_half = [127.5m];

    /// <summary>The weights' format.</summary>
    public required SourceFormat Format { get; init; }

    /// <summary>The architecture.</summary>
    public string Network { get; init; } = "";

    /// <summary>The width multiplier, of a built-in network.</summary>
    public decimal? Alpha { get; init; }

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

    /// <summary>The arithmetic.</summary>
    public NetworkQuantization Quantization { get; init; }

    /// <summary>The type at the ends.</summary>
    public NetworkQuantization Io { get; init; }

    /// <summary>The normalisation's mean, or empty where the weights do not say.</summary>
    public required ImmutableArray<decimal> Mean { get; init; }

    /// <summary>The normalisation's divisor, or empty.</summary>
    public required ImmutableArray<decimal> Std { get; init; }

    /// <summary>The weights files, relative to the description.</summary>
    public required ImmutableArray<string> Weights { get; init; }

    /// <summary>The labels file, relative to the description, or null.</summary>
    public required string? Labels { get; init; }

    /// <summary>Whether the file holds parameters alone: strides and padding are then assumptions.</summary>
    public bool SaysNoStructure { get; init; }

    /// <summary>Whether neither the file nor the user says the resolution.</summary>
    public bool AssumesResolution { get; init; }

    /// <summary>The lines of the <c>layers</c> block, or empty for the built-in network's.</summary>
    public ImmutableArray<string> Layers { get; init; } = [];

    /// <summary>The lines of the <c>head</c> block, or empty for the built-in network's.</summary>
    public ImmutableArray<string> Head { get; init; } = [];

    /// <summary>The text.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Written by mbnet import for {string.Join(" and ", Weights.Select(w => Path.GetFileName(w)))} ({Format.Name}).\n");
        foreach ((string keyword, string value, string comment) in Statements())
            text.Append(CultureInfo.InvariantCulture, $"{keyword,-12} {value}{(comment.Length == 0 ? "" : $"   # {comment}")}\n");
        Block("layers", Layers);
        Block("head", Head);
        return text.ToString();

        void Block(string keyword, ImmutableArray<string> lines)
        {
            if (lines.Length > 0)
                text.Append(keyword).Append('\n').AppendJoin("", lines.Select(l => $"  {l}\n"));
        }
    }

    private IEnumerable<(string Keyword, string Value, string Comment)> Statements()
    {
        yield return ("network", Network, "");
        if (Alpha is { } alpha)
            yield return ("alpha", Number(alpha), "");
        yield return ("resolution", Height == Width ? $"{Height}" : $"{Height}x{Width}", AssumesResolution ? "the file does not say: correct it if the network was trained for another" : "");
        if (InputChannels == 1)
            yield return ("input", "grey", "");
        else if (IsCaffe)
            yield return ("input", "bgr", "as Caffe has it; the file does not say");
        if (Classes is { } classes)
            yield return ("classes", $"{classes}", "");
        if (Activation == Activation.Relu)
            yield return ("activation", "relu", "");
        if (Quantization != NetworkQuantization.Float32)
            yield return ("quantization", Word(Quantization) + (Io == Quantization ? "" : $" io {Word(Io)}"), "");
        if (Quantization == NetworkQuantization.Int8)
            yield return ("rounding", "once", "twice, if the network is for TensorFlow Lite for Microcontrollers");
        if (Io == NetworkQuantization.Float32)
            yield return ("normalize", Normalization(out string origin), origin);
        if (SaysNoStructure)
            yield return ("padding", Format.Padding == PaddingConvention.Same ? "same" : "symmetric", $"as {Format.Name} has it; the file does not say");
        yield return ("weights", string.Join(" ", Weights.Select(w => $"\"{w}\"")), "");
        if (Labels is not null)
            yield return ("labels", $"\"{Labels}\"", "");
    }

    private bool IsCaffe => Format.Name == "Caffe";

    private string Normalization(out string origin)
    {
        bool isTorch = Format.Padding == PaddingConvention.Symmetric && InputChannels == 3;
        (ImmutableArray<decimal> mean, ImmutableArray<decimal> std, origin) = (Mean.Length, IsCaffe, isTorch) switch
        {
            (> 0, _, _) => (Mean, Std, ""),
            (_, true, _) => ([103.94m, 116.78m, 123.68m], [58.82m], "as Caffe's MobileNets were trained; the file does not say"),
            (_, _, true) => (s_torchMean, s_torchStd, "as torchvision's networks were trained; the file does not say"),
            _ => (s_half, s_half, "[-1, 1], as TensorFlow's networks were trained; the file does not say"),
        };
        return $"mean {string.Join(" ", mean.Select(Number))} std {string.Join(" ", std.Select(Number))}";
    }

    private static string Word(NetworkQuantization quantization) => quantization.ToString().ToLowerInvariant();

    private static string Number(decimal value) => value.ToString("0.0###########", CultureInfo.InvariantCulture);
}
