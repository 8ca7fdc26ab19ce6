using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Weights.Export.TensorFlowLite;

/// <summary>
/// Writes an int8 network as a <c>.tflite</c> file, in the operators of TensorFlow's own converter, so that any TensorFlow Lite can run it. Our reader gives back
/// the numbers that were written.
/// </summary>
/// <remarks>
/// Dense layers are CONV_2D on one pixel: FULLY_CONNECTED knows a scale for each output only in recent versions of TensorFlow Lite.
/// Padding that is not SAME is a PAD before a VALID convolution. Tensors have the names of the layers, and what one layer needs besides is named
/// <c>layer/part</c>.
/// </remarks>
public sealed class TensorFlowLiteWriter
{
    private const byte Same = 0, Valid = 1;
    private const byte ConvolutionOptions = 1, DepthwiseOptions = 2, PoolOptions = 5, SoftmaxOptions = 9, AddOptions = 11, ReducerOptions = 27;

    private readonly TensorFlowLiteFile _file = new();
    private readonly TrainedNetwork _trained;
    private readonly Dictionary<string, (int Tensor, TensorScale Scale)> _maps = new(StringComparer.Ordinal);

    private TensorFlowLiteWriter(TrainedNetwork trained) => _trained = trained;

    /// <summary>Writes a network.</summary>
    /// <param name="trained">An int8 network whose depthwise layers, and no others, are stored as such.</param>
    /// <returns>The bytes of the file: the same for the same network on every machine.</returns>
    /// <exception cref="ArgumentException">The network is not of that kind.</exception>
    public static byte[] Write(TrainedNetwork trained)
    {
        if (trained.Network.Quantization != NetworkQuantization.Int8)
            throw new ArgumentException($"The network is {trained.Network.Quantization}; int8 networks can be written.", nameof(trained));
        if (trained.Layers.FirstOrDefault(l => l.StoredAsDepthwise != (l.Layer.Operator == Operator.Depthwise)) is { } odd)
            throw new ArgumentException($"{odd.Layer.Name} is stored as another kind of convolution than it is.", nameof(trained));
        return new TensorFlowLiteWriter(trained).Write();
    }

    private byte[] Write()
    {
        Network network = _trained.Network;
        TensorScale first = _trained.Input!.Value;
        int[] shape = [1, network.Input.Height, network.Input.Width, network.Input.Channels];
        int input = Outer(Network.InputName, network.InputType, shape, _trained.OuterInput);
        int inner = input;
        if (network.InputType != NetworkQuantization.Int8)
        {
            inner = Map($"{Network.InputName}/quantized", shape, first);
            _file.Operator(BuiltinOperator.Quantize, network.InputType == NetworkQuantization.Float32 ? 1 : 2, [input], inner);
        }

        _maps.Add(Network.InputName, (inner, first));
        foreach (TrainedLayer layer in _trained.Layers)
            Write(layer);

        (int result, TensorScale scale) = _maps[network.Layers[^1].Name];
        int[] row = [1, network.OutputLength];
        if (!network.EndsInSoftmax)
            result = Reshape($"{network.Layers[^1].Name}/row", result, row, scale);
        int output = result;
        if (network.OutputType != NetworkQuantization.Int8)
        {
            output = Outer("result", network.OutputType, row, _trained.OuterOutput);
            _file.Operator(network.OutputType == NetworkQuantization.Float32 ? BuiltinOperator.Dequantize : BuiltinOperator.Quantize, 2, [result], output);
        }

        return _file.ToBytes(network.ClassName, input, output);
    }

    private void Write(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        (int input, TensorScale read) = _maps[layer.Inputs[0]];
        TensorScale written = trained.Output!.Value;
        int[] shape = [1, layer.Output.Height, layer.Output.Width, layer.Output.Channels];
        int output;
        switch (layer.Kind)
        {
            case LayerKind.Add:
                output = Map(layer.Name, shape, written);
                _file.Operator(BuiltinOperator.Add, 2, [input, _maps[layer.Inputs[1]].Tensor], output, AddOptions, Code(layer.Activation));
                break;
            case LayerKind.AveragePool when trained.Pool == PoolKind.MeanInt8:
                output = Map(layer.Name, shape, written);
                int axes = Integers($"{layer.Name}/axes", [2], 1, 2);
                _file.Operator(BuiltinOperator.Mean, 2, [input, axes], output, ReducerOptions, (byte)1);
                break;
            case LayerKind.AveragePool:
                output = Map(layer.Name, shape, written);
                _file.Operator(BuiltinOperator.AveragePool, 2, [input], output, PoolOptions, Valid, 1, 1, layer.Input.Width, layer.Input.Height, Code(Activation.Linear));
                break;
            case LayerKind.MaxPool:
                output = Map(layer.Name, shape, written);
                _file.Operator(BuiltinOperator.MaxPool, 2, [input], output, PoolOptions, Valid, 1, 1, layer.Input.Width, layer.Input.Height, Code(Activation.Linear));
                break;
            case LayerKind.Flatten:
                output = Reshape(layer.Name, input, shape, written);
                break;
            case LayerKind.Tanh or LayerKind.Sigmoid:
                output = Map(layer.Name, shape, written);
                _file.Operator(layer.Operator == Operator.Tanh ? BuiltinOperator.Tanh : BuiltinOperator.Logistic, 2, [input], output);
                break;
            case LayerKind.Softmax:
                int[] row = [1, layer.Output.Channels];
                int logits = Reshape($"{layer.Name}/row", input, row, read);
                output = Map(layer.Name, row, written);
                _file.Operator(BuiltinOperator.Softmax, 2, [logits], output, SoftmaxOptions, 1f);
                break;
            case LayerKind.Convolution or LayerKind.Pointwise or LayerKind.Depthwise or LayerKind.Dense:
                output = Convolution(trained, input, read, shape);
                break;
            default:
                throw new InvalidOperationException($"The TensorFlow Lite writer does not know {layer.Kind}.");
        }

        _maps.Add(layer.Name, (output, written));
    }

