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
        if (divisor == 1)
            return Math.Max(minimum, (int)scaled);
        int rounded = Math.Max(Math.Max(minimum, divisor), (int)(scaled + (divisor / 2.0)) / divisor * divisor);
        return rounded < 0.9 * scaled ? rounded + divisor : rounded;
    }
}
