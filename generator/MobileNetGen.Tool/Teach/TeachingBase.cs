using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Teaching;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Import;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Tool.Teach;

/// <summary>A network whose layers up to the pool give features.</summary>
/// <param name="Text">The text of what is built on it.</param>
/// <param name="Trained">Those layers, in float32.</param>
/// <param name="Extractor">The compiled class.</param>
/// <param name="WasQuantized">Whether the file has bytes.</param>
internal sealed record TeachingBase(TaughtDescription Text, TrainedNetwork Trained, FeatureExtractor Extractor, bool WasQuantized)
{
    /// <summary>Reads a network and cuts off its head.</summary>
    /// <param name="files">The weights files.</param>
    /// <param name="path">The description that is going to be written.</param>
    /// <param name="resolution">The side of the image, for files that do not say it.</param>
    /// <exception cref="InputException">It cannot be read, or has no pool behind which to cut.</exception>
    public static TeachingBase Read(ImmutableArray<string> files, string path, int? resolution)
    {
        (DescriptionText imported, TrainedNetwork trained) = Importer.Import(SourceFacts.Read(files, resolution), path, null, resolution);
        Network network = trained.Network;
        string name = string.Join(" ", files);
        if (network.Detector is not null)
            throw new InputException($"{name}: this is a detector; give a classifier, whose layers end in a pool.");
        if (!network.Layers.Any(l => l.Operator == Operator.AveragePool) || imported.Head is [{ Text: not "avgpool" }, ..])
            throw new InputException($"{name}: its head does not begin with 'avgpool', behind which it would be cut; give another network.");
        bool wasQuantized = network.Quantization != Quantization.Float32;
        var text = new TaughtDescription(imported, PaddingOf(trained, name), NormalizationOf(trained));

        Description description = Description.Compile(path, text.Write());
        if (description.Plans.Count == 0)
            throw new InputException([.. description.Diagnostics]);
        PackedPlan packed = Networks.With(description, () => PackedPlan.Of(description.Plans[0], Dequantizer.Of(trained, description.Plans[0].Network), description));
        Network features = packed.Plan.Network;
        var extractor = new FeatureExtractor(NetworkInput.Of(features), features.OutputLength, CompiledNetwork.Of(description, packed).Run<FeatureComputation>());
        return new TeachingBase(text, packed.Trained, extractor, wasQuantized);
    }

    /// <summary>The rule by which all layers pad.</summary>
    private static PaddingRule PaddingOf(TrainedNetwork trained, string name)
    {
        foreach (PaddingRule rule in new[] { PaddingRule.Same, PaddingRule.Symmetric })
        {
            if (trained.Layers.Where(l => l.Layer.IsSpatial).All(l => Padding.Of(l.Layer, rule) is var padding && (padding.Top, padding.Left) == (l.PadTop, l.PadLeft)))
                return rule;
        }

        throw new InputException($"{name}: some of its layers pad as TensorFlow does and some as PyTorch does, which a text cannot say; give another network.");
    }

    /// <summary>What happens to pixels: what the text says, or the scale of bytes.</summary>
    private static string NormalizationOf(TrainedNetwork trained)
    {
        Network network = trained.Network;
        if (network.InputType == Quantization.Float32)
            return PixelMap.Text(PixelMap.Of(network.Normalization, network.Input.Channels).ToNormalization()!);
        TensorScale scale = (trained.OuterInput ?? trained.Input)!.Value;
        int zero = scale.ZeroPoint + (network.InputType == Quantization.Int8 ? 128 : 0);
        return PixelMap.Text(new PixelMap([scale.Scale], [-(double)scale.Scale * zero]).ToNormalization()!);
    }
}
