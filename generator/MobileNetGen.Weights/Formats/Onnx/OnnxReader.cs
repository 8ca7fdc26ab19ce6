using System;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Reads ONNX models: float32 networks, batch normalisation folded or not, and quantised ones in either form, QDQ or QLinear operators.</summary>
/// <remarks>
/// Quantised networks follow TensorFlow Lite's rules here. Other engines round in their own way, so a result may differ from theirs by a step. Unsigned
/// activations with signed weights, which TensorFlow Lite does not have, are read as int8: q − 128 with a zero point that is 128 less.
/// </remarks>
public sealed class OnnxReader : IWeightsReader
{
    /// <summary>ONNX, whose networks come from PyTorch where nothing is said.</summary>
    public static SourceFormat Format { get; } = new("ONNX", PaddingConvention.Symmetric);

    /// <inheritdoc/>
    public string Description => "ONNX (.onnx)";

    /// <inheritdoc/>
    /// <remarks>The format has no mark of its own: a model begins with its version, a small number in field 1, and the producer's name or the graph, fields 2 and 7.</remarks>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) =>
        extension == ".onnx" || (extension != ".pb" && head.Length > 2 && head[0] == 0x08 && head[1] is > 0 and < 64 && head[2] is 0x12 or 0x3A);

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var budget = new WeightsBudget(file.Bytes.Length);
        OnnxModel model = ProtobufReader.Guard(Format.Name, () => new OnnxParser(file, budget).Parse());
        return new OnnxNetworkBuilder(file, model, budget).Build();
    }
}
