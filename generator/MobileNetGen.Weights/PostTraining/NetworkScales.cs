using MobileNetGen.Weights.Matching;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>The scales of a network that is quantised here, at its ends.</summary>
internal static class NetworkScales
{
    /// <summary>
    /// Gives a network the scales of what callers give and get: those of the layers. Where one is int8 and the other uint8, zero points differ by 128 and the
    /// bytes do not.
    /// </summary>
    public static TrainedNetwork WithEnds(TrainedNetwork trained)
    {
        int lowest = trained.Network.Quantization == Quantization.Int8 ? -128 : 0;
        return trained with
        {
            OuterInput = Outer(trained.Input!.Value, trained.Network.InputType), OuterOutput = Outer(trained.Layers[^1].Output!.Value, trained.Network.OutputType),
        };

        TensorScale? Outer(TensorScale scale, Quantization type) => type switch
        {
            Quantization.Float32 => null,
            Quantization.UInt8 => scale with { ZeroPoint = scale.ZeroPoint - lowest },
            _ => scale with { ZeroPoint = scale.ZeroPoint - lowest - 128 },
        };
    }
}
