using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats.Onnx;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Export;

/// <summary>Writes a float32 network as an ONNX model, so that other engines can run it and be compared.</summary>
public sealed class OnnxExporter : OnnxWriter
{
    /// <summary>The name of the model's first result, [1, outputs]; others, and all of a detector's, have the names of their layers, maps as [1, channels, height, width].</summary>
    public const string OutputName = "output";

    /// <summary>The name of a second result, where the network ends in a softmax: what that reads, [1, outputs].</summary>
    public const string LogitsName = "logits";

    private OnnxExporter(TrainedNetwork trained, ImmutableHashSet<string> given)
        : base(trained, given)
    {
    }

    /// <summary>Exports a float32 network.</summary>
    /// <param name="trained">
    /// The network. The model's input, <see cref="Network.InputName"/>, is [1, channels, height, width] of prepared values, that is after
    /// <see cref="Network.Normalization"/>, in the network's channel order.
    /// </param>
    /// <returns>The bytes of an <c>.onnx</c> file: the same for the same network on every machine.</returns>
    /// <exception cref="ArgumentException">The network is quantised.</exception>
    public static byte[] Export(TrainedNetwork trained)
    {
        if (trained.Network.Quantization != Quantization.Float32)
            throw new ArgumentException($"The network is {trained.Network.Quantization.ToString().ToLowerInvariant()}; float32 networks can be exported.", nameof(trained));
        return new OnnxExporter(trained, []).Export();
    }

    /// <summary>
    /// Exports the layers of a float32 network each by itself: what a layer reads is given to the model, so that differences between engines do not add up
    /// from layer to layer.
    /// </summary>
    /// <param name="trained">The network.</param>
    /// <param name="given">
    /// The layers whose results are given, as inputs that <see cref="OnnxConvolution.Given"/> names, [1, channels, height, width] or [1, channels] of a
    /// vector; what reads another layer reads its result in the model.
    /// </param>
    /// <returns>A model whose results are those of all layers, named by <see cref="Value"/>.</returns>
    internal static byte[] ExportLayers(TrainedNetwork trained, ImmutableHashSet<string> given)
    {
        var exporter = new OnnxExporter(trained, given);
        exporter.WriteLayers();
        return exporter.Graph.ToModel();
    }

    private void WriteLayers()
    {
        Network network = Trained.Network;
        Graph.Input(Network.InputName, OnnxType.Float, 1, network.Input.Channels, network.Input.Height, network.Input.Width);
        foreach (Layer layer in network.Layers.Where(l => Given.Contains(l.Name)))
        {
            if (layer.Operator.GivesVector)
                Graph.Input(OnnxConvolution.Given(layer.Name), OnnxType.Float, 1, layer.Output.Channels);
            else
                Graph.Input(OnnxConvolution.Given(layer.Name), OnnxType.Float, 1, layer.Output.Channels, layer.Output.Height, layer.Output.Width);
        }

        foreach (TrainedLayer layer in Trained.Layers)
        {
            Write(layer);
            Graph.Output(Value(layer.Layer.Name), OnnxType.Float);
        }
    }

    private byte[] Export()
    {
        Network network = Trained.Network;
        Graph.Input(Network.InputName, OnnxType.Float, 1, network.Input.Channels, network.Input.Height, network.Input.Width);
        bool isDetector = network.Detector is not null;
        if (!isDetector)
            Graph.Output(OutputName, OnnxType.Float, Sizes(network.Outputs[0]));
        if (network.EndsInSoftmax)
            Graph.Output(LogitsName, OnnxType.Float, 1, network.OutputLength);
        foreach (NetworkOutput output in network.Outputs.Skip(isDetector ? 0 : 1))
            Graph.Output(Value(output.Layer), OnnxType.Float, Sizes(output));
        foreach (TrainedLayer layer in Trained.Layers)
            Write(layer);
        if (!isDetector)
            Graph.Node("Identity", OutputName, [Value(network.Layers[^1].Name)], OutputName);
        return Graph.ToModel();
    }

    private void Write(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        string value = Value(layer.Name);
        string linear = layer.Activation == Activation.Linear ? value : $"{layer.Name}/linear";
        TrainedOperator.Of(layer).Export(this, trained, linear);
        if (layer.Activation == Activation.Relu)
            Graph.Node("Relu", $"{layer.Name}/relu", [linear], value);
        else if (layer.Activation == Activation.Relu6)
            Graph.Node("Clip", $"{layer.Name}/relu6", [linear, Graph.Constant($"{layer.Name}/minimum", [0f]), Graph.Constant($"{layer.Name}/maximum", [6f])], value);
        else if (!layer.Activation.IsClamp())
            HardFunction(layer, linear, value);
    }

    internal override void Node(string operatorType, Layer layer, IEnumerable<string> inputs, string output, params ReadOnlySpan<ProtobufMessage> attributes) =>
        Graph.Node(operatorType, Value(layer.Name), inputs, output, attributes);

    internal override void Filter(TrainedLayer trained, string operatorType, string input, string output, int[] sizes, params ProtobufMessage[] attributes)
    {
        Layer layer = trained.Layer;
        var filter = (FloatFilter)trained.Filter!;
        float[] ordered = operatorType == "Conv" ? OnnxConvolution.Order(layer, filter.Weights) : filter.Weights;
        string weights = Graph.Constant($"{layer.Name}/weights", ordered, sizes), bias = Graph.Constant($"{layer.Name}/bias", filter.Bias, layer.Output.Channels);
        Node(operatorType, layer, [input, weights, bias], output, attributes);
    }

    internal override void Pool(string operatorType, Layer layer, string output)
    {
        string map = $"{layer.Name}/map";
        Node(operatorType, layer, [Read(layer, 0)], map);
        Graph.Node("Flatten", $"{layer.Name}/flatten", [map], output);
    }

    internal override string Read(Layer reader, int input) => Source(reader.Inputs[input]);

    internal override string Vector(Layer reader) => Row(reader);

    /// <summary>A vector: flattened where a filter made it, which gives [1, channels, 1, 1].</summary>
    internal override string Row(Layer reader)
    {
        string input = reader.Inputs[0];
        if (Trained.Layers.Any(l => l.Layer.Name == input && l.Layer.Operator.GivesVector))
            return Source(input);
        string vector = $"{reader.Name}/vector";
        Graph.Node("Flatten", $"{reader.Name}/flatten", [Source(input)], vector);
        return vector;
    }

    internal override string Factors(Layer reader)
    {
        string factors = $"{reader.Name}/factors";
        Graph.Node("Unsqueeze", $"{reader.Name}/unsqueeze", [Read(reader, 1), Graph.Constant($"{reader.Name}/axes", [2L, 3L], 2)], factors);
        return factors;
    }

    internal override void Logits(string value) => Graph.Node("Identity", LogitsName, [value], LogitsName);

    /// <summary>What a reader of a layer reads.</summary>
    private string Source(string layer) => Given.Contains(layer) ? OnnxConvolution.Given(layer) : Value(layer);

    /// <summary>The node of a layer, and the value it makes: named for the layer, unless one of the model's results has that name.</summary>
    internal static string Value(string layer) => layer is OutputName or LogitsName ? $"{layer}/value" : layer;
}