    private int Convolution(TrainedLayer trained, int input, TensorScale read, int[] shape)
    {
        Layer layer = trained.Layer;
        var filter = (QuantizedFilter)trained.Filter!;
        bool depthwise = layer.Operator == Operator.Depthwise;
        int[] sizes = depthwise ? [1, layer.Kernel, layer.Kernel, layer.Output.Channels] : [layer.Output.Channels, layer.Kernel, layer.Kernel, layer.Input.Channels];
        float[] biasScales = [.. filter.Scales.Select(s => read.Scale * s)];
        int weights = _file.Tensor($"{layer.Name}/weights", TensorType.Int8, sizes, filter.Scales.AsSpan(), 0, depthwise ? 3 : 0, MemoryMarshal.AsBytes<sbyte>(filter.Weights));
        int bias = _file.Tensor($"{layer.Name}/bias", TensorType.Int32, [layer.Output.Channels], biasScales, 0, 0, LittleEndian(filter.Bias));

        (int source, byte padding) = Pad(trained, input, read);
        int output = Map(layer.Name, shape, trained.Output!.Value);
        byte activation = Code(layer.Activation);
        if (depthwise)
            _file.Operator(BuiltinOperator.Depthwise, 3, [source, weights, bias], output, DepthwiseOptions, padding, layer.Stride, layer.Stride, layer.Multiplier, activation, 1, 1);
        else
            _file.Operator(BuiltinOperator.Convolution, 3, [source, weights, bias], output, ConvolutionOptions, padding, layer.Stride, layer.Stride, activation, 1, 1);
        return output;
    }

    /// <summary>What a convolution reads, and its own padding.</summary>
    private (int Source, byte Padding) Pad(TrainedLayer trained, int input, TensorScale scale)
    {
        Layer layer = trained.Layer;
        Padding same = Padding.Of(layer, PaddingRule.Same);
        if ((trained.PadTop, trained.PadLeft) == (same.Top, same.Left))
            return (input, Same);

        // As many rows and columns behind as the last window reaches.
        int bottom = Behind(layer.Output.Height, layer.Input.Height, trained.PadTop), right = Behind(layer.Output.Width, layer.Input.Width, trained.PadLeft);
        int sizes = Integers($"{layer.Name}/padding", [4, 2], 0, 0, trained.PadTop, bottom, trained.PadLeft, right, 0, 0);
        int padded = Map(
            $"{layer.Name}/padded", [1, trained.PadTop + layer.Input.Height + bottom, trained.PadLeft + layer.Input.Width + right, layer.Input.Channels], scale);
        _file.Operator(BuiltinOperator.Pad, 2, [input, sizes], padded);
        return (padded, Valid);

        int Behind(int outputs, int inputs, int before) => Math.Max(0, ((outputs - 1) * layer.Stride) + layer.Kernel - inputs - before);
    }

    private int Reshape(string name, int input, int[] shape, TensorScale scale)
    {
        int output = Map(name, shape, scale);
        _file.Operator(BuiltinOperator.Reshape, 1, [input, Integers($"{name}/shape", [shape.Length], shape)], output);
        return output;
    }

    private int Map(string name, int[] shape, TensorScale scale) => _file.Tensor(name, TensorType.Int8, shape, [scale.Scale], scale.ZeroPoint);

    /// <summary>What the caller gives or gets.</summary>
    private int Outer(string name, NetworkQuantization type, int[] shape, TensorScale? scale) => scale is { } s
        ? _file.Tensor(name, type == NetworkQuantization.UInt8 ? TensorType.UInt8 : TensorType.Int8, shape, [s.Scale], s.ZeroPoint)
        : _file.Tensor(name, TensorType.Float32, shape);

    private int Integers(string name, int[] shape, params ReadOnlySpan<int> values) => _file.Tensor(name, TensorType.Int32, shape, data: LittleEndian(values));

    private static byte[] LittleEndian(ReadOnlySpan<int> values)
    {
        var bytes = new byte[values.Length * sizeof(int)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        return bytes;
    }

    /// <summary>The schema's number of an activation.</summary>
    private static byte Code(Activation activation) => activation switch
    {
        Activation.Relu => 1,
        Activation.Relu6 => 3,
        _ => 0,
    };
}
