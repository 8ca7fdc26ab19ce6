using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats.Onnx;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Export;

/// <summary>
/// Writes a quantised network as an ONNX model of the form that engines look for: every operator computes on real numbers, between
/// <c>DequantizeLinear</c> and <c>QuantizeLinear</c> ("QDQ"), and an engine replaces each such group with integer arithmetic.
/// Activations are unsigned bytes, those of int8 networks q + 128; weights are signed bytes, biases 32-bit integers.
/// </summary>
/// <remarks>
/// Engines requantise in their own way, so results differ from TensorFlow Lite's, and from ours, by a unit here and there.
/// </remarks>
public sealed class QdqExporter : OnnxWriter
{
    /// <summary>The name of the model's result: unsigned bytes, [1, outputs].</summary>
    public const string OutputName = OnnxExporter.OutputName;

    // The unsigned domain's zero points are this much more.
    private readonly int _offset;
    private readonly Dictionary<string, TensorScale> _scales = new(StringComparer.Ordinal);

    private QdqExporter(TrainedNetwork trained, ImmutableHashSet<string> given)
        : base(trained, given) => _offset = trained.Network.Quantization == Quantization.Int8 ? 128 : 0;

    /// <summary>Exports a uint8 or int8 network.</summary>
    /// <param name="trained">
    /// The network. The model's input, <see cref="Network.InputName"/>, is [1, channels, height, width] of unsigned bytes as the first layer
    /// reads them, in the network's channel order; its result is what the last layer gives.
    /// </param>
    /// <returns>The bytes of an <c>.onnx</c> file: the same for the same network on every machine.</returns>
    /// <exception cref="ArgumentException">The network is float32.</exception>
    public static byte[] Export(TrainedNetwork trained)
    {
        if (trained.Network.Quantization == Quantization.Float32)
            throw new ArgumentException("The network is float32; quantised networks can be exported in this form.", nameof(trained));
        return new QdqExporter(trained, []).Export();
    }

    /// <summary>
    /// Exports the layers of a quantised network each by itself: what a layer reads is given to the model, so that what is rounded in another way shows as
    /// one unit and is not multiplied by the layers behind.
    /// </summary>
    /// <param name="trained">The network.</param>
    /// <param name="given">
    /// The layers whose results are given, as inputs that <see cref="OnnxConvolution.Given"/> names, [1, channels, height, width] of unsigned bytes; what reads
    /// another layer reads its result in the model.
    /// </param>
    /// <returns>A model whose results are those of all layers, named by <see cref="Value"/>.</returns>
    internal static byte[] ExportLayers(TrainedNetwork trained, ImmutableHashSet<string> given)
    {
        var exporter = new QdqExporter(trained, given);
        exporter.WriteLayers();
        foreach (Layer layer in trained.Network.Layers)
            exporter.Graph.Output(Value(layer.Name), OnnxType.UInt8);
        return exporter.Graph.ToModel();
    }

    private byte[] Export()
    {
        WriteLayers();
        Network network = Trained.Network;
        bool isDetector = network.Detector is not null;
        if (!isDetector)
        {
            Graph.Output(OutputName, OnnxType.UInt8, Sizes(network.Outputs[0]));
            Graph.Node(network.KeepsOutput ? "Flatten" : "Identity", OutputName, [Value(network.Layers[^1].Name)], OutputName);
        }

        foreach (NetworkOutput output in network.Outputs.Skip(isDetector ? 0 : 1))
            Graph.Output(Value(output.Layer), OnnxType.UInt8, output.IsVector ? [1, output.Length, 1, 1] : Sizes(output));
        return Graph.ToModel();
    }

    private void WriteLayers()
    {
        Network network = Trained.Network;
        Graph.Input(Network.InputName, OnnxType.UInt8, 1, network.Input.Channels, network.Input.Height, network.Input.Width);
        foreach (Layer layer in network.Layers.Where(l => Given.Contains(l.Name)))
            Graph.Input(OnnxConvolution.Given(layer.Name), OnnxType.UInt8, 1, layer.Output.Channels, layer.Output.Height, layer.Output.Width);
        _scales.Add(Network.InputName, Unsigned(Trained.Input!.Value));
        foreach (TrainedLayer layer in Trained.Layers)
        {
            _scales.Add(layer.Layer.Name, Unsigned(layer.Output!.Value));
            Write(layer);
        }
    }

    private void Write(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        string linear = $"{layer.Name}/linear";
        TrainedOperator.Of(layer).Export(this, trained, linear);

        TensorScale scale = _scales[layer.Name];
        Graph.Node("QuantizeLinear", $"{layer.Name}/quantize", [Activate(trained, linear, scale), .. Parameters(Value(layer.Name), scale)], Value(layer.Name));
    }

    internal override void Node(string operatorType, Layer layer, IEnumerable<string> inputs, string output, params ReadOnlySpan<ProtobufMessage> attributes) =>
        Graph.Node(operatorType, layer.Name, inputs, output, attributes);

    internal override void Pool(string operatorType, Layer layer, string output) => Node(operatorType, layer, [Read(layer, 0)], output);

