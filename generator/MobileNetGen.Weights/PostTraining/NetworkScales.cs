using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>The scales of a network that is quantised here, as far as its operators decide them.</summary>
internal static class NetworkScales
{
    /// <summary>The scale of a layer's result. TensorFlow Lite's pools, softmax, LOGISTIC and TANH fix theirs.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="read">The scale of what it reads.</param>
    /// <param name="range">The range of its result.</param>
    /// <param name="lowest">The smallest of the 256 integers.</param>
    public static TensorScale Of(Layer layer, TensorScale read, Func<ActivationRange> range, int lowest) => layer.Kind switch
    {
        LayerKind.AveragePool or LayerKind.MaxPool or LayerKind.Flatten => read,
        LayerKind.Softmax or LayerKind.Sigmoid => new TensorScale(1f / 256, lowest),
        LayerKind.Tanh => new TensorScale(1f / 128, lowest + 128),
        _ => range().ToScale(lowest),
    };

    /// <summary>
    /// Gives a network the scales of what callers give and get: those of the layers. Where one is int8 and the other uint8, zero points differ by 128 and the
    /// bytes do not.
    /// </summary>
    public static TrainedNetwork WithEnds(TrainedNetwork trained)
    {
        int lowest = trained.Network.Quantization == NetworkQuantization.Int8 ? -128 : 0;
        return trained with
        {
            OuterInput = Outer(trained.Input!.Value, trained.Network.InputType), OuterOutput = Outer(trained.Layers[^1].Output!.Value, trained.Network.OutputType),
        };

        TensorScale? Outer(TensorScale scale, NetworkQuantization type) => type switch
        {
            NetworkQuantization.Float32 => null,
            NetworkQuantization.UInt8 => scale with { ZeroPoint = scale.ZeroPoint - lowest },
            _ => scale with { ZeroPoint = scale.ZeroPoint - lowest - 128 },
        };
    }
}
