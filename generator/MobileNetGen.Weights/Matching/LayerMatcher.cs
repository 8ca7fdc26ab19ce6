using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Matching;

/// <summary>
/// Gives each layer of a network the operator that stands at its place in a weights file: the one that reads what the layer reads. Names and the order in the file do not matter. The text
/// decides what the network is: whatever in the file says otherwise is an error at the line that would have to change.
/// </summary>
public sealed class LayerMatcher
{
    private readonly Network _network;
    private readonly SourceNetwork _source;
    private readonly string _file;
    private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);
    private readonly ILookup<int, SourceOperator> _readers;
    private readonly HashSet<SourceOperator> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _notes;
    private readonly List<Assumption> _assumptions;

    /// <summary>A detector's predictors, by the layers that they are: shapes do not always tell boxes from scores, or either from the rest.</summary>
    private readonly Dictionary<string, SourceOperator> _predictors = new(StringComparer.Ordinal);

    private readonly DetectorMatcher? _detector;

    private LayerMatcher(Network network, SourceNetwork source)
    {
        (_network, _source, _file) = (network, source, network.Weights.FileNames);
        _readers = source.Operators.SelectMany(step => step.Inputs.Distinct().Select(input => (input, step))).ToLookup(pair => pair.input, pair => pair.step);
        (_notes, _assumptions) = ([.. Notes.Of(source, _file)], []);
        _detector = network.Detector is null ? null : new DetectorMatcher(network, _file, _notes);
    }

    /// <summary>Matches a file to a network.</summary>
    /// <exception cref="MatchException">They do not fit.</exception>
    public static TrainedNetwork Match(Network network, SourceNetwork source) => new LayerMatcher(network, source).Match();

    private TrainedNetwork Match()
    {
        if (_source.Inputs.Length != 1 || _source.Outputs.IsEmpty)
            throw Unusable($"it has {_source.Inputs.Length} inputs and {_source.Outputs.Length} outputs; a classifier has one of each");

        SourceValue outer = _source.Values[_source.Inputs[0]];
        int inner = Converted(_source.Inputs[0]);
        if (Kind(_source.Values[inner].Type) != _network.Quantization || Kind(outer.Type) != _network.InputType)
            throw QuantizationDiffers(_source.Values[inner], outer);
        CheckShape(_network.Input, outer, "the input");
        CheckNormalization();
        _values[Network.InputName] = inner;
        FindPredictors();

        ImmutableArray<TrainedLayer> layers = [.. _network.Layers.Select(MatchLayer)];
        int last = _values[layers[^1].Layer.Name], result = Converted(last);
        if (_source.Outputs.Contains(result) && Kind(_source.Values[result].Type) != _network.OutputType)
            throw QuantizationDiffers(_source.Values[inner], outer);
        CheckOutputs();
        if (_source.Operators.FirstOrDefault(step => !_taken.Contains(step)) is { } left)
            _notes.Add($"the network ends with {layers[^1].Layer.Name}; what '{_file}' has behind it, from {left.Place} on, is not used");

        TrainedDetector? detector = MatchDetector();
        return new TrainedNetwork(
            _network, layers, Scale(_source.Values[inner]), Scale(outer), OuterOutput(_source.Values[last], _source.Values[result]), [.. _notes])
        {
            Assumptions = [.. _assumptions],
            Detector = detector,
        };
    }

    /// <summary>Compares the predictors of a detector, and says which layers they are.</summary>
    private void FindPredictors()
    {
        if (_source.Detector is not { } found)
            return;
        if (_detector is null)
            throw Unusable("it is a detector's, and the text has no detector; name a built-in one, or end the text with a block 'detector' in place of 'head'");
        _detector.CheckPredictors(_source);
        foreach ((SourceHead head, DetectorMap map) in found.Heads.Zip(_network.Detector!.Maps))
        {
            AddPredictor(map.Boxes, head.Boxes);
            AddPredictor(map.Scores, head.Scores);
        }

        void AddPredictor(string layer, int value)
        {
            SourceOperator predictor = Producer(value)!;
            _predictors[layer] = predictor;

            // A depthwise layer before it that nothing else reads is its own.
            if (Producer(predictor.Input) is SourceDepthwise before && _readers[before.Output].Count() == 1 && !_source.Outputs.Contains(before.Output))
                _predictors[layer + "_depthwise"] = before;
        }
    }

    private SourceOperator? Producer(int value) => _source.Operators.FirstOrDefault(step => step.Output == value);

    private TrainedDetector? MatchDetector()
    {
        if (_detector is null)
            return null;
        if (_source.Detector is { } found)
            _detector.CheckStatements(found);
        if (_source.Detector?.Anchors is { } anchors)
            _detector.CheckAnchors(anchors);
        _assumptions.AddRange(Assumptions.Boxes(_network, _source.Detector, hasAnchors: _source.Detector?.Anchors is not null));
        return _detector.Trained(_source.Detector, _source.Detector?.Anchors, name => Scale(_source.Values[_values[name]]));
    }

    /// <summary>A file of several results has been made to give them: the text has to say which layers' they are.</summary>
    private void CheckOutputs()
    {
        if (_source.Outputs.Length == 1)
            return;
        HashSet<int> own = [];
        foreach ((int i, NetworkOutput output) in _network.Outputs.Index())
        {
            int value = _values[output.Layer];
            own.Add(value);
            foreach (SourceOperator conversion in _readers[value].Where(step => step is SourceQuantize or SourceDequantize && _source.Outputs.Contains(step.Output)))
            {
                // The first result is given at the scale that the file has at its end, others as their layers have them.
                if (i > 0 && Meaning(conversion.Output) is { } given && Meaning(value) is { } layers && given != layers)
                    throw Unusable($"{conversion.Place} gives {output.Name} at scale {given.Scale:R} and zero point {given.ZeroPoint}, and the layer has {layers.Scale:R} and {layers.ZeroPoint} (both unsigned); convert the network so that the two are equal");
                own.Add(conversion.Output);
                _taken.Add(conversion);
            }
        }

        foreach ((int index, int output) in _source.Outputs.Index())
        {
            if (own.Contains(output))
                continue;
            int read = _source.Operators.FirstOrDefault(step => step.Output == output && step is SourceQuantize or SourceDequantize)?.Input ?? output;
            string layer = _values.FirstOrDefault(pair => pair.Value == output || pair.Value == read).Key;
            throw Unusable($"its result number {index + 1} {(layer is null ? "is that of no layer here; describe the network that the file holds" : $"is that of {layer}; write: output {layer}")}");
        }
    }

    /// <summary>What the bytes of a value mean, in the unsigned domain: there a conversion between int8 and uint8 changes nothing.</summary>
    private TensorScale? Meaning(int value) => Scale(_source.Values[value]) is { } scale
        ? scale with { ZeroPoint = scale.ZeroPoint + (_source.Values[value].Type == ElementType.Int8 ? 128 : 0) }
        : null;

    /// <summary>What the caller gets: the file's own output where the network runs to its end, else the last layer's in the type of the end.</summary>
    private TensorScale? OuterOutput(SourceValue last, SourceValue result)
    {
        if (Kind(result.Type) == _network.OutputType)
            return Scale(result);
        if (_network.OutputType == Quantization.Float32 || Scale(last) is not { } scale)
            return null;
        if (Kind(last.Type) == _network.OutputType)
            return scale;
        return scale with { ZeroPoint = scale.ZeroPoint + (_network.OutputType == Quantization.UInt8 ? 128 : -128) };
    }

    /// <summary>Passes the QUANTIZE or DEQUANTIZE that alone reads a value at either end; gives the value behind it.</summary>
    private int Converted(int value)
    {
        if (_readers[value].ToList() is not [SourceQuantize or SourceDequantize] only)
            return value;
        _taken.Add(only[0]);
        return only[0].Output;
    }

    /// <summary>What the file does to pixels, in itself or by its metadata, has to be what the text does; what it does not say is assumed.</summary>
    private void CheckNormalization()
    {
        if (_network.InputType != Quantization.Float32)
            return;
        _assumptions.AddRange(Assumptions.Pixels(_network, _source));
        if (_source.Preprocessing is null && _source.Normalization is null)
            return;

        int channels = _network.Input.Channels;
        PixelMap own = PixelMap.Of(_network.Normalization, channels);
        PixelMap[] possible = [.. PixelMap.Inputs(_source, channels).Select(i => PixelMap.Of(i.Input, _source.Preprocessing, channels))];
        if (possible.Any(own.Fits))
            return;
        string does = _source.Preprocessing is { Place: var place } ? $"computes with pixels itself, up to {place}" : "states its normalisation";
        throw new MatchException(Rules.NormalizationMismatch, Place.Statement("normalize"), own, _file, does, string.Join(", or: normalize ", possible.Select(p => p.ToString()).Distinct()));
    }

    private MatchException QuantizationDiffers(SourceValue inner, SourceValue outer) =>
        MatchException.QuantizationDiffers(_network, Kind(inner.Type), Kind(outer.Type), Kind(_source.Values[_source.Outputs[0]].Type));

    private static Quantization Kind(ElementType type) => type switch
    {
        ElementType.UInt8 => Quantization.UInt8,
        ElementType.Int8 => Quantization.Int8,
        _ => Quantization.Float32,
    };

    private TrainedLayer MatchLayer(Layer layer)
    {
        int[] inputs = [.. layer.Inputs.Select(i => _values[i]).Order()];
        var kind = TrainedOperator.Of(layer);
        if (kind.ChangesNothing(layer))
            return Unchanged(layer, inputs[0]);
        SourceOperator[] readers = [.. inputs.SelectMany(value => _readers[value]).Distinct().Where(step => !_taken.Contains(step))];
        if (_predictors.Count > 0)
            readers = Predictors(layer, readers);
        if (readers.Length == 0)
            return Missing(layer, inputs[0]);

        // A branch begins with several readers of one value: kind and shape tell them apart, and the file's order those that are alike.
        SourceOperator[] fitting = [.. readers.Where(step => step.Inputs.Order().SequenceEqual(inputs) && kind.Fits(layer, step))];
        if (fitting.Length == 0)
        {
            SourceOperator other = readers.FirstOrDefault(step => kind.Fits(layer, step)) ?? readers[0];
            throw kind.Fits(layer, other)
                ? Mismatch(layer, $"to read {string.Join(" and ", layer.Inputs)}", $"{other.Place}, which reads something else", "describe the network that the file holds")
                : Mismatch(layer, "an operator of that kind", other.Place, TrainedOperator.Advice(layer, other));
        }

        SourceOperator op = fitting.FirstOrDefault(step => FilterShape.Of(step) is { } shape && shape == FilterShape.Of(layer)) ?? fitting[0];
        _taken.Add(op);
        TrainedLayer trained = kind.Match(this, layer, op);
        SourceValue output = Value(op.Output);
        CheckShape(layer.Output, output, layer.Name, layer);
        if (Kind(output.Type) != _network.Quantization)
            throw Mismatch(layer, $"a result of {_network.Quantization}", $"{op.Place} with a result of {output.Type}", "use a file that is quantised throughout");
        _values[layer.Name] = op.Output;
        return trained;
    }

    /// <summary>Of what reads a map, the predictor that a layer is, or what is no predictor.</summary>
    private SourceOperator[] Predictors(Layer layer, SourceOperator[] readers)
    {
        if (_predictors.TryGetValue(layer.Name, out SourceOperator? own))
            return readers.Contains(own) ? [own] : throw Mismatch(layer, $"to read {layer.Inputs[0]}", $"{own.Place}, which reads something else", PredictAdvice(layer));
        bool isPart = _network.Detector!.Maps.Any(map => layer.Name == map.Boxes + "_depthwise" || layer.Name == map.Scores + "_depthwise");
        if (isPart && _predictors.TryGetValue(layer.Name[..^"_depthwise".Length], out SourceOperator? whole))
            throw Mismatch(layer, "a depthwise layer of its own", $"{whole.Place}, which reads {layer.Inputs[0]} itself", PredictAdvice(layer));
        return [.. readers.Where(step => !_predictors.ContainsValue(step))];
    }

    /// <summary>What a predictor of the file is called in the text.</summary>
    private string PredictAdvice(Layer layer)
    {
        DetectorMap map = _network.Detector!.Maps.First(m => layer.Name.StartsWith(m.Boxes, StringComparison.Ordinal) || layer.Name.StartsWith(m.Scores, StringComparison.Ordinal));
        string name = layer.Name.StartsWith(map.Boxes, StringComparison.Ordinal) ? map.Boxes : map.Scores;
        bool isSeparable = _predictors.TryGetValue(name + "_depthwise", out SourceOperator? before);
        int kernel = FilterShape.Of(isSeparable ? before! : _predictors[name])?.Height ?? 1;
        return $"write, for all maps or at the end of this one's line: predict kernel {kernel}{(isSeparable ? " separable" : "")}";
    }

    /// <summary>A layer that the file does not have because it changes nothing.</summary>
    private TrainedLayer Unchanged(Layer layer, int value)
    {
        _values[layer.Name] = value;
        return new TrainedLayer(layer, Scale(_source.Values[value]));
    }

    /// <summary>A layer at which the file has ended.</summary>
    private TrainedLayer Missing(Layer layer, int value)
    {
        // A softmax has no numbers, and networks from PyTorch leave it to who calls them: the text says whether there is one.
        if (_network.EndsInProbabilities && layer == _network.Layers[^1] && _network.Quantization == Quantization.Float32)
        {
            _notes.Add($"'{_file}' ends before {layer.Name}, which is computed from its result");
            _assumptions.AddRange(Assumptions.End(_network));
            return Unchanged(layer, value);
        }

        throw new MatchException(
            Rules.LayerCount, Place.Layer(layer), $"'{_file}' ends before {layer.Name} ({layer})", "remove the layers that it does not have, or add the file that has them");
    }

    /// <summary>What a file has of a value.</summary>
    internal SourceValue Value(int value) => _source.Values[value];

    /// <summary>Says what a user should know of the file.</summary>
    internal void Note(string note) => _notes.Add(note);

    /// <summary>A layer without weights.</summary>
    internal TrainedLayer Plain(Layer layer, SourceOperator op) => new(layer, Scale(Value(op.Output)))
    {
        Function = op.ByteFunction is { } function && Scale(Value(function.Linear)) is { } linear ? new ByteFunction(linear, ActivationTable.Of(function, value => Meaning(value)!.Value, Value(function.Linear).Type == ElementType.Int8 ? 128 : 0)) : null,
    };

    /// <summary>A layer that gives numbers as it reads them.</summary>
    internal TrainedLayer Unscaled(Layer layer, SourceOperator op) => Value(op.Input).Quantization == Value(op.Output).Quantization
        ? Plain(layer, op)
        : throw Mismatch(layer, "equal scales and zero points of input and result", $"{op.Place} with different ones", "convert the network again");

    /// <summary>A layer whose result has the scale that TensorFlow Lite's operator gives, whatever it reads.</summary>
    internal TrainedLayer Fixed(Layer layer, SourceOperator op, FixedScale needed, string scale)
    {
        SourceValue output = Value(op.Output);
        int zero = needed.ZeroPointOf(output.Type);
        return output.Quantization is not { } q || (q.Scale == needed.Scale && q.ZeroPoint == zero)
            ? Plain(layer, op)
            : throw Mismatch(
                layer, $"a result of scale {scale} and zero point {zero}, as TensorFlow Lite's {layer.Operator.Name} has",
                $"{op.Place} with scale {q.Scale:R} and zero point {q.ZeroPoint}", "convert the network again");
    }

    /// <summary>A layer with weights.</summary>
    internal TrainedLayer Filtered(Layer layer, SourceOperator op) => op switch
    {
        SourceConvolution c => Convolution(layer, c),
        SourceDepthwise d => Depthwise(layer, d),
        SourceDense d => Dense(layer, d),
        _ => throw new InvalidOperationException($"Matching does not know {op.Place}."),
    };

    private TrainedLayer Convolution(Layer layer, SourceConvolution c)
    {
        ImmutableArray<int> shape = c.Weights.Shape;
        CheckFilter(layer, c.Place, new FilterShape(shape[1], shape[2], shape[3], shape[0]), c.StrideHeight, c.StrideWidth);
        TrainedLayer trained = Spatial(layer, c, c.Weights, c.Bias, c.Padding, c.Activation) with { StoredAsDepthwise = c.StoredAsDepthwise };
        return layer.IsDepthwise ? trained with { Filter = TapsFirst(trained.Filter!, layer.Output.Channels) } : trained;
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

    private TrainedLayer Spatial(Layer layer, SourceOperator op, SourceTensor weights, SourceTensor? bias, SourcePadding source, SourceActivation activation)
    {
        Padding padding = Padding.Of(layer, source);
        Padding needed = Padding.Of(layer, _network, _source.Conventions);
        if (!padding.Fits(layer))
            throw new MatchException(Rules.PaddingMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, padding, "use a network with one of these paddings");

        // Both give the layer's size: rows and columns that only one has at the end are not read.
        if (_network.Padding is not null && (padding.Top, padding.Left) != (needed.Top, needed.Left))
            throw new MatchException(Rules.PaddingMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, padding, "remove the statement 'padding' to follow the file");
        return Filtered(layer, op, weights, bias, activation) with { PadTop = padding.Top, PadLeft = padding.Left };
    }

    private TrainedLayer Filtered(Layer layer, SourceOperator op, SourceTensor weights, SourceTensor? bias, SourceActivation activation)
    {
        CheckActivation(layer, op, activation);
        if (Kind(weights.Type) != _network.Quantization)
            throw Mismatch(layer, $"{_network.Quantization.ToString().ToLowerInvariant()} weights", $"{op.Place} with {weights.Type} weights", "use a file that is quantised throughout");
        (SourceValue input, SourceValue output) = (Value(op.Input), Value(op.ByteFunction?.Linear ?? op.Output));
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

        return Plain(layer, op) with { Filter = filter };
    }

    private void CheckFilter(Layer layer, string place, FilterShape found, int strideHeight, int strideWidth)
    {
        FilterShape needed = FilterShape.Of(layer);
        if (found == needed && strideHeight == layer.Stride && strideWidth == layer.Stride)
            return;
        throw new MatchException(
            Rules.LayerMismatch, found.PlaceFor(layer), $"{layer.Name} ({layer})", $"{needed}, stride {layer.Stride}", _file,
            $"{place} with {found}, stride {strideHeight}" + (strideWidth == strideHeight ? "" : $"×{strideWidth}"), found.Advice(layer));
    }

    /// <summary>A quantised result whose range already is that of an activation needs none in the file.</summary>
    internal void CheckActivation(Layer layer, SourceOperator op, SourceActivation found)
    {
        SourceValue output = Value(op.Output);
        (double minimum, double maximum) = output.RealRange;
        double tolerance = (output.Quantization?.Scale ?? 0) / 2.0;
        bool fits = layer.Activation switch
        {
            Activation.Linear => found == SourceActivation.None,
            Activation.Relu => found == SourceActivation.Relu || (found == SourceActivation.None && minimum >= -tolerance),
            Activation.HSwish => found == SourceActivation.HSwish,
            Activation.HSigmoid => found == SourceActivation.HSigmoid,
            _ => found == SourceActivation.Relu6 || (found is SourceActivation.None or SourceActivation.Relu && minimum >= -tolerance && maximum <= 6 + tolerance),
        };
        if (fits)
            return;
        string word = found == SourceActivation.None ? "linear" : found.ToString().ToLowerInvariant();
        string advice = layer.Activation == Activation.Linear || !layer.Activation.IsClamp() || found is SourceActivation.None or SourceActivation.HSwish or SourceActivation.HSigmoid ? $"write '{word}' after the layer" : $"write: activation {word}";
        throw Mismatch(layer, layer.Activation.Word(), $"{op.Place} with {word}", advice);
    }

    /// <summary>The kernels add the bias to the sum of products as it stands, which is right only at the product's scale.</summary>
    private void CheckBias(Layer layer, SourceOperator op, SourceValue input, SourceValue output, Formats.SourceQuantization weights, SourceTensor? bias)
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
        // A vector's dimensions of size 1 come and go with reshapes. Those of a map say which of its sizes is which.
        int[] sizes = [.. found.Shape.Where(d => d != 1)];
        bool fits = needed.IsVector
            ? sizes.SequenceEqual(new[] { needed.Channels }.Where(d => d != 1))
            : found.Shape.Length >= 3 && found.Shape[..^3].All(d => d == 1) && found.Shape.AsSpan()[^3..].SequenceEqual([needed.Height, needed.Width, needed.Channels]);
        if (fits)
            return;
        (Place place, string advice) = layer is null ? InputAdvice(needed, found) : (Place.Layer(layer), "correct the layer, or 'resolution'");
        throw new MatchException(
            Rules.LayerMismatch, place, layer is null ? what : $"{layer.Name} ({layer})", $"the shape {needed}", _file, string.Join("×", found.Shape), advice);
    }

    /// <summary>Where an input of another shape is to be mended, and how.</summary>
    private static (Place Place, string Advice) InputAdvice(Shape needed, SourceValue found) => found.Shape switch
    {
        [.., var height, var width, var channels] when channels == needed.Channels => (Place.Statement("resolution"), $"write: resolution {VariantText.Resolution(height, width)}"),
        [.., _, _, 1] => (Place.Statement("input"), "write: input grey"),
        [.., _, _, 3] when needed.Channels == 1 => (Place.Statement("input"), "write: input rgb"),
        _ => (Place.Weights, "correct 'resolution' or 'input'"),
    };

    private static TensorScale? Scale(SourceValue value) => value.Quantization is { } q ? new TensorScale(q.Scale, q.ZeroPoint) : null;

    internal MatchException Mismatch(Layer layer, string needed, string found, string advice) =>
        new(Rules.LayerMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, found, advice);

    private MatchException Unusable(string why) => new(Rules.WeightsUnreadable, Place.Weights, _file, why);
}
