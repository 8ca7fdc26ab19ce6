using System;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>The names that <c>caffe.proto</c> has for the settings of a MobileNet's layers.</summary>
internal static class CaffeFields
{
    /// <summary>By the number in a layer: the message, and its fields from number 1 on.</summary>
    private static readonly Dictionary<int, (string Name, string[] Fields)> s_messages = new()
    {
        [100] = ("transform_param", ["scale", "mirror", "crop_size", "mean_file", "mean_value", "force_color", "force_gray"]),
        [101] = ("loss_param", []),
        [106] =
        (
            "convolution_param",
            [
                "num_output", "bias_term", "pad", "kernel_size", "group", "stride", "weight_filler", "bias_filler", "pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w",
                "engine", "axis", "force_nd_im2col", "dilation",
            ]),
        [108] = ("dropout_param", []),
        [110] = ("eltwise_param", ["operation", "coeff", "stable_prod_grad"]),
        [117] = ("inner_product_param", ["num_output", "bias_term", "weight_filler", "bias_filler", "axis", "transpose"]),
        [121] =
        (
            "pooling_param",
            ["pool", "kernel_size", "stride", "pad", "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_h", "pad_w", "engine", "global_pooling", "round_mode"]),
        [122] = ("power_param", ["power", "scale", "shift"]),
        [123] = ("relu_param", ["negative_slope", "engine"]),
        [124] = ("sigmoid_param", ["engine"]),
        [125] = ("softmax_param", ["engine", "axis"]),
        [127] = ("tanh_param", ["engine"]),
        [133] = ("reshape_param", ["shape", "axis", "num_axes"]),
        [135] = ("flatten_param", ["axis", "end_axis"]),
        [139] = ("batch_norm_param", ["use_global_stats", "moving_average_fraction", "eps"]),
        [142] = ("scale_param", ["axis", "num_axes", "filler", "bias_term", "bias_filler"]),
        [143] = ("input_param", ["shape"]),
        [148] = ("clip_param", ["min", "max"]),

        // Of the branch for SSD.
        [201] =
        (
            "multibox_loss_param",
            [
                "loc_loss_type", "conf_loss_type", "loc_weight", "num_classes", "share_location", "match_type", "overlap_threshold", "use_prior_for_matching", "background_label_id",
                "use_difficult_gt", "do_neg_mining", "neg_pos_ratio", "neg_overlap", "code_type", "encode_variance_in_target",
            ]),
        [202] = ("permute_param", ["order"]),
        [203] =
        (
            "prior_box_param",
            ["min_size", "max_size", "aspect_ratio", "flip", "clip", "variance", "img_size", "img_h", "img_w", "step", "step_h", "step_w", "offset"]),
        [204] =
        (
            "detection_output_param",
            [
                "num_classes", "share_location", "background_label_id", "nms_param", "save_output_param", "code_type", "keep_top_k", "variance_encoded_in_target", "confidence_threshold",
            ]),
    };

    /// <summary>The name of a message of settings, by its number in a layer; null for another field.</summary>
    public static string? Message(int number) => s_messages.TryGetValue(number, out (string Name, string[] Fields) message) ? message.Name : null;

    /// <summary>The name of a setting: "convolution_param.pad".</summary>
    public static string Setting(int message, int field)
    {
        (string name, string[] fields) = s_messages[message];
        return field >= 1 && field <= fields.Length ? $"{name}.{fields[field - 1]}" : $"{name}.{field}";
    }

    /// <summary>The name of a setting of the message nms_param in another message: "detection_output_param.nms_param.top_k".</summary>
    public static string Suppression(string message, int field) => $"{message}.{field switch { 1 => "nms_threshold", 2 => "top_k", 3 => "eta", _ => field.ToString(System.Globalization.CultureInfo.InvariantCulture) }}";

    /// <summary>Whether a setting that no reader asks for changes nothing.</summary>
    public static bool IsNeutral(string name, CaffeSetting value) => name switch
    {
        // Of training, and of how it is computed.
        "batch_norm_param.moving_average_fraction" or "convolution_param.force_nd_im2col" or "eltwise_param.stable_prod_grad" or "phase" => true,
        _ when name.StartsWith("loss_param.", StringComparison.Ordinal) || name.StartsWith("dropout_param.", StringComparison.Ordinal) => true,
        _ when name.EndsWith("filler", StringComparison.Ordinal) || name.EndsWith(".engine", StringComparison.Ordinal) => true,

        // A window that is the whole map has one place.
        "pooling_param.stride" or "pooling_param.stride_h" or "pooling_param.stride_w" or "pooling_param.round_mode" => true,
        "reshape_param.axis" => value.Integers is [0],
        "reshape_param.num_axes" or "flatten_param.end_axis" => value.Integers is [-1],
        _ => (name.EndsWith(".axis", StringComparison.Ordinal) || name == "scale_param.num_axes") && value.Integers is [1],
    };
}
