using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Weights.Synthetic;

/// <summary>
/// Weights for a network without any (<c>weights random SEED</c>): Laplace-distributed per layer, which is what trained weights look like, or uniform. For
/// building, benchmarking and testing; the results mean nothing.
/// </summary>
public static class RandomWeights
{
    /// <summary>Gives every layer weights. Quantised networks get those of the float32 one, quantised by minimum and maximum.</summary>
    public static TrainedNetwork Create(Network network)
    {
        var layers = network.Layers.Select((layer, index) => Layer(network, layer, index)).ToImmutableArray();
        var trained = new TrainedNetwork(network, layers, null, null, null, []);
        return network.Quantization == Quantization.Float32 ? trained : MinMaxQuantizer.Quantize(trained, Noise(network.Input));
    }

    /// <summary>The fixed picture that sets the activations' scales: uniform noise from −1 to 1.</summary>
    internal static float[] Noise(Shape shape)
    {
        var random = new SplitMix64(0);
        var noise = new float[shape.Length];
        for (int i = 0; i < noise.Length; i++)
            noise[i] = ((random.Next() >> 40) * (2f / (1 << 24))) - 1;
        return noise;
    }

    private static TrainedLayer Layer(Network network, Layer layer, int index)
    {
        var trained = new TrainedLayer(layer, null);
        if (!layer.HasWeights)
            return trained;

        // Variance 2 / fan-in keeps activations of one size through the layers; a Laplace distribution's is 2 · scale², that of a uniform one limit² / 3.
        int fanIn = layer.Kernel * layer.Kernel * layer.FilterInputs;
        (double scale, double limit) = (Math.Sqrt(1.0 / fanIn), Math.Sqrt(6.0 / fanIn));
        var random = new SplitMix64(unchecked((network.Weights.Seed * 0x100000001B3) + (ulong)index));
        var weights = new float[layer.WeightCount];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(network.Weights.IsUniform ? random.Uniform(limit) : random.Laplace(scale));
        var bias = new float[layer.Output.Channels];
        for (int i = 0; i < bias.Length; i++)
            bias[i] = (float)random.Laplace(0.1);

        Padding padding = Padding.Of(layer, network.Padding ?? PaddingRule.Same);
        return trained with { Filter = new FloatFilter(weights, bias), PadTop = padding.Top, PadLeft = padding.Left, StoredAsDepthwise = layer.IsDepthwise };
    }
}
