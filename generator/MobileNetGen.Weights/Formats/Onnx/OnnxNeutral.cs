
namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Attributes that a node may have though its operator's reader does not ask for them: they change nothing in a trained network.</summary>
internal static class OnnxNeutral
{
    /// <summary>Whether an attribute changes no result.</summary>
    public static bool IsNeutral(string name, OnnxNodeAttribute value) => name switch
    {
        // Of training alone: batch normalisation's, Dropout's; and of reuse of memory.
        "momentum" or "ratio" or "seed" or "consumed_inputs" => true,

        // Of reductions that name no axes, which are refused; and of the second result of a maximum pool.
        "noop_with_empty_axes" or "storage_order" => true,

        // A window that is the whole map has one place, and neither padding nor dilation beside it.
        "ceil_mode" or "count_include_pad" => true,

        // Only of eight-bit real numbers, which are refused.
        "saturate" or "round_mode" => true,
        "is_test" => value.Integer == 1,
        "broadcast" => value.Integer is 0 or 1,
        "block_size" => value.Integer == 0,
        "precision" => value.Integer is 0 or (long)OnnxType.Float,
        _ => false,
    };
}
