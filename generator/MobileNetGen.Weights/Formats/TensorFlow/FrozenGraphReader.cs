using System;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>Reads TensorFlow's frozen graphs: <c>.pb</c> files that hold a network with its weights as constants.</summary>
public sealed class FrozenGraphReader : IWeightsReader
{
    /// <summary>TensorFlow, with its padding.</summary>
    public static SourceFormat Format { get; } = new("TensorFlow", PaddingConvention.Same);

    /// <inheritdoc/>
    public string Description => "TensorFlow frozen graph (.pb)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == ".pb";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Name.Equals("saved_model.pb", StringComparison.OrdinalIgnoreCase))
            throw new WeightsException("A saved model keeps its weights in a checkpoint beside it: give \"variables/variables.index\" in its folder, or a frozen graph.");
        return ProtobufReader.Guard("TensorFlow", () =>
        {
            var budget = new WeightsBudget(file.Bytes.Length);
            return GraphTranslator.Translate(Format, file, budget, GraphDefParser.Parse(file.Bytes, budget));
        });
    }
}
