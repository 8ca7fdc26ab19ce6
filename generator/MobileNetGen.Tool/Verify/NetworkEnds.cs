using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Tool.Verify;

/// <summary>A quantised network with the conversions at its ends, as a build has it, beside the reference with the same.</summary>
internal sealed class NetworkEnds(Description description, PackedPlan built)
{
    private readonly CompiledNetwork _compiled = CompiledNetwork.Of(description, built);

    /// <summary>Whether a network converts at an end. If not, it is the same as without.</summary>
    public static bool Has(TrainedNetwork trained) => trained.Network.Quantization != Quantization.Float32
        && (trained.Network.InputType, trained.Network.OutputType) != (trained.Network.Quantization, trained.Network.Quantization)
        || trained.OuterInput != trained.Input || trained.OuterOutput != trained.Layers[^1].Output;

    /// <summary>The largest difference of two outputs: it should be 0.</summary>
    public float Difference(byte[] pixels)
    {
        (TrainedNetwork trained, Network network) = (built.Trained, built.Plan.Network);
        Quantization given = network.InputType == Quantization.Float32 ? network.Quantization : network.InputType;
        int[] input = [.. pixels.Select(p => given == Quantization.Int8 ? p - 128 : p)];
        IReadOnlyDictionary<string, int[]> results = QuantizedReference.Run(trained, input);
        TensorScale start = trained.Input!.Value;
        int flip = (network.Quantization == Quantization.Int8 ? 128 : 0) - (network.OutputType == Quantization.Int8 ? 128 : 0);
        float[] expected = network.Detector is not null
            ? [.. DetectorHeads.Results(trained, results.ToDictionary(r => r.Key, r => r.Value.Select(q => (float)q).ToArray(), System.StringComparer.Ordinal))]
            : [.. network.Outputs.SelectMany((o, i) => results[i == 0 ? QuantizedReference.ResultName : o.Layer].Select(q => Given(q, o.Layer, i == 0 ? 0 : flip)))];
        float[] found = network.InputType switch
        {
            Quantization.Float32 => Run<float>([.. input.Select(q => start.Scale * (q - start.ZeroPoint))]),
            Quantization.Int8 => Run<sbyte>([.. input.Select(q => (sbyte)q)]),
            _ => Run<byte>([.. input.Select(q => (byte)q)]),
        };
        return expected.Zip(found, (a, b) => MathF.Abs(a - b)).Max();

        float Given(int q, string layer, int offset)
        {
            TensorScale scale = trained.Layers.Single(l => l.Layer.Name == layer).Output!.Value;
            return network.OutputType == Quantization.Float32 ? scale.Scale * (q - scale.ZeroPoint) : q + offset;
        }
    }

    private float[] Run<T>(T[] input)
    {
        int outputs = built.Plan.Network.Outputs.Sum(o => o.Length);
        var scratch = new byte[_compiled.ScratchBytes];
        return built.Plan.Network.OutputType switch
        {
            Quantization.Float32 => _compiled.RunRaw<T, float>(input, outputs, scratch),
            Quantization.Int8 => [.. _compiled.RunRaw<T, sbyte>(input, outputs, scratch).Select(v => (float)v)],
            _ => [.. _compiled.RunRaw<T, byte>(input, outputs, scratch).Select(v => (float)v)],
        };
    }
}
