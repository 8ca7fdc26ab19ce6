using System;

namespace MobileNetGen.Compiler.Networks;

/// <summary>How many channels a bottleneck has inside: a factor of those that it reads, or a number.</summary>
/// <param name="Factor">The factor, unless there is a number.</param>
/// <param name="Channels">The number, which follows α as other channels do.</param>
internal sealed record Expansion(double Factor, int? Channels = null)
{
    /// <summary>Channels inside a bottleneck that reads some. A whole factor multiplies a count that is rounded already; others are rounded to 8 (TF-slim, Keras, timm).</summary>
    /// <param name="read">The channels that it reads.</param>
    /// <param name="scale">How a number of channels follows α.</param>
    public int Of(int read, Func<int, int> scale)
    {
        if (Channels is { } channels)
            return scale(channels);

        // A product that saturates; the limit on values then reports it.
        double product = Math.Min(read * Factor, int.MaxValue / 2);
        return Factor == Math.Floor(Factor) ? (int)product : ChannelRounding.ToMultiple(product);
    }
}
