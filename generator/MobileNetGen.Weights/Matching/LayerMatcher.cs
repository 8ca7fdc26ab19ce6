using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Parameters;
using NetworkQuantization = MobileNetGen.Compiler.Networks.Quantization;

namespace MobileNetGen.Weights.Matching;

/// <summary>
/// Gives each layer of a network the operator that stands at its place in a weights file, by order and shape; names do not matter. The text
/// decides what the network is: whatever in the file says otherwise is an error at the line that would have to change.
/// </summary>
public sealed class LayerMatcher
{
    private readonly Network _network;
    private readonly SourceNetwork _source;
    private readonly string _file;
    private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private int _next;

    private LayerMatcher(Network network, SourceNetwork source)
    {
        (_network, _source, _file) = (network, source, network.Weights.FileNames);
    }

    /// <summary>Matches a file to a network.</summary>
    /// <exception cref="MatchException">They do not fit.</exception>
    public static TrainedNetwork Match(Network network, SourceNetwork source) => new LayerMatcher(network, source).Match();

    private TrainedNetwork Match()
    {
        if (_source.Inputs.Length != 1 || _source.Outputs.Length != 1)
            throw Unusable($"it has {_source.Inputs.Length} inputs and {_source.Outputs.Length} outputs; a classifier has one of each");

        SourceValue outer = _source.Values[_source.Inputs[0]];
        int inner = SkipConversion(_source.Inputs[0]);
        CheckQuantization(outer, _source.Values[inner]);
        CheckShape(_network.Input, outer, "the input");
        _values[Network.InputName] = inner;

        ImmutableArray<TrainedLayer> layers = [.. _network.Layers.Select(MatchLayer)];
        int last = _values[layers[^1].Layer.Name], result = SkipConversion(last);
        if (_next < _source.Operators.Length)
            _notes.Add($"the network ends with {layers[^1].Layer.Name}; what '{_file}' has behind it, from {_source.Operators[_next].Place} on, is not used");

        return new TrainedNetwork(
            _network, layers, Scale(_source.Values[inner]), Scale(outer), OuterOutput(_source.Values[last], _source.Values[result]), [.. _notes]);
    }

    /// <summary>What the caller gets: the file's own output where the network runs to its end, else the last layer's in the type of the ends.</summary>
    private TensorScale? OuterOutput(SourceValue last, SourceValue result)
    {
        if (result != last || _network.OutputType == _network.Quantization)
            return Scale(result);
        if (_network.OutputType == NetworkQuantization.Float32 || Scale(last) is not { } scale)
            return null;
        return scale with { ZeroPoint = scale.ZeroPoint + (_network.OutputType == NetworkQuantization.UInt8 ? 128 : -128) };
    }

    /// <summary>Passes a QUANTIZE or DEQUANTIZE that reads a value at either end; gives the value behind it.</summary>
    private int SkipConversion(int value)
    {
        if (_next < _source.Operators.Length && _source.Operators[_next] is SourceQuantize or SourceDequantize && _source.Operators[_next].Input == value)
            return _source.Operators[_next++].Output;
        return value;
    }

    private void CheckQuantization(SourceValue outer, SourceValue inner)
    {
        (NetworkQuantization found, NetworkQuantization input, NetworkQuantization output) = (Kind(inner.Type), Kind(outer.Type), Kind(_source.Values[_source.Outputs[0]].Type));
        if (found != _network.Quantization || input != _network.InputType || output != _network.OutputType)
            throw MatchException.QuantizationDiffers(_network, found, input, output);
    }

    private static NetworkQuantization Kind(ElementType type) => type switch
    {
        ElementType.UInt8 => NetworkQuantization.UInt8,
        ElementType.Int8 => NetworkQuantization.Int8,
        _ => NetworkQuantization.Float32,
    };

