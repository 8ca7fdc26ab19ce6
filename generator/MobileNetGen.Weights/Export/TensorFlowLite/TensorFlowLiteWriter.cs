using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

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
    /// <summary>The schema's numbers of paddings.</summary>
    internal const byte Same = 0, Valid = 1;

    /// <summary>The schema's numbers of the operators' options.</summary>
    internal const byte ConvolutionOptions = 1, DepthwiseOptions = 2, PoolOptions = 5, SoftmaxOptions = 9, AddOptions = 11, MultiplyOptions = 21, ReducerOptions = 27;

    private readonly TrainedNetwork _trained;
    private readonly Dictionary<string, (int Tensor, TensorScale Scale)> _maps = new(StringComparer.Ordinal);

    private TensorFlowLiteWriter(TrainedNetwork trained) => _trained = trained;

    /// <summary>The file.</summary>
    internal TensorFlowLiteFile File { get; } = new();

    /// <summary>Writes a network.</summary>
    /// <param name="trained">An int8 network whose depthwise layers, and no others, are stored as such.</param>
    /// <returns>The bytes of the file: the same for the same network on every machine.</returns>
    /// <exception cref="ArgumentException">The network is not of that kind.</exception>
    public static byte[] Write(TrainedNetwork trained)
    {
        if (trained.Network.Quantization != Quantization.Int8)
            throw new ArgumentException($"The network is {trained.Network.Quantization}; int8 networks can be written.", nameof(trained));
        if (trained.Layers.FirstOrDefault(l => l.StoredAsDepthwise != l.Layer.IsDepthwise) is { } odd)
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
        if (network.InputType != Quantization.Int8)
        {
            inner = Map($"{Network.InputName}/quantized", shape, first);
            File.Operator(BuiltinOperator.Quantize, network.InputType == Quantization.Float32 ? 1 : 2, [input], inner);
        }

        _maps.Add(Network.InputName, (inner, first));
        foreach (TrainedLayer layer in _trained.Layers)
        {
            Layer l = layer.Layer;
            int written = TrainedOperator.Of(l).Export(this, layer, Tensor(l.Inputs[0]), [1, l.Output.Height, l.Output.Width, l.Output.Channels]);
            _maps.Add(l.Name, (written, layer.Output!.Value));
        }

        if (network.Detector is not null)
        {
            TrainedDetector detector = _trained.Detector ?? TrainedDetector.Of(network, name => Scale(name));
            return File.ToBytes(network.ClassName, input, new DetectorWriter(this, network, detector).Write());
        }

        return File.ToBytes(network.ClassName, input, [.. network.Outputs.Select((output, i) => Result(output, i == 0))]);
    }

    /// <summary>What the caller gets of a layer.</summary>
    private int Result(NetworkOutput output, bool isFirst)
    {
        Network network = _trained.Network;
        (int result, TensorScale scale) = _maps[output.Layer];
        int[] shape = output.IsVector ? [1, output.Length] : [1, output.Shape.Height, output.Shape.Width, output.Shape.Channels];
        if (output.IsVector && !(isFirst && network.EndsInSoftmax))
            result = Reshape($"{output.Layer}/row", result, shape, scale);
        if (network.OutputType == Quantization.Int8)
            return result;
        TensorScale? outer = isFirst ? _trained.OuterOutput : network.OutputType == Quantization.Float32 ? null : scale with { ZeroPoint = scale.ZeroPoint + 128 };
        int given = Outer(isFirst ? "result" : $"{output.Layer}/result", network.OutputType, shape, outer);
        File.Operator(network.OutputType == Quantization.Float32 ? BuiltinOperator.Dequantize : BuiltinOperator.Quantize, 2, [result], given);
        return given;
    }

    /// <summary>The tensor of a layer's result, or of the input.</summary>
    internal int Tensor(string layer) => _maps[layer].Tensor;

    /// <summary>What its bytes mean.</summary>
    internal TensorScale Scale(string layer) => _maps[layer].Scale;

    /// <summary>Writes the one operator that makes a layer's result.</summary>
    internal int Operator(TrainedLayer trained, int[] shape, int code, int[] inputs, byte optionsType = 0, params ReadOnlySpan<object> options)
    {
        int output = Linear(trained, shape);
        File.Operator(code, 2, inputs, output, optionsType, options);
        return Activate(trained, output, shape);
    }

    /// <summary>Writes a layer with weights.</summary>
    internal int Convolution(TrainedLayer trained, int input, int[] shape)
    {
        Layer layer = trained.Layer;
        TensorScale read = Scale(layer.Inputs[0]);
        var filter = (QuantizedFilter)trained.Filter!;
        bool depthwise = layer.IsDepthwise;
        int[] sizes = depthwise ? [1, layer.Kernel, layer.Kernel, layer.Output.Channels] : [layer.Output.Channels, layer.Kernel, layer.Kernel, layer.Input.Channels];
        float[] biasScales = [.. filter.Scales.Select(s => read.Scale * s)];
        int weights = File.Tensor($"{layer.Name}/weights", TensorType.Int8, sizes, filter.Scales.AsSpan(), 0, depthwise ? 3 : 0, MemoryMarshal.AsBytes<sbyte>(filter.Weights));
        int bias = File.Tensor($"{layer.Name}/bias", TensorType.Int32, [layer.Output.Channels], biasScales, 0, 0, LittleEndian(filter.Bias));

        (int source, byte padding) = Pad(trained, input, read);
        int output = Linear(trained, shape);
        byte activation = Code(layer.Activation);
        if (depthwise)
            File.Operator(BuiltinOperator.Depthwise, 3, [source, weights, bias], output, DepthwiseOptions, padding, layer.Stride, layer.Stride, layer.Multiplier, activation, 1, 1);
        else
            File.Operator(BuiltinOperator.Convolution, 3, [source, weights, bias], output, ConvolutionOptions, padding, layer.Stride, layer.Stride, activation, 1, 1);
        return Activate(trained, output, shape);
    }

    /// <summary>The tensor that a layer's operator writes: its result, or what an activation of operators of its own reads.</summary>
    private int Linear(TrainedLayer trained, int[] shape) =>
        trained.Function is { } function ? Map($"{trained.Layer.Name}/linear", shape, function.Linear) : Map(trained.Layer.Name, shape, trained.Output!.Value);

    /// <summary>Writes HARD_SWISH; or the ADD of 3 with a ReLU6 and the MUL by 1/6 that are a hard sigmoid.</summary>
    private int Activate(TrainedLayer trained, int linear, int[] shape)
    {
        if (trained.Function is null)
            return linear;
        string name = trained.Layer.Name;
        int output = Map(name, shape, trained.Output!.Value);
        if (trained.Layer.Activation == Activation.HSwish)
        {
            File.Operator(BuiltinOperator.HardSwish, 1, [linear], output);
            return output;
        }

        int six = Map($"{name}/relu6", shape, Signed(ActivationTable.Six));
        File.Operator(BuiltinOperator.Add, 2, [linear, Largest($"{name}/three", ActivationTable.Three)], six, AddOptions, Code(Activation.Relu6));
        File.Operator(BuiltinOperator.Mul, 2, [six, Largest($"{name}/sixth", ActivationTable.Sixth)], output, MultiplyOptions, Code(Activation.Linear));
        return output;

        static TensorScale Signed(TensorScale scale) => scale with { ZeroPoint = scale.ZeroPoint - 128 };

        int Largest(string constant, TensorScale scale) => File.Tensor(constant, TensorType.Int8, [], [scale.Scale], Signed(scale).ZeroPoint, 0, [(byte)sbyte.MaxValue]);
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
        File.Operator(BuiltinOperator.Pad, 2, [input, sizes], padded);
        return (padded, Valid);

        int Behind(int outputs, int inputs, int before) => Math.Max(0, ((outputs - 1) * layer.Stride) + layer.Kernel - inputs - before);
    }

    /// <summary>Writes a reshape.</summary>
    internal int Reshape(string name, int input, int[] shape, TensorScale scale)
    {
        int output = Map(name, shape, scale);
        File.Operator(BuiltinOperator.Reshape, 1, [input, Integers($"{name}/shape", [shape.Length], shape)], output);
        return output;
    }

    /// <summary>Adds a map.</summary>
    internal int Map(string name, int[] shape, TensorScale scale) => File.Tensor(name, TensorType.Int8, shape, [scale.Scale], scale.ZeroPoint);

    /// <summary>What the caller gives or gets.</summary>
    private int Outer(string name, Quantization type, int[] shape, TensorScale? scale) => scale is { } s
        ? File.Tensor(name, type == Quantization.UInt8 ? TensorType.UInt8 : TensorType.Int8, shape, [s.Scale], s.ZeroPoint)
        : File.Tensor(name, TensorType.Float32, shape);

    /// <summary>Adds constants.</summary>
    internal int Integers(string name, int[] shape, params ReadOnlySpan<int> values) => File.Tensor(name, TensorType.Int32, shape, data: LittleEndian(values));

    private static byte[] LittleEndian(ReadOnlySpan<int> values)
    {
        var bytes = new byte[values.Length * sizeof(int)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        return bytes;
    }

    /// <summary>The schema's number of an activation.</summary>
    internal static byte Code(Activation activation) => activation switch
    {
        Activation.Relu => 1,
        Activation.Relu6 => 3,
        _ => 0,
    };
}
