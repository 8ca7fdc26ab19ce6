using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Quantises a float32 network by minimum and maximum: activations per tensor from one forward pass; weights of uint8 networks per tensor and
/// asymmetric, of int8 networks per output channel and symmetric (TensorFlow Lite's schemes).
/// </summary>
internal static class MinMaxQuantizer
{
    // A byte b of a picture means (b − 128) / 127.5, as in the released quantised networks.
    private const float InputScale = 1 / 127.5f;
    private const int InputZeroPoint = 128;

    public static TrainedNetwork Quantize(TrainedNetwork trained, float[] calibration)
    {
        Network network = trained.Network;
        int offset = network.Quantization == NetworkQuantization.Int8 ? -128 : 0;
        IReadOnlyDictionary<string, float[]> results = FloatReference.Run(trained, calibration);
        var scales = new Dictionary<string, TensorScale>(StringComparer.Ordinal) { [Network.InputName] = new(InputScale, InputZeroPoint + offset) };
        var layers = ImmutableArray.CreateBuilder<TrainedLayer>();
        foreach (TrainedLayer layer in trained.Layers)
        {
            TensorScale input = scales[layer.Layer.Inputs[0]];
            TensorScale output = layer.Layer.Kind switch
            {
                // TFLite's average pool and softmax fix the scale of their results.
                LayerKind.AveragePool => input,
                LayerKind.Softmax => new TensorScale(1f / 256, offset),
                _ => Range(results[layer.Layer.Name], offset),
            };
            scales[layer.Layer.Name] = output;
            layers.Add(layer with
            {
                Output = output,
                Filter = layer.Filter is FloatFilter filter ? Quantize(network.Quantization, layer.Layer, filter, input.Scale) : null,
                Pool = layer.Layer.Kind != LayerKind.AveragePool ? null : offset == 0 ? PoolKind.AverageUInt8 : PoolKind.AverageInt8,
            });
        }

        // The layers and the caller share scales; where one is int8 and the other uint8, zero points differ by 128 and the bytes do not.
        TensorScale? Outer(TensorScale scale) => network.Io switch
        {
            NetworkQuantization.Float32 => null,
            NetworkQuantization.UInt8 => scale with { ZeroPoint = scale.ZeroPoint - offset },
            _ => scale with { ZeroPoint = scale.ZeroPoint - offset - 128 },
        };
        TensorScale first = scales[Network.InputName], last = layers[^1].Output!.Value;
        return trained with { Layers = layers.ToImmutable(), Input = first, OuterInput = Outer(first), OuterOutput = Outer(last) };
    }

    /// <summary>The scale that holds a range and zero exactly.</summary>
    private static TensorScale Range(float[] values, int offset)
    {
        (float min, float max) = (Math.Min(0, values.Min()), Math.Max(0, values.Max()));
        float scale = max > min ? (max - min) / 255 : 1;
        return new TensorScale(scale, (int)MathF.Round(-min / scale, MidpointRounding.AwayFromZero) + offset);
    }

    private static QuantizedFilter Quantize(NetworkQuantization quantization, Layer layer, FloatFilter filter, float inputScale)
    {
        int outputs = layer.Output.Channels;
        int perOutput = filter.Weights.Length / outputs;
        int Channel(int i) => layer.Kind == LayerKind.Depthwise ? i % outputs : i / perOutput;

        float[] scales;
        int zeroPoint = 0;
        if (quantization == NetworkQuantization.UInt8)
        {
            TensorScale range = Range(filter.Weights, -128);
            (scales, zeroPoint) = ([range.Scale], range.ZeroPoint);
        }
        else
        {
            scales = new float[outputs];
            for (int i = 0; i < filter.Weights.Length; i++)
                scales[Channel(i)] = Math.Max(scales[Channel(i)], Math.Abs(filter.Weights[i]) / 127);
            scales = [.. scales.Select(s => s > 0 ? s : 1)];
        }

        float Scale(int channel) => scales[scales.Length == 1 ? 0 : channel];
        var weights = new sbyte[filter.Weights.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)Math.Clamp(MathF.Round(filter.Weights[i] / Scale(Channel(i)), MidpointRounding.AwayFromZero) + zeroPoint, -128, 127);
        int[] bias = [.. filter.Bias.Select((b, n) => (int)Math.Clamp(Math.Round(b / ((double)inputScale * Scale(n)), MidpointRounding.AwayFromZero), -(1 << 30), 1 << 30))];
        return new QuantizedFilter(weights, zeroPoint, [.. scales], bias);
    }
}
