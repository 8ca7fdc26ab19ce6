using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>Real weights and biases to integers, by TensorFlow Lite's two schemes.</summary>
internal static class FilterQuantizer
{
    // Sums of products stay below 2²⁶ in every MobileNet: with them a bias up to here fits the 32 bits of an accumulator.
    private const double LargestBias = 1 << 28;

    /// <summary>Signed bytes, symmetric, a scale for each output channel.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="filter">Its real weights.</param>
    /// <param name="inputScale">The scale of what the layer reads.</param>
    public static QuantizedFilter PerChannel(Layer layer, FloatFilter filter, float inputScale)
    {
        int outputs = layer.Output.Channels;
        var scales = new float[outputs];
        for (int i = 0; i < filter.Weights.Length; i++)
        {
            ref float scale = ref scales[Channel(layer, i)];
            scale = Math.Max(scale, Math.Abs(filter.Weights[i]) / 127);
        }

        // In dead channels the bias is everything, and the weights' own scale could not hold it.
        for (int n = 0; n < outputs; n++)
            scales[n] = Math.Max(scales[n], (float)(Math.Abs((double)filter.Bias[n]) / (inputScale * LargestBias)));
        return Quantize(layer, filter, inputScale, [.. scales.Select(s => float.IsNormal(s) ? s : 1)], 0);
    }

    /// <summary>Asymmetric bytes with one scale, less 128.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="filter">Its real weights.</param>
    /// <param name="inputScale">The scale of what the layer reads.</param>
    public static QuantizedFilter PerTensor(Layer layer, FloatFilter filter, float inputScale)
    {
        TensorScale range = new ActivationRange(filter.Weights.Min(), filter.Weights.Max()).ToScale(-128);
        return Quantize(layer, filter, inputScale, [range.Scale], range.ZeroPoint);
    }

    /// <summary>The output channel of a weight.</summary>
    public static int Channel(Layer layer, int index) => layer.IsDepthwise
        ? index % layer.Output.Channels
        : index / (layer.Kernel * layer.Kernel * layer.Input.Channels);

    private static QuantizedFilter Quantize(Layer layer, FloatFilter filter, float inputScale, float[] scales, int zeroPoint)
    {
        float Scale(int channel) => scales[scales.Length == 1 ? 0 : channel];
        var weights = new sbyte[filter.Weights.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)Math.Clamp(MathF.Round(filter.Weights[i] / Scale(Channel(layer, i)), MidpointRounding.AwayFromZero) + zeroPoint, -128, 127);
        int[] bias = [.. filter.Bias.Select((b, n) => (int)Math.Clamp(Math.Round(b / ((double)inputScale * Scale(n)), MidpointRounding.AwayFromZero), -(1 << 30), 1 << 30))];
        return new QuantizedFilter(weights, zeroPoint, [.. scales], bias);
    }
}