    private TrainedLayer MatchLayer(Layer layer)
    {
        if (_next >= _source.Operators.Length)
        {
            // A softmax has no numbers, and networks from PyTorch leave it to who calls them: the text says whether there is one.
            if (layer.Kind == LayerKind.Softmax && _network.Quantization == NetworkQuantization.Float32)
            {
                _notes.Add($"'{_file}' ends before {layer.Name}, which is computed from its result");
                _values[layer.Name] = _values[layer.Inputs[0]];
                return new TrainedLayer(layer, null);
            }

            throw new MatchException(
                Rules.LayerCount, layer.Span, $"'{_file}' ends before {layer.Name} ({layer})", "remove the layers that it does not have, or add the file that has them");
        }

        SourceOperator op = _source.Operators[_next++];
        TrainedLayer? trained = (layer.Kind, op) switch
        {
            (LayerKind.Convolution or LayerKind.Pointwise or LayerKind.Dense, SourceConvolution c) => Convolution(layer, c),
            (LayerKind.Dense, SourceDense d) => Dense(layer, d),
            (LayerKind.Pointwise, SourceDense d) when layer.Input.IsVector => Dense(layer, d),
            (LayerKind.Depthwise, SourceDepthwise d) => Depthwise(layer, d),
            (LayerKind.Depthwise, SourceConvolution { StoredAsDepthwise: true } c) when layer.Input.Channels == 1 => Convolution(layer, c),
            (LayerKind.Add, SourceAdd a) => Add(layer, a),
            (LayerKind.AveragePool, SourcePool p) => Pool(layer, p),
            (LayerKind.Softmax, SourceSoftmax s) => Softmax(layer, s),
            _ => null,
        };
        if (trained is null)
            throw Mismatch(layer, "an operator of that kind", op.Place, "describe the network that the file holds");

        // The order of operators alone could pair a layer with one of another branch.
        IEnumerable<int> expected = layer.Inputs.Select(i => _values[i]).Order();
        if (!expected.SequenceEqual(op.Inputs.Order()))
            throw Mismatch(layer, $"to read {string.Join(" and ", layer.Inputs)}", $"{op.Place}, which reads something else", "describe the network that the file holds");

        SourceValue output = _source.Values[op.Output];
        CheckShape(layer.Output, output, layer.Name, layer);
        if (Kind(output.Type) != _network.Quantization)
            throw Mismatch(layer, $"a result of {_network.Quantization}", $"{op.Place} with a result of {output.Type}", "use a file that is quantised throughout");
        _values[layer.Name] = op.Output;
        return trained;
    }

    private TrainedLayer Convolution(Layer layer, SourceConvolution c)
    {
        ImmutableArray<int> shape = c.Weights.Shape;
        CheckFilter(layer, c.Place, new FilterShape(shape[1], shape[2], shape[3], shape[0]), c.StrideHeight, c.StrideWidth);
        TrainedLayer trained = Spatial(layer, c, c.Weights, c.Bias, c.Padding, c.Activation) with { StoredAsDepthwise = c.StoredAsDepthwise };
        return layer.Kind == LayerKind.Depthwise ? trained with { Filter = TapsFirst(trained.Filter!, layer.Output.Channels) } : trained;
    }

    /// <summary>The filter of a convolution of one channel, [out][kernel][kernel][1], in the order of a depthwise one.</summary>
    private static Filter TapsFirst(Filter filter, int outputs) => filter switch
    {
        FloatFilter f => f with { Weights = KernelOrder.SwapLast(f.Weights, 1, outputs, f.Weights.Length / outputs) },
        QuantizedFilter q => q with { Weights = KernelOrder.SwapLast(q.Weights, 1, outputs, q.Weights.Length / outputs) },
        _ => filter,
    };

    private TrainedLayer Depthwise(Layer layer, SourceDepthwise d)
    {
        ImmutableArray<int> shape = d.Weights.Shape;
        CheckFilter(layer, d.Place, new FilterShape(shape[0], shape[1], 1, shape[2]), d.StrideHeight, d.StrideWidth);
        return Spatial(layer, d, d.Weights, d.Bias, d.Padding, d.Activation) with { StoredAsDepthwise = true };
    }

    private TrainedLayer Dense(Layer layer, SourceDense d)
    {
        CheckFilter(layer, d.Place, new FilterShape(1, 1, d.Weights.Shape[1], d.Weights.Shape[0]), 1, 1);
        return Filtered(layer, d, d.Weights, d.Bias, d.Activation);
    }