    internal override void Filter(TrainedLayer trained, string operatorType, string input, string output, int[] sizes, params ProtobufMessage[] attributes)
    {
        Layer layer = trained.Layer;
        var filter = (QuantizedFilter)trained.Filter!;
        ImmutableArray<float> scales = filter.Scales;
        bool perChannel = scales.Length > 1;
        int[] scaleSizes = perChannel ? [scales.Length] : [];
        string name = $"{layer.Name}/weights", biasName = $"{layer.Name}/bias";

        sbyte[] weights = operatorType == "Conv" ? OnnxConvolution.Order(layer, filter.Weights) : filter.Weights;
        var zeroPoints = new sbyte[scales.Length];
        zeroPoints.AsSpan().Fill((sbyte)filter.ZeroPoint);
        string[] inputs =
        [
            Graph.Constant($"{name}/integers", weights, sizes),
            Graph.Constant($"{name}/scale", scales.AsSpan(), scaleSizes),
            Graph.Constant($"{name}/zero_point", zeroPoints, scaleSizes),
        ];
        Graph.Node("DequantizeLinear", $"{name}/dequantize", inputs, name, Axis());

        float inputScale = _scales[layer.Inputs[0]].Scale;
        inputs =
        [
            Graph.Constant($"{biasName}/integers", filter.Bias, layer.Output.Channels),
            Graph.Constant($"{biasName}/scale", scales.Select(scale => inputScale * scale).ToArray(), scaleSizes),
        ];
        Graph.Node("DequantizeLinear", $"{biasName}/dequantize", inputs, biasName, Axis());
        Graph.Node(operatorType, layer.Name, [input, name, biasName], output, attributes);

        ProtobufMessage[] Axis() => perChannel ? [OnnxAttribute.Integer("axis", 0)] : [];
    }

    /// <summary>
    /// The activation, where quantising does not do it by itself: where a byte's range ends at 0, or at 6 or below, saturation is the clamp. An
    /// operator that does nothing more would only keep engines from recognising the group.
    /// </summary>
    private string Activate(TrainedLayer trained, string linear, TensorScale scale)
    {
        Layer layer = trained.Layer;
        if (trained.Function is { } function)
            return Function(layer, linear, Unsigned(function.Linear));
        bool above = layer.Activation == Activation.Relu6 && scale.ZeroPoint + MathF.Round(6 / scale.Scale) < 255;
        bool below = layer.Activation is Activation.Relu or Activation.Relu6 && scale.ZeroPoint > 0;
        string active = $"{layer.Name}/active";
        if (above)
            Graph.Node("Clip", $"{layer.Name}/relu6", [linear, Graph.Constant($"{layer.Name}/minimum", [0f]), Graph.Constant($"{layer.Name}/maximum", [6f])], active);
        else if (below)
            Graph.Node("Relu", $"{layer.Name}/relu", [linear], active);
        return above || below ? active : linear;
    }

    /// <summary>An activation that is no clamp, of real numbers made of bytes, which the layer itself gives.</summary>
    private string Function(Layer layer, string linear, TensorScale scale)
    {
        string bytes = $"{layer.Name}/bytes", active = $"{layer.Name}/active";
        Graph.Node("QuantizeLinear", $"{layer.Name}/quantize_linear", [linear, .. Parameters(bytes, scale)], bytes);
        HardFunction(layer, Dequantize($"{layer.Name}/real", bytes, scale), active);
        return active;
    }

    /// <summary>What a layer reads, as real numbers. One node a reader, since engines group each with its reader.</summary>
    internal override string Read(Layer reader, int input) => Dequantize($"{reader.Name}/input{input}", Source(reader.Inputs[input]), _scales[reader.Inputs[input]]);

    internal override string Vector(Layer reader) => Read(reader, 0);

    internal override string Row(Layer reader)
    {
        string flat = $"{reader.Name}/flat";
        Graph.Node("Flatten", $"{reader.Name}/flatten", [Source(reader.Inputs[0])], flat);
        return Dequantize($"{reader.Name}/input", flat, _scales[reader.Inputs[0]]);
    }

    // A pool's vector has height and width, a dense layer's has not. As bytes, so that engines still recognise the group.
    internal override string Factors(Layer reader)
    {
        string vector = reader.Inputs[1], factors = $"{reader.Name}/factors";
        Graph.Node("Reshape", $"{reader.Name}/reshape", [Source(vector), Graph.Constant($"{reader.Name}/shape", [1L, -1L, 1L, 1L], 4)], factors);
        return Dequantize($"{reader.Name}/input1", factors, _scales[vector]);
    }

    private string Dequantize(string name, string value, TensorScale scale)
    {
        Graph.Node("DequantizeLinear", $"{name}/dequantize", [value, .. Parameters(name, scale)], name);
        return name;
    }

    private string[] Parameters(string name, TensorScale scale) =>
        [Graph.Constant($"{name}/scale", [scale.Scale]), Graph.Constant($"{name}/zero_point", [(byte)scale.ZeroPoint])];

    private TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = scale.ZeroPoint + _offset };

    /// <summary>What a reader of a layer reads.</summary>
    private string Source(string layer) => Given.Contains(layer) ? OnnxConvolution.Given(layer) : Value(layer);

    /// <summary>The value a layer makes: named for the layer, unless the model's result has that name.</summary>
    internal static string Value(string layer) => layer == OutputName ? $"{layer}/value" : layer;
}
