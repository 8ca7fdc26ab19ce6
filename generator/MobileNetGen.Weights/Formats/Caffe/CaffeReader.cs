using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>Reads Caffe's <c>.caffemodel</c> files: trained networks as its solver and its Python interface save them.</summary>
/// <remarks>
/// The file mostly has the connections and settings of its layers, so no <c>.prototxt</c> is needed; but one saved in training has no size for its input, which
/// then is that of the network's text. Where it has numbers alone, the connections are read from a <c>.prototxt</c> beside it, if there is one.
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
        return ProtobufReader.Guard<SourceModel>("Caffe", () =>
        {
            ImmutableArray<CaffeLayer> layers = NetParameterParser.Parse(file.Bytes);

            // Tools that write numbers alone leave the connections to the network's description.
            bool isConnected = layers.IsEmpty || layers.Any(layer => !layer.Bottoms.IsEmpty);
            if (isConnected)
                return new CaffeNetworkBuilder(file).Build(layers);
            return Prototxt(file) is { } text ? new CaffeNetworkBuilder(file).Build(WithBlobs(PrototxtParser.Parse(text), layers)) : Named(layers);
        });
    }

    /// <summary>The description beside a file: of the same name, or of the name that those for use have.</summary>
    private static byte[]? Prototxt(WeightsInput file)
    {
        string stem = Path.GetFileNameWithoutExtension(file.Name);
        return file.TryReadBeside(stem + ".prototxt") ?? file.TryReadBeside("deploy.prototxt");
    }

    private static ImmutableArray<CaffeLayer> WithBlobs(ImmutableArray<CaffeLayer> layers, ImmutableArray<CaffeLayer> numbers)
    {
        Dictionary<string, CaffeLayer> byName = [];
        foreach (CaffeLayer layer in numbers)
            byName.TryAdd(layer.Name, layer);
        return [.. layers.Select(layer => byName.TryGetValue(layer.Name, out CaffeLayer? own) ? layer with { Blobs = own.Blobs } : layer)];
    }

    /// <summary>Numbers by the names of their layers, in the order in which those run.</summary>
    private static SourceParameters Named(ImmutableArray<CaffeLayer> layers) => ParameterGrouping.Group(
        Format,
        KernelLayout.OutputFirst,
        SourceConventions.Caffe.Epsilon,
        inOrder: true,
        [
            .. from layer in layers
               where layer.Type is "Convolution" or "DepthwiseConvolution" or "ConvolutionDepthwise" or "InnerProduct"
               from blob in layer.Blobs.Take(2).Index()
               select new Parameter(layer.Name, blob.Index == 0 ? ParameterRole.Kernel : ParameterRole.Bias, $"{layer.Name}, blob {blob.Index}", blob.Index == 0 ? blob.Item.Shape : [blob.Item.Count], blob.Item.Floats),
        ],
        layers.FirstOrDefault(layer => layer.Type is "BatchNorm" or "Scale") is { } normalization
            ? throw new WeightsException($"{normalization.Place}, and others are without connections, so nothing tells which layer they belong to. Put the network's description beside the file, as deploy.prototxt.")
            : SourceConventions.Caffe);
}
