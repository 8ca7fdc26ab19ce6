using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>(pixel − mean) / std, pixels from 0 to 255: one number each, or one a channel.</summary>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Std">What the difference is divided by.</param>
public sealed record SourceNormalization(ImmutableArray<decimal> Mean, ImmutableArray<decimal> Std)
{
    /// <summary>Pixels as they are.</summary>
    public static SourceNormalization Pixels { get; } = new([0], [1]);

    /// <summary>From 0 to 1.</summary>
    public static SourceNormalization ToOne { get; } = new([0], [255]);

    /// <summary>From −1 to 1.</summary>
    public static SourceNormalization AroundZero { get; } = new([127.5m], [127.5m]);
}
