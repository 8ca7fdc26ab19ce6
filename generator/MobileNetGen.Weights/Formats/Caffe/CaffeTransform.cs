using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>What a data layer does to pixels (<c>transform_param</c>), if the file has it: (pixel − mean) · scale.</summary>
internal static class CaffeTransform
{
    /// <summary>The normalisation of a data layer; null where it states none, or a mean that is in another file.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="channels">The channels of its picture.</param>
    public static SourceNormalization? Of(CaffeLayer layer, int channels)
    {
        ImmutableArray<float> mean = layer.Numbers("transform_param.mean_value");
        float scale = layer.Number("transform_param.scale", 1);
        if ((mean.IsEmpty && scale == 1) || layer.Settings.ContainsKey("transform_param.mean_file"))
            return null;
        if (!(scale is > 1e-6f and < 1e6f) || (mean.Length > 1 && mean.Length != channels) || mean.Any(number => !(Math.Abs(number) < 1e6f)))
            throw new WeightsException(string.Create(
                CultureInfo.InvariantCulture, $"{layer.Place}, has the scale {scale:R} and {mean.Length} means (transform_param); a positive scale and one mean, or one a channel, were expected."));
        return new SourceNormalization(mean.IsEmpty ? [0] : [.. mean.Select(number => (decimal)number)], [decimal.Round(1 / (decimal)scale, 10)]);
    }
}
