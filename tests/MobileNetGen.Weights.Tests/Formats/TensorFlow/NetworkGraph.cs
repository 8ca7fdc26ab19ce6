using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using static MobileNetGen.Weights.Tests.Formats.TensorFlow.GraphDefFile;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

/// <summary>Who froze a graph.</summary>
public enum GraphStyle
{
    /// <summary>TF-slim: FusedBatchNorm, a 1×1 convolution as the head, AvgPool, reshapes by the shape of what came before.</summary>
    Slim,

    /// <summary>TF-slim before batch normalisation had an operator of its own.</summary>
    Decomposed,

    /// <summary>Keras: Pad before VALID convolutions, Mean, MatMul, shapes put together of single sizes.</summary>
    Keras,

    /// <summary>An optimiser, as tfjs has one: convolutions fused with biases and activations.</summary>
    Fused,

    /// <summary>A graphics card: channels first.</summary>
    ChannelsFirst,
}

/// <summary>Writes a network as the graph that a tool would make of it.</summary>
internal sealed class NetworkGraph
{
    private readonly GraphDefFile _file = new();
    private readonly UnfoldedNetwork _parameters;
    private readonly GraphStyle _style;
    private readonly bool _isChannelsFirst;

    private NetworkGraph(UnfoldedNetwork parameters, GraphStyle style) =>
        (_parameters, _style, _isChannelsFirst) = (parameters, style, style == GraphStyle.ChannelsFirst);

    public static GraphDefFile Of(UnfoldedNetwork parameters, GraphStyle style) => new NetworkGraph(parameters, style).Write();

    private GraphDefFile Write()
    {
        Shape input = _parameters.Network.Input;

        // Slim leaves the batch open, the others here the resolution too.
        int[] sizes = _isChannelsFirst ? [-1, 3, -1, -1] : _style == GraphStyle.Slim ? [-1, input.Height, input.Width, input.Channels] : [1, -1, -1, input.Channels];
        var values = new Dictionary<string, string> { [Network.InputName] = _file.Node("input", "Placeholder", [], ("dtype", Type(1)), ("shape", GraphDefFile.Shape(sizes))) };
        Dictionary<Layer, UnfoldedLayer> weights = _parameters.Layers.ToDictionary(layer => layer.Layer);
        foreach (Layer layer in _parameters.Network.Layers)
        {
            string[] inputs = [.. layer.Inputs.Select(name => values[name])];
            values[layer.Name] = layer.Operator.Name switch
            {
                "add" => Activate(layer, _file.Node(layer.Name, "AddV2", inputs)),
                "averagepool" => Pool(layer, inputs[0]),
                "softmax" => Softmax(layer, inputs[0]),
                "dense" when _style is not (GraphStyle.Slim or GraphStyle.Decomposed) => MatMul(weights[layer], inputs[0]),
                _ => Convolution(weights[layer], inputs[0]),
            };
        }

        // A node that has no result, and one that only has to run before another.
        _file.Node("init", "NoOp", []);
        return _file;
    }

    private string Convolution(UnfoldedLayer unfolded, string input)
    {
        Layer layer = unfolded.Layer;
        bool isDepthwise = layer.Operator == Operator.Depthwise;
        bool isPadded = _style == GraphStyle.Keras && layer.Stride == 2;
        if (isPadded)
        {
            (int rows, int columns) = (layer.SamePadding(layer.Input.Height), layer.SamePadding(layer.Input.Width));
            string sizes = _file.Integers($"{layer.Name}/pad/sizes", 0, 0, rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2), 0, 0);
            input = _file.Node($"{layer.Name}/pad", "Pad", [input, sizes]);
        }

