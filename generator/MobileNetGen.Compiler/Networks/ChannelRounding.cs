using System;

namespace MobileNetGen.Compiler.Networks;

/// <summary>How α scales a channel count, as the released networks do it (TF-slim).</summary>
public static class ChannelRounding
{
    /// <summary>No layer of a scaled network has fewer channels (slim's <c>min_depth</c>).</summary>
    public const int Minimum = 8;

    /// <summary>
    /// MobileNetV1 (divisor 1): max(minimum, (int)(c·α)). MobileNetV2 (divisor 8): the nearest multiple of 8, at least the minimum, and 8 more
    /// where that lost over 10% (slim's <c>_make_divisible</c>). α = 1 leaves every count as written.
    /// </summary>
    /// <param name="channels">Channels at α = 1.</param>
    /// <param name="alpha">The width multiplier.</param>
    /// <param name="divisor">1 or 8 in the papers' networks.</param>
    /// <param name="minimum">No layer gets fewer: 8 in the classifiers, 16 in TensorFlow's detectors.</param>
    public static int Scale(int channels, decimal alpha, int divisor, int minimum = Minimum)
    {
        if (alpha == 1)
            return channels;

        // Binary floating point, because that is what the released networks' channel counts were computed in.
        double scaled = channels * (double)alpha;
        return divisor == 1 ? Math.Max(minimum, (int)scaled) : ToMultiple(scaled, divisor, minimum);
    }

    /// <summary>A count as a multiple: the nearest, at least the minimum, and the next where that lost over 10% (slim's <c>_make_divisible</c>).</summary>
    /// <param name="channels">The count, which may have a fraction: below 2²⁷.</param>
    /// <param name="divisor">Of what the result is a multiple.</param>
    /// <param name="minimum">The least result, below which a multiple of the divisor need not lie.</param>
    public static int ToMultiple(double channels, int divisor = Minimum, int minimum = Minimum)
    {
        int rounded = Math.Max(Math.Max(minimum, divisor), (int)(channels + (divisor / 2.0)) / divisor * divisor);
        return rounded < 0.9 * channels ? rounded + divisor : rounded;
    }
}
