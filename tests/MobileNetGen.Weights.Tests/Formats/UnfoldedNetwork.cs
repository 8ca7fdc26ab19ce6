using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>The parameters of one layer as training leaves them.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Weights">In the order of <see cref="Filter"/>.</param>
/// <param name="Bias">One an output channel, or null.</param>
/// <param name="Normalization">What follows the layer, or null.</param>
internal sealed record UnfoldedLayer(Layer Layer, float[] Weights, float[]? Bias, UnfoldedNormalization? Normalization)
{
    public int Outputs => Layer.Output.Channels;

    /// <summary>The numbers of weights in the order [tap][in][out] of TensorFlow, or [tap][channel · multiplier] of its depthwise convolutions.</summary>
    public float[] TapsFirst => Layer.Operator == Operator.Depthwise ? Weights : Transposed(Outputs);

    /// <summary>The numbers of weights in the order [out][in][tap] of Caffe.</summary>
    public float[] OutputsFirst
    {
        get
        {
            int taps = Layer.Kernel * Layer.Kernel;
            if (Layer.Operator == Operator.Depthwise)
                return Transposed(taps);
            int inputs = Layer.Input.Channels;
            return [.. Enumerable.Range(0, Weights.Length).Select(i => Weights[(((i / (inputs * taps)) * taps) + (i % taps)) * inputs + (i / taps % inputs)])];
        }
    }

    private float[] Transposed(int rows)
    {
        int columns = Weights.Length / rows;
        return [.. Enumerable.Range(0, Weights.Length).Select(i => Weights[(i % rows * columns) + (i / rows)])];
    }
}

/// <summary>A batch normalisation, one number of each a channel.</summary>
internal sealed record UnfoldedNormalization(float[] Gamma, float[] Beta, float[] Mean, float[] Variance);

/// <summary>
/// A network with random parameters and batch normalisations that are not trivial, from which tests write files. What the files should give when they are
/// read is folded here from its definition.
/// </summary>
internal sealed class UnfoldedNetwork
{
    private UnfoldedNetwork(Network network, IReadOnlyList<UnfoldedLayer> layers) => (Network, Layers) = (network, layers);

    public Network Network { get; }

    /// <summary>The layers that have weights, in order.</summary>
    public IReadOnlyList<UnfoldedLayer> Layers { get; }

    /// <summary>Convolutions are normalised; fully connected layers have biases.</summary>
    public static UnfoldedNetwork Create(Network network, ulong seed = 1) =>
        new(network, [.. network.Layers.Where(layer => layer.HasWeights).Select((layer, i) => Create(layer, new SplitMix64((seed * 1000) + (ulong)i)))]);

    /// <summary>The parameters of a float32 network, whose normalisations have been folded already.</summary>
    public static UnfoldedNetwork Of(TrainedNetwork trained) => new(
        trained.Network,
        [.. trained.Layers.Where(layer => layer.Layer.HasWeights).Select(layer => new UnfoldedLayer(layer.Layer, ((FloatFilter)layer.Filter!).Weights, ((FloatFilter)layer.Filter).Bias, null))]);

    /// <summary>The parameters that a file has for a network, whose normalisations have not been folded.</summary>
    /// <param name="network">The network.</param>
    /// <param name="source">Its filters in the order of the layers.</param>
    public static UnfoldedNetwork Of(Network network, SourceParameters source) => new(
        network,
        [
            .. network.Layers.Where(layer => layer.HasWeights).Zip(source.Filters, (layer, filter) => new UnfoldedLayer(
                layer, filter.Weights.Floats, filter.Bias?.Floats, filter.Normalization is { } n ? new UnfoldedNormalization(n.Gamma!, n.Beta!, n.Mean, n.Variance) : null)),
        ]);

    /// <summary>The network with its normalisations folded.</summary>
    /// <param name="epsilon">ε of the batch normalisations.</param>
    /// <param name="padding">How it pads.</param>
    public TrainedNetwork Fold(double epsilon, PaddingRule padding)
    {
        Dictionary<Layer, UnfoldedLayer> unfolded = Layers.ToDictionary(layer => layer.Layer);
        return new TrainedNetwork(Network, [.. Network.Layers.Select(layer => unfolded.TryGetValue(layer, out UnfoldedLayer? u) ? Fold(u, epsilon, padding) : new TrainedLayer(layer, null))], null, null, null, []);
    }

    /// <summary>The results of a network for one picture of noise, the last layer's and the one before the softmax among them.</summary>
    public static float[] Run(TrainedNetwork trained)
    {
        float[] noise = RandomWeights.Noise(trained.Network.Input);
        IReadOnlyDictionary<string, float[]> results = FloatReference.Run(trained, noise);
        return [.. trained.Network.Layers.TakeLast(2).SelectMany(layer => results[layer.Name])];
    }

    private static UnfoldedLayer Create(Layer layer, SplitMix64 random)
    {
        int outputs = layer.Output.Channels;
        double fanIn = (double)layer.WeightCount / outputs;
        var weights = Numbers((int)layer.WeightCount, () => random.Laplace(Math.Sqrt(1 / fanIn)));
        if (layer.Operator == Operator.Dense)
            return new UnfoldedLayer(layer, weights, Numbers(outputs, () => random.Laplace(0.1)), null);
        return new UnfoldedLayer(layer, weights, null, new UnfoldedNormalization(
            Numbers(outputs, () => 0.5 + Uniform()), Numbers(outputs, () => Uniform() - 0.4), Numbers(outputs, () => Uniform() - 0.5), Numbers(outputs, () => 0.1 + Uniform())));

        static float[] Numbers(int count, Func<double> next) => [.. Enumerable.Range(0, count).Select(_ => (float)next())];
        double Uniform() => (random.Next() >> 11) * (1.0 / (1UL << 53));
    }

    private static TrainedLayer Fold(UnfoldedLayer layer, double epsilon, PaddingRule rule)
    {
        float[] weights = [.. layer.Weights];
        float[] bias = layer.Bias is null ? new float[layer.Outputs] : [.. layer.Bias];
        if (layer.Normalization is { } n)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                int output = layer.Layer.Operator == Operator.Depthwise ? i % layer.Outputs : i / (weights.Length / layer.Outputs);
                weights[i] = (float)(weights[i] * (n.Gamma[output] / Math.Sqrt(n.Variance[output] + epsilon)));
            }

            for (int c = 0; c < bias.Length; c++)
                bias[c] = (float)(n.Beta[c] + ((bias[c] - n.Mean[c]) * (n.Gamma[c] / Math.Sqrt(n.Variance[c] + epsilon))));
        }

        Padding padding = Padding.Of(layer.Layer, rule);
        return new TrainedLayer(layer.Layer, null) { Filter = new FloatFilter(weights, bias), PadTop = padding.Top, PadLeft = padding.Left };
    }
}