        int[] shape = [layer.Kernel, layer.Kernel, layer.Input.Channels, isDepthwise ? layer.Multiplier : unfolded.Outputs];
        var inputs = new List<string> { input, Read(_file.Constant($"{layer.Name}/weights", shape, unfolded.TapsFirst)) };
        var attributes = new List<(string, ProtobufBytes)>
        {
            ("T", Type(1)),
            ("strides", _isChannelsFirst ? List(1, 1, layer.Stride, layer.Stride) : List(1, layer.Stride, layer.Stride, 1)),
            ("padding", Text(isPadded ? "VALID" : "SAME")),
            ("data_format", Text(_isChannelsFirst ? "NCHW" : "NHWC")),
        };
        if (_style == GraphStyle.Fused)
            return Fuse(unfolded, isDepthwise ? "FusedDepthwiseConv2dNative" : "_FusedConv2D", inputs, attributes);

        string value = _file.Node($"{layer.Name}/Conv", isDepthwise ? "DepthwiseConv2dNative" : "Conv2D", inputs, [.. attributes]);
        value = Activate(layer, Normalize(unfolded, AddBias(unfolded, value)));
        return layer.Operator == Operator.Dense ? _file.Node($"{layer.Name}/Squeeze", "Squeeze", [value], ("squeeze_dims", List(1, 2))) : value;
    }

    /// <summary>One node for a layer; what belongs to it follows the weights.</summary>
    private string Fuse(UnfoldedLayer unfolded, string op, List<string> inputs, List<(string, ProtobufBytes)> attributes)
    {
        Layer layer = unfolded.Layer;
        List<string> fused = [];
        if (unfolded.Bias is not null)
        {
            fused.Add("BiasAdd");
            inputs.Add(_file.Constant($"{layer.Name}/biases", [unfolded.Outputs], unfolded.Bias));
        }

        if (unfolded.Normalization is not null)
        {
            fused.Add("FusedBatchNorm");
            inputs.AddRange(Constants(unfolded));
            attributes.Add(("epsilon", Single(0.001f)));
        }

        if (layer.Activation != Activation.Linear)
            fused.Add(layer.Activation == Activation.Relu6 ? "Relu6" : "Relu");
        return _file.Node(layer.Name, op, inputs, [.. attributes, ("fused_ops", Texts([.. fused]))]);
    }

    private string MatMul(UnfoldedLayer unfolded, string input)
    {
        Layer layer = unfolded.Layer;
        string weights = _file.Constant($"{layer.Name}/weights", [layer.Input.Channels, unfolded.Outputs], unfolded.TapsFirst);
        if (_style == GraphStyle.Fused)
            return Fuse(unfolded, "_FusedMatMul", [input, weights], []);
        return Activate(layer, AddBias(unfolded, _file.Node($"{layer.Name}/MatMul", "MatMul", [input, weights], ("transpose_b", Flag(false)))));
    }

    private string AddBias(UnfoldedLayer unfolded, string value)
    {
        if (unfolded.Bias is null)
            return value;
        string bias = Read(_file.Constant($"{unfolded.Layer.Name}/biases", [unfolded.Outputs], unfolded.Bias));
        return _file.Node($"{unfolded.Layer.Name}/BiasAdd", "BiasAdd", [value, bias], ("data_format", Text(_isChannelsFirst && unfolded.Layer.Operator != Operator.Dense ? "NCHW" : "NHWC")));
    }

    private string Normalize(UnfoldedLayer unfolded, string value)
    {
        if (unfolded.Normalization is null)
            return value;
        string name = unfolded.Layer.Name;
        string[] constants = Constants(unfolded);
        if (_style != GraphStyle.Decomposed)
        {
            return _file.Node(
                $"{name}/FusedBatchNorm", "FusedBatchNormV3", [value, .. constants],
                ("epsilon", Single(0.001f)), ("is_training", Flag(false)), ("data_format", Text(_isChannelsFirst ? "NCHW" : "NHWC")));
        }

        // x · (γ / √(variance + ε)) + (β − mean · (γ / √(variance + ε))), as tf.nn.batch_normalization writes it.
        string square = _file.Node($"{name}/batchnorm/add", "Add", [constants[3], _file.Number($"{name}/batchnorm/add/y", [], 0.001f)]);
        string scale = _file.Node($"{name}/batchnorm/mul", "Mul", [_file.Node($"{name}/batchnorm/Rsqrt", "Rsqrt", [square]), constants[0]]);
        string scaled = _file.Node($"{name}/batchnorm/mul_1", "Mul", [value, scale]);
        string offset = _file.Node($"{name}/batchnorm/sub", "Sub", [constants[1], _file.Node($"{name}/batchnorm/mul_2", "Mul", [constants[2], scale])]);
        return _file.Node($"{name}/batchnorm/add_1", "Add", [scaled, offset]);
    }

    private string[] Constants(UnfoldedLayer unfolded)
    {
        UnfoldedNormalization n = unfolded.Normalization!;
        string Of(string role, float[] values) => Read(_file.Constant($"{unfolded.Layer.Name}/BatchNorm/{role}", [values.Length], values));
        return [Of("gamma", n.Gamma), Of("beta", n.Beta), Of("moving_mean", n.Mean), Of("moving_variance", n.Variance)];
    }

    private string Activate(Layer layer, string value) => layer.Activation switch
    {
        Activation.Relu6 when _style == GraphStyle.Keras => _file.Node(
            $"{layer.Name}/max", "Maximum", [_file.Node($"{layer.Name}/min", "Minimum", [value, _file.Number($"{layer.Name}/six", [], 6)]), _file.Number($"{layer.Name}/zero", [], 0)]),
        Activation.Relu6 => _file.Node($"{layer.Name}/Relu6", "Relu6", [value, "^init"]),
        Activation.Relu => _file.Node($"{layer.Name}/Relu", "Relu", [value]),
        _ => value,
    };

    private string Pool(Layer layer, string input)
    {
        if (_style is GraphStyle.Slim or GraphStyle.Decomposed)
        {
            return _file.Node(
                layer.Name, "AvgPool", [input], ("ksize", List(1, layer.Input.Height, layer.Input.Width, 1)), ("strides", List(1, 1, 1, 1)), ("padding", Text("VALID")), ("data_format", Text("NHWC")));
        }

        string axes = _isChannelsFirst ? _file.Integers($"{layer.Name}/axes", 2, 3) : _file.Integers($"{layer.Name}/axes", 1, 2);
        bool keeps = _style == GraphStyle.Fused;
        string mean = _file.Node(layer.Name, "Mean", [input, axes], ("keep_dims", Flag(keeps)));
        return keeps ? _file.Node($"{layer.Name}/Reshape", "Reshape", [mean, _file.Integers($"{layer.Name}/Reshape/shape", 1, -1)]) : mean;
    }

    private string Softmax(Layer layer, string input)
    {
        if (_style == GraphStyle.Slim)
        {
            string row = _file.Node("Predictions/Reshape", "Reshape", [input, _file.Integers("Predictions/Reshape/shape", -1, layer.Input.Channels)]);
            string shape = _file.Node("Predictions/Shape", "Shape", [input]);
            return _file.Node("Predictions/Reshape_1", "Reshape", [_file.Node(layer.Name, "Softmax", [row]), shape]);
        }

        if (_style == GraphStyle.Keras)
        {
            string batch = _file.Node(
                "batch", "StridedSlice", [_file.Node("shape", "Shape", [input]), _file.Integers("begin", 0), _file.Integers("end", 1), _file.Integers("step", 1)],
                ("shrink_axis_mask", new ProtobufBytes().Integer(3, 1)));
            string shape = _file.Node("packed", "Pack", [batch, _file.Integer("classes", layer.Input.Channels)]);
            input = _file.Node("reshape", "Reshape", [input, shape]);
        }

        return _file.Node(layer.Name, "Softmax", [input]);
    }

    /// <summary>A frozen variable is read by way of an Identity.</summary>
    private string Read(string name) => _file.Node(name + "/read", "Identity", [name]);
}
