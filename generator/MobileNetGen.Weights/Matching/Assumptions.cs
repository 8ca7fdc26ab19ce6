using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>
/// What a network has of the language's and its producer's conventions, because neither its file nor its text says it. Every fact that results depend on is compared with the file by a matcher, or
/// listed here.
/// </summary>
internal static class Assumptions
{
    /// <summary>What pixels are before the network, where it takes real numbers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="model">Its file. What it computes with pixels itself says what they are only where they are bytes, or its numbers are for such.</param>
    public static IEnumerable<Assumption> Pixels(Network network, SourceModel model)
    {
        SourceConventions conventions = model.Conventions;
        int channels = network.Input.Channels;
        (SourceNormalization input, bool isAssumed) = model is SourceNetwork file ? PixelMap.Inputs(file, channels).First() : (conventions.Normalization, model.Normalization is null);
        if (network.InputType == Quantization.Float32 && !network.IsWritten("normalize") && isAssumed)
        {
            PixelMap own = PixelMap.Of(network.Normalization, channels);
            SourcePreprocessing? inside = (model as SourceNetwork)?.Preprocessing;
            bool isUsual = (input.Mean.Length == 1 || channels == input.Mean.Length) && own.Fits(PixelMap.Of(input, inside, channels));
            string reason = inside is not null
                ? $"{inside.Place}, and what stands before it, compute with numbers of which the file does not say the range"
                : isUsual ? As(conventions) : $"{conventions.Producer} networks have {PixelMap.Text(conventions.Normalization)}";
            yield return new Assumption($"normalize {own}", reason);
        }

        if (conventions.IsBgr && network.Order == PixelOrder.Rgb && !network.IsWritten("input"))
            yield return new Assumption("input rgb", $"{conventions.Producer} networks have bgr");
    }

    /// <summary>The end that turns results into probabilities, where the file does not have it and the text leaves it to a built-in network.</summary>
    public static IEnumerable<Assumption> End(Network network)
    {
        if (network.EndsInProbabilities && !network.IsWritten("head"))
            yield return new Assumption(network.EndsInSoftmax ? "softmax" : "sigmoid", "the end of the built-in network's head, which a block 'head' of your own would state");
    }

    /// <summary>How a detector's boxes and scores are made of what it predicts. No layer depends on it, so files of layers or numbers alone do not say it.</summary>
    /// <param name="network">A detector.</param>
    /// <param name="found">What its file states; null where that is none of it.</param>
    /// <param name="hasAnchors">Whether the file has anchors, which are compared.</param>
    public static IEnumerable<Assumption> Boxes(Network network, SourceDetector? found, bool hasAnchors)
    {
        Detector detector = network.Detector!;
        if (!hasAnchors && !network.IsWritten("map"))
            yield return new Assumption(detector.Maps[0].Source, $"and the other maps' boxes, as the built-in {network.Architecture} has them");
        if (found?.Coder is null && !network.IsWritten("decode"))
            yield return new Assumption(detector.Coder.ToString(), AsTensorFlow);
        if (found?.Scores is null && !network.IsWritten("scores"))
            yield return new Assumption(detector.Scores == ScoreFunction.Softmax ? "scores softmax" : "scores sigmoid", AsTensorFlow);
    }

    /// <summary>What a file of numbers alone leaves open.</summary>
    /// <param name="network">The network.</param>
    /// <param name="model">Its file.</param>
    /// <param name="padding">Whether a spatial layer's padding was taken from the conventions.</param>
    /// <param name="activation">Whether a layer's activation was taken from the text's default.</param>
    /// <param name="end">Whether the file does not say how the network ends.</param>
    public static IEnumerable<Assumption> Parameters(Network network, SourceParameters model, bool padding, bool activation, bool end)
    {
        SourceConventions conventions = model.Conventions;
        foreach (Assumption pixels in Pixels(network, model))
            yield return pixels;
        if (padding && network.Padding is null)
            yield return new Assumption($"padding {Word(conventions.Padding)}", As(conventions));
        if (model.NeedsEpsilon && network.Epsilon is null)
            yield return new Assumption(string.Create(CultureInfo.InvariantCulture, $"epsilon {(decimal)conventions.Epsilon}"), As(conventions));
        if (activation && !network.IsWritten("activation"))
        {
            string word = network.Layers.Any(l => l.Activation == Activation.Relu6) ? "relu6" : "relu", usual = conventions.Activation == SourceActivation.Relu6 ? "relu6" : "relu";
            yield return new Assumption($"activation {word}", word == usual ? As(conventions) : $"{conventions.Producer} networks have {usual}");
        }

        if (end)
        {
            foreach (Assumption last in End(network))
                yield return last;
        }
    }

    /// <summary>A padding as the language has it.</summary>
    public static string Word(PaddingConvention padding) => padding == PaddingConvention.Same ? "same" : "symmetric";

    /// <summary>Why a detector is read by the language's rules, which the built-in networks have too.</summary>
    private const string AsTensorFlow = "as TensorFlow's detectors have it";

    private static string As(SourceConventions conventions) => $"as {conventions.Producer} networks have it";
}