    private TrainedLayer Add(Layer layer, SourceAdd a)
    {
        CheckActivation(layer, a, a.Activation);
        return new TrainedLayer(layer, Scale(_source.Values[a.Output]));
    }

    private TrainedLayer Pool(Layer layer, SourcePool p)
    {
        (SourceValue input, SourceValue output) = (_source.Values[p.Input], _source.Values[p.Output]);
        if (p.Kind == SourcePoolKind.AveragePool && input.Quantization != output.Quantization)
            throw Mismatch(layer, "equal scales and zero points of input and result", $"{p.Place} with different ones", "convert the network again");
        if (p is { Kind: SourcePoolKind.Mean, KeepDimensions: false } && input.Quantization is not null)
            _notes.Add($"{layer.Name}: a quantised MEAN without kept dimensions is computed like one with; no network was at hand to test that");
        PoolKind? kind = (input.Type, p.Kind) switch
        {
            (ElementType.UInt8, SourcePoolKind.AveragePool) => PoolKind.AverageUInt8,
            (ElementType.UInt8, _) => PoolKind.MeanUInt8,
            (ElementType.Int8, SourcePoolKind.AveragePool) => PoolKind.AverageInt8,
            (ElementType.Int8, _) => PoolKind.MeanInt8,
            _ => null,
        };
        return new TrainedLayer(layer, Scale(output)) { Pool = kind };
    }

    private TrainedLayer Softmax(Layer layer, SourceSoftmax s)
    {
        if (s.Beta != 1)
            throw Mismatch(layer, "a softmax with beta 1", $"{s.Place} with another", "convert the network again");
        SourceValue output = _source.Values[s.Output];
        int zero = output.Type == ElementType.Int8 ? -128 : 0;
        if (output.Quantization is { } q && (q.Scale != 1f / 256 || q.ZeroPoint != zero))
            throw Mismatch(layer, $"a result of scale 1/256 and zero point {zero}, as TensorFlow Lite's softmax has", $"{s.Place} with scale {q.Scale:R} and zero point {q.ZeroPoint}", "convert the network again");
        return new TrainedLayer(layer, Scale(output));
    }

    private TrainedLayer Spatial(Layer layer, SourceOperator op, SourceTensor weights, SourceTensor? bias, SourcePadding source, SourceActivation activation)
    {
        Padding padding = Padding.Of(layer, source);
        Padding needed = Padding.Of(layer, _network, _source.Format);
        if (!padding.Fits(layer))
            throw new MatchException(Rules.PaddingMismatch, layer.Span, $"{layer.Name} ({layer})", needed, _file, padding, "use a network with one of these paddings");

        // Both give the layer's size: rows and columns that only one has at the end are not read.
        if (_network.Padding is not null && (padding.Top, padding.Left) != (needed.Top, needed.Left))
            throw new MatchException(Rules.PaddingMismatch, layer.Span, $"{layer.Name} ({layer})", needed, _file, padding, "remove the statement 'padding' to follow the file");
        return Filtered(layer, op, weights, bias, activation) with { PadTop = padding.Top, PadLeft = padding.Left };
    }

    private TrainedLayer Filtered(Layer layer, SourceOperator op, SourceTensor weights, SourceTensor? bias, SourceActivation activation)
    {
        CheckActivation(layer, op, activation);
        if (Kind(weights.Type) != _network.Quantization)
            throw Mismatch(layer, $"{_network.Quantization.ToString().ToLowerInvariant()} weights", $"{op.Place} with {weights.Type} weights", "use a file that is quantised throughout");
        (SourceValue input, SourceValue output) = (_source.Values[op.Input], _source.Values[op.Output]);
        Filter filter;
        if (weights.Quantization is not { } q)
        {
            filter = new FloatFilter(weights.Floats, bias?.Floats ?? new float[layer.Output.Channels]);
        }
        else
        {
            CheckBias(layer, op, input, output, q, bias);
            bool signed = weights.Type == ElementType.Int8;
            if (signed && q.ZeroPoints.Any(z => z != 0))
                throw Mismatch(layer, "weights with zero point 0, as int8 has", $"{op.Place} with another", "convert the network again");
            sbyte[] values = signed ? weights.SBytes : [.. weights.Bytes.Select(b => (sbyte)(b - 128))];
            filter = new QuantizedFilter(values, signed ? 0 : q.ZeroPoint - 128, q.Scales, bias?.Ints ?? new int[layer.Output.Channels]);
        }

        return new TrainedLayer(layer, Scale(output)) { Filter = filter };
    }

