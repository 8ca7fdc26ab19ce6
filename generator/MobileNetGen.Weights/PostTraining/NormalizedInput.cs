using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>The input of a float32 network: (pixel − mean) / std.</summary>
internal static class NormalizedInput
{
    /// <summary>The int8 scale of what any image can become.</summary>
    public static TensorScale Scale(Network network)
    {
        float[] ends = [.. Enumerable.Range(0, network.Input.Channels).SelectMany(c => new[] { Value(network, 0, c), Value(network, 255, c) })];
        return new ActivationRange(Math.Min(0, ends.Min()), Math.Max(0, ends.Max())).ToScale(sbyte.MinValue);
    }

    /// <summary>An image, H·W·C bytes, normalised.</summary>
    public static float[] Of(Network network, byte[] pixels) => [.. pixels.Select((p, i) => Value(network, p, i % network.Input.Channels))];

    /// <summary>The mean and the divisor of a channel.</summary>
    public static (decimal Mean, decimal Std) Channel(Network network, int channel)
    {
        (var mean, var std) = network.Normalization;
        return (mean[mean.Count == 1 ? 0 : channel], std[std.Count == 1 ? 0 : channel]);
    }

    private static float Value(Network network, byte pixel, int channel)
    {
        (decimal mean, decimal std) = Channel(network, channel);
        return (pixel - (float)mean) / (float)std;
    }
}
