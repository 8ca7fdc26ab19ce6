using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Caffe;

/// <summary>How a network came into a file.</summary>
public enum CaffeStyle
{
    /// <summary>Saved in training: a data layer without a size, labels, copies (Split), a loss, layers that compute in place.</summary>
    Snapshot,

    /// <summary>Saved from a network for use: an Input layer, results under names of their own, forks' depthwise layers, an inner product.</summary>
    Deploy,

    /// <summary>As before 2015: V1 layers, blobs of four dimensions, the input outside of the layers. Without batch normalisation, which came later.</summary>
    Old,
}

/// <summary>Writes a network as a <c>.caffemodel</c>, from the published caffe.proto.</summary>
internal sealed class CaffeFile
{
    private readonly ProtobufBytes _net = new ProtobufBytes().Text(1, "MobileNet");
    private readonly UnfoldedNetwork _parameters;
    private readonly CaffeStyle _style;
    private readonly float? _epsilon;
    private readonly Dictionary<string, string> _tops = [];

    /// <summary>How many layers still read a top: those that several read are copied.</summary>
    private readonly Dictionary<string, int> _readers;

    private CaffeFile(UnfoldedNetwork parameters, CaffeStyle style, float? epsilon)
    {
        (_parameters, _style, _epsilon) = (parameters, style, epsilon);
        _readers = parameters.Network.Layers.SelectMany(layer => layer.Inputs).GroupBy(name => name).ToDictionary(name => name.Key, name => name.Count());
    }

    /// <summary>The file.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="style">How it came into the file.</param>
    /// <param name="epsilon">ε of batch normalisations, where it is not Caffe's.</param>
    public static byte[] Of(UnfoldedNetwork parameters, CaffeStyle style, float? epsilon = null) => new CaffeFile(parameters, style, epsilon).Write();

    /// <summary>A layer of today.</summary>
    public static ProtobufBytes Layer(string name, string type, IEnumerable<string> bottoms, IEnumerable<string> tops, params ProtobufBytes[] blobs)
    {
        ProtobufBytes layer = new ProtobufBytes().Text(1, name).Text(2, type);
        foreach (string bottom in bottoms)
            layer.Text(3, bottom);
        foreach (string top in tops)
            layer.Text(4, top);
        foreach (ProtobufBytes blob in blobs)
            layer.Message(7, blob);
        return layer.Integer(10, 1);
    }

    public static ProtobufBytes Blob(int[] shape, IEnumerable<float> values) =>
        new ProtobufBytes().Singles(5, values).Message(7, new ProtobufBytes().Integers(1, shape.Select(size => (long)size)));

    private byte[] Write()
    {
        Shape input = _parameters.Network.Input;
        _tops[Network.InputName] = "data";
        if (_style == CaffeStyle.Snapshot)
        {
            _net.Message(100, Layer("data", "Data", [], ["data", "label"]));
            _net.Message(100, Layer("label_data_1_split", "Split", ["label"], ["label_data_1_split_0", "label_data_1_split_1"]));
        }
        else if (_style == CaffeStyle.Deploy)
        {
            ProtobufBytes shape = new ProtobufBytes().Integers(1, 10, input.Channels, input.Height, input.Width);
            _net.Message(100, Layer("input", "Input", [], ["data"]).Message(143, new ProtobufBytes().Message(1, shape)));
        }
        else
        {
            _net.Text(3, "data").Integer(4, 10).Integer(4, input.Channels).Integer(4, input.Height).Integer(4, input.Width);
        }

        Dictionary<Layer, UnfoldedLayer> weights = _parameters.Layers.ToDictionary(layer => layer.Layer);
        foreach (Layer layer in _parameters.Network.Layers)
            Write(layer, weights.GetValueOrDefault(layer));
        if (_style == CaffeStyle.Snapshot)
            _net.Message(100, Layer("accuracy", "Accuracy", [_tops[_parameters.Network.Layers[^2].Name], "label_data_1_split_1"], ["accuracy"]));
        return _net.ToArray();
    }

