using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>Tells by the names in a file whose network it holds, because what a file does not say is as its producer has it rather than as its format suggests.</summary>
internal static class Producers
{
    /// <summary>What is assumed of a file.</summary>
    /// <param name="format">Its format, for files that tell nothing.</param>
    /// <param name="tensorNames">The names of its tensors.</param>
    /// <param name="origin">What else it says of where it comes from: its own name, an architecture among its metadata.</param>
    public static SourceConventions From(SourceFormat format, IReadOnlyCollection<string> tensorNames, string origin = "")
    {
        bool isTimmV3 = origin.Contains("mobilenetv3", StringComparison.OrdinalIgnoreCase) || Any(".se.conv_reduce.");
        if (origin.Contains("tf_mobilenet", StringComparison.OrdinalIgnoreCase))
            return isTimmV3 ? SourceConventions.TimmTensorFlow with { Activation = SourceActivation.Relu } : SourceConventions.TimmTensorFlow;
        if (tensorNames.Any(name => name.Contains("features.", StringComparison.Ordinal) && name.Contains(".block.", StringComparison.Ordinal) && name.Contains(".fc1.", StringComparison.Ordinal)))
            return Any("classification_head.") ? SourceConventions.TorchvisionDetector : SourceConventions.TorchvisionV3;
        if (Any("blocks.0.0.") && isTimmV3)
            return SourceConventions.TimmV3;
        if (Any("MobilenetV3/") || Any("squeeze_excite") || Any("expanded_conv_2_expand"))
            return SourceConventions.TensorFlowV3;
        if (Any(".convolution.weight") && Any(".normalization."))
            return SourceConventions.Transformers;

        // The sums of torchvision's quantisable blocks, and the place where their quantisation begins, have observers before they are converted.
        if (Any(".skip_add.") || tensorNames.Any(name => name.StartsWith("quant.", StringComparison.Ordinal)) || Any(".quant.activation_post_process"))
            return SourceConventions.TorchvisionQuantizable;

        // TF-slim's scopes, and Keras' layers.
        if (Any("MobilenetV1/") || Any("MobilenetV2/") || Any("expanded_conv_depthwise") || Any("block_1_expand") || Any("conv_dw_1"))
            return SourceConventions.TensorFlow;
        return SourceConventions.Of(format);

        bool Any(string part) => tensorNames.Any(name => name.Contains(part, StringComparison.Ordinal));
    }
}
