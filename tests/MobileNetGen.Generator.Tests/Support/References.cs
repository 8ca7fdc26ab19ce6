using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Generator.Tests.Support;

/// <summary>Every layer's result by the naive references. Networks of the same layers, weights and input have the same ones, whatever is made of them: those are computed once.</summary>
internal static class References
{
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyDictionary<string, float[]>>> s_real = new();
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyDictionary<string, int[]>>> s_bytes = new();

    /// <summary>Results of a network in float32.</summary>
    /// <param name="layers">What the networks have in common that share results.</param>
    /// <param name="trained">The network.</param>
    /// <param name="pixels">Its input, as bytes.</param>
    public static IReadOnlyDictionary<string, float[]> Real(string layers, TrainedNetwork trained, byte[] pixels) =>
        s_real.GetOrAdd(layers, _ => new(() => FloatReference.Run(trained, [.. pixels.Select(p => (p - 127.5f) / 127.5f)]))).Value;

    /// <summary>Results of a quantised network.</summary>
    /// <param name="layers">What the networks have in common that share results.</param>
    /// <param name="trained">The network.</param>
    /// <param name="pixels">Its input, as bytes.</param>
    public static IReadOnlyDictionary<string, int[]> Bytes(string layers, TrainedNetwork trained, byte[] pixels) =>
        s_bytes.GetOrAdd(layers, _ => new(() => QuantizedReference.Run(trained, Given(trained, pixels)))).Value;

    /// <summary>What the first layer reads: where callers give real numbers, those as bytes, else what they give.</summary>
    private static int[] Given(TrainedNetwork trained, byte[] pixels)
    {
        Network network = trained.Network;
        bool isReal = network.InputType == Quantization.Float32, isSigned = (isReal ? network.Quantization : network.InputType) == Quantization.Int8;
        TensorScale x = trained.Input!.Value;
        return isReal
            ? [.. pixels.Select(p => Math.Clamp((int)MathF.Round((p - 127.5f) / 127.5f / x.Scale, MidpointRounding.AwayFromZero) + x.ZeroPoint, isSigned ? -128 : 0, isSigned ? 127 : 255))]
            : [.. pixels.Select(p => isSigned ? p - 128 : p)];
    }
}
