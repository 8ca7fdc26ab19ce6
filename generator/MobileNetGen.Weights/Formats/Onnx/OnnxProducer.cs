using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>What a file shows of where its network comes from: that decides what is assumed of its pixels, which the format does not say.</summary>
internal static class OnnxProducer
{
    /// <summary>What the file says of its numbers under the key that the standard has for this; null where it says nothing that is understood.</summary>
    public static SourceNormalization? Stated(OnnxModel model) => model.Metadata.GetValueOrDefault("Image.NominalPixelRange") switch
    {
        "NominalRange_0_255" => SourceNormalization.Pixels,
        "Normalized_0_1" => SourceNormalization.ToOne,
        "Normalized_1_1" => SourceNormalization.AroundZero,
        _ => null,
    };

    /// <summary>The conventions of a network's producer; null where the file does not show one.</summary>
    public static SourceConventions? Conventions(OnnxModel model, ImmutableArray<OnnxNode> nodes)
    {
        SourceConventions? own = Origin(model, nodes);
        return model.Metadata.GetValueOrDefault("Image.BitmapPixelFormat") is "Bgr8" ? (own ?? SourceConventions.Torchvision) with { IsBgr = true } : own;
    }

    private static SourceConventions? Origin(OnnxModel model, ImmutableArray<OnnxNode> nodes)
    {
        // Hugging Face's names for the weights, which remain in its exports, or for the modules, which newer exporters put into the nodes' names.
        if (model.Constants.Keys.Concat(nodes.Select(node => node.Name)).Any(IsTransformers))
            return SourceConventions.Transformers;
        if (IsOf("pytorch") || IsOf("paddle") || IsOf("mxnet"))
            return nodes.Any(IsPaddedAsTensorFlow) ? SourceConventions.TensorFlow : SourceConventions.Torchvision;
        if (IsOf("tf2onnx") || IsOf("keras") || IsOf("tflite") || IsOf("tensorflow"))
            return SourceConventions.TensorFlow;

        // Programs that only change files leave their own name. What TensorFlow's networks have, and others' do not, remains.
        bool isTensorFlow = nodes.Any(node => node.Operator == "Conv" && node.Attributes.GetValueOrDefault("auto_pad")?.Text == "SAME_UPPER")
            || nodes.Any(node => IsTensorFlow(node.Name)) || model.Constants.Keys.Any(IsTensorFlow);
        return isTensorFlow ? SourceConventions.TensorFlow : null;

        bool IsOf(string producer) => model.Producer.Contains(producer, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTransformers(string name) => name.Contains("conv_stem", StringComparison.Ordinal)
        && (name.Contains("mobilenet_v", StringComparison.Ordinal) || name.Contains("convolution", StringComparison.Ordinal));

    /// <summary>Weights that were trained in TensorFlow need its padding, which other frameworks write as an operator of its own, or more at one side than at the other.</summary>
    private static bool IsPaddedAsTensorFlow(OnnxNode node) => node.Operator == "Pad"
        || (node.Operator == "Conv" && node.Attributes.GetValueOrDefault("pads")?.Integers is [var top, _, var bottom, _] && top < bottom);

    private static bool IsTensorFlow(string name) => name.StartsWith("MobilenetV", StringComparison.Ordinal) || name.StartsWith("StatefulPartitionedCall/", StringComparison.Ordinal);
}
