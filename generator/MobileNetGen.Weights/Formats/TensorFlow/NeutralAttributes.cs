using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>Attributes that a node may have though its operator's reader does not ask for them: they change nothing in a trained network.</summary>
internal static class NeutralAttributes
{
    /// <summary>Whether an attribute changes no result.</summary>
    public static bool IsNeutral(string name, NodeAttribute value) => name switch
    {
        // Notes of TensorFlow's own: colocation, shapes that were inferred.
        ['_', ..] => true,

        // Types, and how many inputs there are, of which each is asked for.
        "T" or "U" or "Index" or "Tidx" or "Tpaddings" or "Tdim" or "Tperm" or "Tshape" or "TArgs" or "dtype" or "out_type" or "SrcT" or "Truncate" => true,
        "N" or "num_args" or "num_host_args" => true,

        // A default that is never taken; how something is computed; words for errors.
        "shape" or "use_cudnn_on_gpu" or "exponential_avg_factor" or "message" => true,

        // Of a batch normalisation or leaky activation that is fused, which ask for them or are refused.
        "epsilon" or "leakyrelu_alpha" => true,
        "explicit_paddings" => value is NodeAttribute.Integers integers && integers.Values.All(size => size == 0),
        "filter_format" => value is NodeAttribute.Text { Value: "HWIO" },
        "a_is_sparse" or "b_is_sparse" or "grad_a" or "grad_b" => value is NodeAttribute.Flag { Value: false },
        _ => false,
    };
}
