using System;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>Reads Caffe's <c>.caffemodel</c> files: trained networks as its solver and its Python interface save them.</summary>
/// <remarks>
/// The file has the connections and settings of its layers, so no <c>.prototxt</c> is needed; but one saved in training has no size for its input, which
/// then is that of the network's text.
/// </remarks>
public sealed class CaffeReader : IWeightsReader
{
    /// <summary>Caffe, with symmetric padding.</summary>
    public static SourceFormat Format { get; } = new("Caffe", PaddingConvention.Symmetric);

    /// <inheritdoc/>
    public string Description => "Caffe (.caffemodel)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == ".caffemodel";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return ProtobufReader.Guard("Caffe", () => new CaffeNetworkBuilder(file).Build(NetParameterParser.Parse(file.Bytes)));
    }
}
