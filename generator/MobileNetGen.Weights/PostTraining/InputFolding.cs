using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Makes a network read bytes: one scale and one whole zero point for all channels. What its normalisation says beyond that goes into the weights
/// and biases of the layers that read the input.
/// </summary>
/// <remarks>
/// That is exact but for the padding, which stands for the zero point: at the image's border a filter reads a grey that is off by up to half a level, or, with
/// means that differ from channel to channel, by up to half of their difference.
/// </remarks>
internal static class InputFolding
{
    /// <summary>The same network for another input, and what a signed byte b − 128 of that input means.</summary>
    /// <exception cref="CalibrationException">Something reads the input that has no weights to fold into.</exception>
    public static (TrainedNetwork Folded, TensorScale Input) Fold(TrainedNetwork trained)
    {
        Network network = trained.Network;
        Normalization normalization = network.Normalization;
        decimal grey = decimal.Round((normalization.Mean.Min() + normalization.Mean.Max()) / 2, MidpointRounding.AwayFromZero);
        decimal divisor = normalization.Std.Max();
        var scale = new TensorScale((float)(1 / divisor), (int)Math.Clamp(grey, 0, 255) - 128);

        // (byte − mean) / std = factor · scale · (byte − grey) + offset.
        double[] factors = new double[network.Input.Channels], offsets = new double[network.Input.Channels];
        for (int c = 0; c < factors.Length; c++)
        {
            (decimal mean, decimal std) = NormalizedInput.Channel(network, c);
            (factors[c], offsets[c]) = ((double)(divisor / std), (double)((scale.ZeroPoint + 128 - mean) / std));
        }

        bool isNothingToFold = factors.All(f => f == 1) && offsets.All(o => o == 0);
        return isNothingToFold
            ? (trained, scale)
            : (trained with { Layers = [.. trained.Layers.Select(l => l.Layer.Inputs.Contains(Network.InputName) ? Fold(l, factors, offsets) : l)] }, scale);
    }

    /// <summary>An image, H·W·C bytes, as the folded network reads it.</summary>
    public static float[] Of(TensorScale scale, byte[] pixels) => [.. pixels.Select(p => scale.Scale * (p - 128 - scale.ZeroPoint))];

    private static TrainedLayer Fold(TrainedLayer trained, double[] factors, double[] offsets)
    {
        Layer layer = trained.Layer;
        if (trained.Filter is not FloatFilter filter)
        {
            throw new CalibrationException(
                $"{layer.Name} ({layer}) reads the image and has no weights that could take in its normalisation. Keep the ends float32 (mbnet quantize --io float32).");
        }

        float[] weights = [.. filter.Weights];
        double[] bias = [.. filter.Bias.Select(b => (double)b)];
        for (int i = 0; i < weights.Length; i++)
        {
            int output = FilterQuantizer.Channel(layer, i);
            int input = layer.IsDepthwise ? output / layer.Multiplier : i % layer.Input.Channels;
            bias[output] += weights[i] * offsets[input];
            weights[i] = (float)(weights[i] * factors[input]);
        }

        return trained with { Filter = new FloatFilter(weights, [.. bias.Select(b => (float)b)]) };
    }
}
