using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Quantises a float32 network of random weights by minimum and maximum: activations per tensor from one forward pass; weights of uint8 networks per
/// tensor and asymmetric, of int8 networks per output channel and symmetric (TensorFlow Lite's schemes).
/// </summary>
internal static class MinMaxQuantizer
{
    // A byte b of a picture means (b − 128) / 127.5, as in the released quantised networks.
    private const float InputScale = 1 / 127.5f;
    private const int InputZeroPoint = 128;

    public static TrainedNetwork Quantize(TrainedNetwork trained, float[] calibration)
    {
        Network network = trained.Network;
        int offset = network.Quantization == Quantization.Int8 ? -128 : 0;
        IReadOnlyDictionary<string, float[]> results = FloatReference.Run(trained, calibration);
        var scales = new Dictionary<string, TensorScale>(StringComparer.Ordinal) { [Network.InputName] = new(InputScale, InputZeroPoint + offset) };
        var layers = ImmutableArray.CreateBuilder<TrainedLayer>();
        foreach (TrainedLayer layer in trained.Layers)
        {
            var op = TrainedOperator.Of(layer.Layer);
            TensorScale input = scales[layer.Layer.Inputs[0]];
            LayerScales chosen = LayerScales.Choose(layer.Layer, input, () => Range(layer.Layer.Name), () => Range(FloatReference.Linear(layer.Layer)), offset);
            scales[layer.Layer.Name] = chosen.Output;
            layers.Add(layer with
            {
                Output = chosen.Output,
                Function = chosen.Function,
                Filter = layer.Filter is not FloatFilter filter
                    ? null
                    : offset == 0 ? FilterQuantizer.PerTensor(layer.Layer, filter, input.Scale) : FilterQuantizer.PerChannel(layer.Layer, filter, input.Scale),
                Pool = op.Pool(isSigned: offset != 0),
            });
        }

        return NetworkScales.WithEnds(trained with { Layers = layers.ToImmutable(), Input = scales[Network.InputName] });

        ActivationRange Range(string name) => new(results[name].Min(), results[name].Max());
    }
}
