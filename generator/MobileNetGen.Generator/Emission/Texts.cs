using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Generator.Emission;

/// <summary>Phrases of the generated documentation.</summary>
internal static class Texts
{
    /// <summary>What the network is.</summary>
    public static string Network(Network network) =>
        $"{network.Architecture} with width multiplier {VariantText.Alpha(network.Alpha)}, in {network.Quantization.ToString().ToLowerInvariant()}";

    /// <summary>What its input is.</summary>
    public static string Image(Network network) => $"an image of {network.Input.Height}×{network.Input.Width} {PixelKind(network)} pixels";

    /// <summary>What its outputs are.</summary>
    public static string Scores(Network network) => network.Detector is { } detector
        ? $"boxes of {detector.Classes} {(detector.Classes == 1 ? "class" : "classes")} at {Literals.Grouped(detector.AnchorCount)} anchors"
        : $"{Literals.Grouped(network.OutputLength)} {ScoreKind(network)}";

    /// <summary>What an output is that is not the first.</summary>
    public static string Values(NetworkOutput output) => output.IsVector
        ? $"{Literals.Grouped(output.Length)} values of {output.Name}"
        : $"{output.Shape} values of {output.Name}, row by row from the top, pixel by pixel, channel by channel";

    /// <summary>The same as <see cref="Scores"/> with what they mean, where they are probabilities.</summary>
    public static string MeantScores(Network network) => Scores(network) + network switch
    {
        { EndsInSoftmax: true } => ", 0 to 1, one a class",
        { EndsInSigmoid: true, OutputLength: 1 } => ", 0 to 1, of class 1; that of class 0 is what it lacks of 1",
        { EndsInSigmoid: true } => ", 0 to 1, one a class and each by itself: several may be true at once, or none",
        _ => "",
    };

    /// <summary><c>probabilities</c>, <c>logits</c> or <c>features</c>.</summary>
    public static string ScoreKind(Network network) => network.Meaning switch
    {
        ResultMeaning.IndependentProbabilities when network.OutputLength == 1 => "probability",
        ResultMeaning.Probabilities or ResultMeaning.IndependentProbabilities => "probabilities",
        ResultMeaning.Logits => "logits",
        ResultMeaning.SignedUnit => "values from −1 to 1",
        _ => "features",
    };

    /// <summary>What <c>Run(pixels)</c> returns.</summary>
    public static string Prediction(Network network) => network switch
    {
        { EndsInSigmoid: true, OutputLength: 1 } => "class 1 with the network's one output p as its probability where p is at least 0.5, else class 0 with 1 − p; and its label",
        { EndsInSigmoid: true } => "the most probable class, its own probability and its label. Several may be true at once, or none: read them all with Run(pixels, scores)",
        _ => "the most probable class, its probability and its label",
    };

    /// <summary>What is done to a pixel.</summary>
    public static string Normalization(Normalization normalization) => normalization is { Mean.Count: 1, Std.Count: 1 }
        ? $"(p − {Number(normalization.Mean[0])}) / {Number(normalization.Std[0])}"
        : $"(p − mean) / std, with mean {string.Join(", ", normalization.Mean.Select(Number))} and std {string.Join(", ", normalization.Std.Select(Number))} by channel";

    private static string Number(decimal value) => value < 0 ? $"(−{Number(-value)})" : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The pixels' colour model.</summary>
    public static string PixelKind(Network network) => network.Order switch
    {
        PixelOrder.Rgb => "RGB",
        PixelOrder.Bgr => "BGR",
        _ => "grey",
    };

    /// <summary>How the bytes of an image lie, for documentation.</summary>
    public static string PixelLayout(Network network) => network.Order switch
    {
        PixelOrder.Rgb => "row by row from the top, three bytes a pixel: red, green, blue",
        PixelOrder.Bgr => "row by row from the top, three bytes a pixel: blue, green, red",
        _ => "row by row from the top, one byte a pixel",
    };
}