    private void Write(Layer layer, UnfoldedLayer? unfolded)
    {
        string[] bottoms = [.. layer.Inputs.Select(name => _tops[name])];
        if (_style == CaffeStyle.Snapshot && layer.Operator == Operator.Dense)
            Add("drop", "Dropout", [bottoms[0]], bottoms[0]);
        switch (layer.Operator.Name)
        {
            case "add":
                Add(layer.Name, "Eltwise", bottoms, layer.Name, eltwise: new ProtobufBytes().Integer(1, 1));
                break;
            case "averagepool":
                Add(layer.Name, "Pooling", bottoms, layer.Name, pooling: _style == CaffeStyle.Old
                    ? new ProtobufBytes().Integer(1, 1).Integer(2, layer.Input.Height)
                    : new ProtobufBytes().Integer(1, 1).Integer(12, 1));
                break;
            case "softmax" when _style == CaffeStyle.Snapshot:
                Add("loss", "SoftmaxWithLoss", [bottoms[0], "label_data_1_split_0"], "loss");
                break;
            case "softmax":
                Add(layer.Name, "Softmax", bottoms, layer.Name);
                break;
            default:
                Filter(unfolded!, bottoms[0]);
                break;
        }

        _tops[layer.Name] = Activate(layer, _tops.GetValueOrDefault(layer.Name, layer.Name));
        if (_readers.GetValueOrDefault(layer.Name) < 2 || _style == CaffeStyle.Deploy)
            return;

        // A copy for each reader, as Caffe inserts them where it builds the network; here all read the second.
        string split = $"{layer.Name}_split";
        string[] copies = [$"{split}_0", $"{split}_1"];
        if (_style == CaffeStyle.Snapshot)
            _net.Message(100, Layer(split, "Split", [_tops[layer.Name]], copies));
        else
            _net.Message(2, Old(split, 22, [_tops[layer.Name]], copies));
        _tops[layer.Name] = copies[1];
    }

    private void Filter(UnfoldedLayer unfolded, string bottom)
    {
        Layer layer = unfolded.Layer;
        bool isDepthwise = layer.Operator == Operator.Depthwise;
        int inputs = isDepthwise ? 1 : layer.Input.Channels;
        List<ProtobufBytes> blobs = [NewBlob([unfolded.Outputs, inputs, layer.Kernel, layer.Kernel], unfolded.OutputsFirst)];
        if (layer.Operator == Operator.Dense && _style != CaffeStyle.Snapshot)
            blobs = [_style == CaffeStyle.Old ? NewBlob([1, 1, unfolded.Outputs, inputs], unfolded.OutputsFirst) : Blob([unfolded.Outputs, inputs], unfolded.OutputsFirst)];
        if (unfolded.Bias is not null)
            blobs.Add(_style == CaffeStyle.Old ? NewBlob([1, 1, 1, unfolded.Outputs], unfolded.Bias) : Blob([unfolded.Outputs], unfolded.Bias));
        string type = layer.Operator == Operator.Dense && _style != CaffeStyle.Snapshot ? "InnerProduct"
            : isDepthwise && _style == CaffeStyle.Deploy ? "ConvolutionDepthwise"
            : "Convolution";
        Add(layer.Name, type, [bottom], layer.Name, convolution: Window(layer, isDepthwise), blobs: [.. blobs]);
        if (unfolded.Normalization is not { } n)
            return;

        // Caffe keeps sums, and by what to divide them.
        const float Steps = 4;
        bool isInPlace = _style == CaffeStyle.Snapshot;
        string normalized = isInPlace ? layer.Name : $"{layer.Name}/bn", scaled = isInPlace ? layer.Name : $"{layer.Name}/scale";
        Add($"{layer.Name}/bn", "BatchNorm", [layer.Name], normalized, normalization: _epsilon is { } epsilon ? new ProtobufBytes().Single(3, epsilon) : null, blobs:
            [Blob([unfolded.Outputs], n.Mean.Select(mean => mean * Steps)), Blob([unfolded.Outputs], n.Variance.Select(variance => variance * Steps)), Blob([1], [Steps])]);
        Add($"{layer.Name}/scale", "Scale", [normalized], scaled, blobs: [Blob([unfolded.Outputs], n.Gamma), Blob([unfolded.Outputs], n.Beta)]);
        _tops[layer.Name] = scaled;
    }