    private void CheckFilter(Layer layer, string place, FilterShape found, int strideHeight, int strideWidth)
    {
        FilterShape needed = FilterShape.Of(layer);
        if (found == needed && strideHeight == layer.Stride && strideWidth == layer.Stride)
            return;
        throw Mismatch(
            layer,
            $"{needed}, stride {layer.Stride}",
            $"{place} with {found}, stride {strideHeight}" + (strideWidth == strideHeight ? "" : $"×{strideWidth}"),
            found.Advice(layer));
    }

    /// <summary>A quantised result whose range already is that of an activation needs none in the file.</summary>
    private void CheckActivation(Layer layer, SourceOperator op, SourceActivation found)
    {
        SourceValue output = _source.Values[op.Output];
        (double minimum, double maximum) = output.RealRange;
        double tolerance = (output.Quantization?.Scale ?? 0) / 2.0;
        bool fits = layer.Activation switch
        {
            Activation.Linear => found == SourceActivation.None,
            Activation.Relu => found == SourceActivation.Relu || (found == SourceActivation.None && minimum >= -tolerance),
            _ => found == SourceActivation.Relu6 || (minimum >= -tolerance && maximum <= 6 + tolerance),
        };
        if (fits)
            return;
        string word = found == SourceActivation.None ? "linear" : found.ToString().ToLowerInvariant();
        string advice = layer.Activation == Activation.Linear || found == SourceActivation.None ? $"write '{word}' after the layer" : $"write: activation {word}";
        throw Mismatch(layer, layer.Activation.ToString().ToLowerInvariant(), $"{op.Place} with {word}", advice);
    }

    /// <summary>The kernels add the bias to the sum of products as it stands, which is right only at the product's scale.</summary>
    private void CheckBias(Layer layer, SourceOperator op, SourceValue input, SourceValue output, Formats.Quantization weights, SourceTensor? bias)
    {
        if (bias?.Quantization is not { } q || input.Quantization is not { } x || output.Quantization is not { } y)
            return;
        for (int i = 0; i < Math.Max(q.Scales.Length, weights.Scales.Length); i++)
        {
            double product = (double)x.Scale * weights.Scales[weights.IsPerTensor ? 0 : i];
            double scale = q.Scales[q.IsPerTensor ? 0 : i];
            if (Math.Abs(scale - product) / y.Scale > 0.02 || q.ZeroPoints[q.IsPerTensor ? 0 : i] != 0)
                throw Mismatch(layer, $"a bias of scale {product:R} (input · weights) and zero point 0", $"{op.Place} with a bias of scale {scale:R}", "convert the network again");
        }
    }

    private void CheckShape(Shape needed, SourceValue found, string what, Layer? layer = null)
    {
        // Reshapes come and go: only the sizes other than 1 count.
        int[] sizes = [.. found.Shape.Where(d => d != 1)];
        if (sizes.SequenceEqual(new[] { needed.Height, needed.Width, needed.Channels }.Where(d => d != 1)))
            return;
        string shape = string.Join("×", found.Shape);
        string advice = layer is null ? "correct 'resolution' or 'input'" : "correct the layer, or 'resolution'";
        throw new MatchException(Rules.LayerMismatch, layer?.Span ?? _network.Weights.Span, layer is null ? what : $"{layer.Name} ({layer})", $"the shape {needed}", _file, $"{shape}", advice);
    }

    private static TensorScale? Scale(SourceValue value) => value.Quantization is { } q ? new TensorScale(q.Scale, q.ZeroPoint) : null;

    private MatchException Mismatch(Layer layer, string needed, string found, string advice) =>
        new(Rules.LayerMismatch, layer.Span, $"{layer.Name} ({layer})", needed, _file, found, advice);

    private MatchException Unusable(string why) => new(Rules.WeightsUnreadable, _network.Weights.Span, _file, why);
}
