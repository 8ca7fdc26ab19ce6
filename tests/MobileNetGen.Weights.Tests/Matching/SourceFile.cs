using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>What a reader would make of a file that holds a given network: the matcher's job backwards.</summary>
internal sealed class SourceFile
{
    private readonly TrainedNetwork _trained;
    private readonly List<SourceValue> _values = [];
    private readonly List<SourceOperator> _operators = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    private SourceFile(TrainedNetwork trained) => _trained = trained;

    public static SourceNetwork Of(TrainedNetwork trained) => new SourceFile(trained).Write();

    private Network Network => _trained.Network;

    private SourceNetwork Write()
    {
        Shape shape = Network.Input;
        ImmutableArray<int> sizes = [1, shape.Height, shape.Width, shape.Channels];
        int outer = Value("input", Network.InputType, sizes, _trained.OuterInput);
        _places[Network.InputName] = Network.InputType == Network.Quantization ? outer : Convert(outer, Network.Quantization, sizes, _trained.Input);
        foreach (TrainedLayer layer in _trained.Layers)
            Write(layer);

        int last = _places[Network.Layers[^1].Name];
        int result = Network.OutputType == Network.Quantization ? last : Convert(last, Network.OutputType, [1, Network.OutputLength], _trained.OuterOutput);
        return new SourceNetwork(new SourceFormat("Test", PaddingConvention.Same), [.. _operators], [.. _values], [outer], [result]);
    }

    private void Write(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        ImmutableArray<int> sizes = layer.Operator.Name is "flatten" or "dense" or "tanh" or "sigmoid" or "softmax"
            ? [1, layer.Output.Channels]
            : [1, layer.Output.Height, layer.Output.Width, layer.Output.Channels];
        int[] inputs = [.. layer.Inputs.Select(name => _places[name])];
        int output = _places[layer.Name] = Value(layer.Name, Network.Quantization, sizes, trained.Output);
        string place = $"operator {_operators.Count}";
        (int outputs, int channels, int kernel) = (layer.Output.Channels, layer.Input.Channels, layer.Kernel);
        SourceActivation activation = layer.Activation switch
        {
            Activation.Relu => SourceActivation.Relu,
            Activation.Relu6 => SourceActivation.Relu6,
            _ => SourceActivation.None,
        };
        Padding p = Padding.Of(layer, Network.Padding ?? PaddingRule.Same);
        SourcePadding padding = SourcePadding.Explicit(p.Top, p.Left, p.Bottom, p.Right);

        _operators.Add(layer.Operator.Name switch
        {
            "depthwise" => new SourceDepthwise(
                $"{place}, DEPTHWISE", inputs[0], output, Weights(trained, [kernel, kernel, outputs], 2), Bias(trained, inputs[0]), layer.Multiplier, layer.Stride, layer.Stride, padding, activation),
            "dense" => new SourceDense($"{place}, DENSE", inputs[0], output, Weights(trained, [outputs, channels], 0), Bias(trained, inputs[0]), activation),
            "add" => new SourceAdd($"{place}, ADD", inputs[0], inputs[1], output, activation),
            "averagepool" => new SourcePool(
                $"{place}, POOL", inputs[0], output, trained.Pool is PoolKind.MeanInt8 or PoolKind.MeanUInt8 ? SourcePoolKind.Mean : SourcePoolKind.AveragePool, true),
            "maxpool" => new SourcePool($"{place}, MAXIMUM", inputs[0], output, SourcePoolKind.Max, true),
            "flatten" => new SourceFlatten($"{place}, FLATTEN", inputs[0], output),
            "tanh" => new SourceElementwise($"{place}, TANH", inputs[0], output, SourceFunction.Tanh),
            "sigmoid" => new SourceElementwise($"{place}, SIGMOID", inputs[0], output, SourceFunction.Sigmoid),
            "softmax" => new SourceSoftmax($"{place}, SOFTMAX", inputs[0], output, 1),
            _ => new SourceConvolution(
                $"{place}, CONV", inputs[0], output, Weights(trained, [outputs, kernel, kernel, channels], 0), Bias(trained, inputs[0]), layer.Stride, layer.Stride, padding, activation, false),
        });
    }

    private SourceTensor Weights(TrainedLayer trained, ImmutableArray<int> shape, int axis)
    {
        if (trained.Filter is FloatFilter real)
            return new SourceTensor("weights", shape, real.Weights);
        var filter = (QuantizedFilter)trained.Filter!;
        bool signed = Network.Quantization == Quantization.Int8;
        int zeroPoint = filter.ZeroPoint + (signed ? 0 : 128);
        var quantization = new SourceQuantization(filter.Scales, [.. filter.Scales.Select(_ => zeroPoint)], filter.Scales.Length == 1 ? 0 : axis);
        return signed
            ? new SourceTensor("weights", shape, quantization, filter.Weights)
            : new SourceTensor("weights", shape, quantization, [.. filter.Weights.Select(w => (byte)(w + 128))]);
    }

    private SourceTensor Bias(TrainedLayer trained, int input)
    {
        if (trained.Filter is FloatFilter real)
            return new SourceTensor("bias", [real.Bias.Length], real.Bias);
        var filter = (QuantizedFilter)trained.Filter!;
        float scale = _values[input].Quantization!.Scale;
        var quantization = new SourceQuantization([.. filter.Scales.Select(w => scale * w)], [.. filter.Scales.Select(_ => 0)], 0);
        return new SourceTensor("bias", [filter.Bias.Length], quantization, filter.Bias);
    }

    private int Convert(int value, Quantization to, ImmutableArray<int> sizes, TensorScale? scale)
    {
        int output = Value("converted", to, sizes, scale);
        _operators.Add(scale is null
            ? new SourceDequantize($"operator {_operators.Count}, DEQUANTIZE", value, output)
            : new SourceQuantize($"operator {_operators.Count}, QUANTIZE", value, output));
        return output;
    }

    private int Value(string name, Quantization type, ImmutableArray<int> sizes, TensorScale? scale)
    {
        ElementType element = type switch
        {
            Quantization.UInt8 => ElementType.UInt8,
            Quantization.Int8 => ElementType.Int8,
            _ => ElementType.Float32,
        };
        _values.Add(new SourceValue(name, element, sizes, scale is { } s ? new SourceQuantization([s.Scale], [s.ZeroPoint], 0) : null));
        return _values.Count - 1;
    }
}