    /// <summary>The window by one number for both directions where a network is saved in training, else by one for each.</summary>
    private ProtobufBytes Window(Layer layer, bool isDepthwise)
    {
        ProtobufBytes window = new ProtobufBytes().Integer(1, layer.Output.Channels);
        int pad = layer.Kernel / 2;
        if (_style == CaffeStyle.Snapshot)
            window.Integer(3, pad).Integer(4, layer.Kernel).Integer(6, layer.Stride);
        else if (_style == CaffeStyle.Deploy)
            window.Integers(3, pad, pad).Integers(4, layer.Kernel).Integers(6, layer.Stride, layer.Stride);
        else
            window.Integer(9, pad).Integer(10, pad).Integer(11, layer.Kernel).Integer(12, layer.Kernel).Integer(13, layer.Stride).Integer(14, layer.Stride);
        return isDepthwise && _style != CaffeStyle.Deploy ? window.Integer(5, layer.Input.Channels) : window;
    }

    private string Activate(Layer layer, string top)
    {
        if (layer.Activation == Activation.Linear)
            return top;
        string result = _style == CaffeStyle.Deploy ? $"{layer.Name}/relu" : top;
        Add($"{layer.Name}/relu", layer.Activation == Activation.Relu6 ? "ReLU6" : "ReLU", [top], result);
        return result;
    }

    private ProtobufBytes NewBlob(int[] shape, float[] values)
    {
        if (_style != CaffeStyle.Old)
            return Blob(shape, values);
        var blob = new ProtobufBytes();
        for (int i = 0; i < 4; i++)
            blob.Integer(i + 1, shape[i]);
        return blob.Singles(5, values);
    }

    private void Add(
        string name, string type, string[] bottoms, string top, ProtobufBytes? convolution = null, ProtobufBytes? eltwise = null, ProtobufBytes? pooling = null,
        ProtobufBytes? normalization = null, ProtobufBytes[]? blobs = null)
    {
        bool isOld = _style == CaffeStyle.Old;
        int number = type switch { "Convolution" => 4, "InnerProduct" => 14, "Pooling" => 17, "ReLU" => 18, "Softmax" => 20, _ => 25 };
        ProtobufBytes layer = isOld ? Old(name, number, bottoms, [top], blobs ?? []) : Layer(name, type, bottoms, [top], blobs ?? []);
        if (convolution is not null && type != "InnerProduct")
            layer.Message(isOld ? 10 : 106, convolution);
        if (eltwise is not null)
            layer.Message(isOld ? 24 : 110, eltwise);
        if (pooling is not null)
            layer.Message(isOld ? 19 : 121, pooling);
        if (normalization is not null)
            layer.Message(139, normalization);
        _net.Message(isOld ? 2 : 100, layer);
    }

    private static ProtobufBytes Old(string name, int type, IEnumerable<string> bottoms, IEnumerable<string> tops, params ProtobufBytes[] blobs)
    {
        var layer = new ProtobufBytes();
        foreach (string bottom in bottoms)
            layer.Text(2, bottom);
        foreach (string top in tops)
            layer.Text(3, top);
        layer.Text(4, name).Integer(5, type);
        foreach (ProtobufBytes blob in blobs)
            layer.Message(6, blob);
        return layer;
    }
}
