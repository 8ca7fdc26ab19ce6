using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// Writes weights in the order in which kernels read them: panels of 16 output channels, each <c>[kernel][kernel][input channels][16]</c>
/// (float32) or <c>[kernel][kernel][input channels / 4][16][4]</c> (bytes), depthwise <c>[kernel · kernel][16]</c>. What fills a panel up is
/// a weight of zero. Half a panel in float32 has 8 output channels, and input channels are two by two.
/// </summary>
internal static class FilterPacker
{
    private const int Lanes = FeatureBuffer.BlockChannels;

    /// <summary>Input channels that byte kernels multiply at once.</summary>
    private const int Group = 4;

    public static long Weights(Blob blob, Step step, FloatFilter filter)
    {
        long offset = blob.Begin();
        foreach ((int output, int tap, int input) in Order(step.Layer, group: 1, step.EndsInHalfBlock))
            blob.Write(Index(step.Layer, output, tap, input) is { } i ? filter.Weights[i] : 0f);
        return offset;
    }

    public static long Weights(Blob blob, Layer layer, QuantizedFilter filter)
    {
        long offset = blob.Begin();
        if (layer.IsDepthwise)
        {
            // Few weights, so there is room for 16 bits, which hold any uint8 weight less its zero point.
            foreach ((int output, int tap, int input) in Order(layer, group: 1))
                blob.Write((short)(Index(layer, output, tap, input) is { } i ? filter.Weights[i] - filter.ZeroPoint : 0));
            return offset;
        }

        foreach ((int output, int tap, int input) in Order(layer, Group))
            blob.Write(Index(layer, output, tap, input) is { } i ? filter.Weights[i] : (sbyte)filter.ZeroPoint);
        return offset;
    }

    public static long Bias(Blob blob, Layer layer, FloatFilter filter)
    {
        long offset = blob.Begin();
        for (int n = 0; n < RoundUp(layer.Output.Channels, Lanes); n++)
            blob.Write(n < filter.Bias.Length ? filter.Bias[n] : 0f);
        return offset;
    }

    /// <summary>The index of a weight in the filter, or null in the padding.</summary>
    private static int? Index(Layer layer, int output, int tap, int input)
    {
        if (output >= layer.Output.Channels)
            return null;
        if (layer.IsDepthwise)
            return (tap * layer.Output.Channels) + output;
        return input < layer.Input.Channels ? (((output * layer.Kernel * layer.Kernel) + tap) * layer.Input.Channels) + input : null;
    }

    /// <summary>Every weight's (output channel, tap, input channel), in the order of the panels.</summary>
    private static System.Collections.Generic.IEnumerable<(int Output, int Tap, int Input)> Order(Layer layer, int group, bool endsInHalf = false)
    {
        for (int panel = 0; panel < layer.Output.Channels; panel += Lanes)
        {
            bool isHalf = endsInHalf && panel + Lanes > layer.Output.Channels;
            int lanes = isHalf ? Lanes / 2 : Lanes;
            int inputs = layer.IsDepthwise ? 1 : RoundUp(layer.Input.Channels, isHalf ? 2 : group);
            for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
            {
                for (int first = 0; first < inputs; first += group)
                {
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        for (int input = first; input < first + group; input++)
                            yield return (panel + lane, tap, input);
                    }
                }
            }
        }
    }

    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
