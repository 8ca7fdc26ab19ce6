using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>The real numbers that a quantised network's bytes stand for. Rounded they are as they were; what is not rounded any more is what the layers compute.</summary>
internal static class Dequantizer
{
    /// <summary>Makes the first layers of a network, or all, those of a float32 one.</summary>
    /// <param name="trained">A network in any arithmetic.</param>
    /// <param name="network">A float32 network whose layers are those of <paramref name="trained"/> as far as it goes, by name.</param>
    /// <exception cref="KeyNotFoundException">A layer is none of <paramref name="trained"/>.</exception>
    public static TrainedNetwork Of(TrainedNetwork trained, Network network)
    {
        Dictionary<string, TrainedLayer> layers = trained.Layers.ToDictionary(l => l.Layer.Name, StringComparer.Ordinal);
        return new TrainedNetwork(network, [.. network.Layers.Select(Real)], null, null, null, []) { Files = trained.Files };

        TrainedLayer Real(Layer layer)
        {
            TrainedLayer from = layers[layer.Name];
            return new TrainedLayer(layer, null)
            {
                Filter = from.Filter is QuantizedFilter filter ? Numbers(layer, filter, Read(layer)) : from.Filter,
                PadTop = from.PadTop,
                PadLeft = from.PadLeft,
                StoredAsDepthwise = layer.IsDepthwise && layer.HasWeights,
            };
        }

        TensorScale Read(Layer layer) => (layer.Inputs[0] == Network.InputName ? trained.Input : layers[layer.Inputs[0]].Output)!.Value;
    }

    private static FloatFilter Numbers(Layer layer, QuantizedFilter filter, TensorScale input)
    {
        int outputs = layer.Output.Channels, each = filter.Weights.Length / outputs;
        return new FloatFilter(
            [.. filter.Weights.Select((w, i) => Scale(layer.IsDepthwise ? i % outputs : i / each) * (w - filter.ZeroPoint))],
            [.. filter.Bias.Select((b, i) => (float)((double)b * input.Scale * Scale(i)))]);

        float Scale(int output) => filter.Scales[filter.Scales.Length == 1 ? 0 : output];
    }
}
