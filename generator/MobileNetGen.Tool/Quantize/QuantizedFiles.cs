using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Tool.Quantize;

/// <summary>The two files of an int8 network that was made of a float32 one.</summary>
internal static class QuantizedFiles
{
    /// <summary>Quantises a network and writes it.</summary>
    /// <param name="terminals">Shows progress.</param>
    /// <param name="description">The float32 network's file.</param>
    /// <param name="trained">The float32 network.</param>
    /// <param name="pixels">Images, prepared.</param>
    /// <param name="method">How ranges are chosen.</param>
    /// <param name="io">The type at the ends.</param>
    /// <param name="weights">The <c>.tflite</c> file to write.</param>
    /// <param name="text">The <c>.mbnet</c> file to write.</param>
    /// <returns>What the files say, read as a build reads them.</returns>
    /// <exception cref="InputException">It cannot be quantised, or files cannot be written.</exception>
    public static (Description Description, PackedPlan Packed) Write(
        Terminals terminals, Description description, TrainedNetwork trained, IReadOnlyList<byte[]> pixels, RangeMethod method, Quantization io, string weights, string text)
    {
        Network network = trained.Network;
        TrainedNetwork quantized = terminals.WithProgress($"Quantising {network.ClassName}", progress => Quantize(trained, pixels, method, io, progress));
        Results.Write(weights, TensorFlowLiteWriter.Write(quantized));
        Results.Write(text, QuantizedDescription.Write(description, network, io, text, Path.GetFileName(weights)));
        Description written = Networks.Read(text);
        return (written, Networks.With(written, () => PackedPlan.Of(Networks.Choose(written, null), written)));
    }

    /// <summary>At most so many of a list, evenly spread.</summary>
    public static ImmutableArray<T> Spread<T>(ImmutableArray<T> items, int limit) =>
        items.Length <= limit ? items : [.. Enumerable.Range(0, limit).Select(i => items[(int)((long)i * items.Length / limit)])];

    private static TrainedNetwork Quantize(TrainedNetwork trained, IReadOnlyList<byte[]> pixels, RangeMethod method, Quantization io, Action<double> progress)
    {
        try
        {
            return PostTrainingQuantizer.Quantize(trained, pixels, method, io, progress);
        }
        catch (CalibrationException error)
        {
            throw new InputException(error.Message);
        }
    }
}
