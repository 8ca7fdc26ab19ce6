using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>The operators that compute with what depends on the network's input.</content>
internal sealed partial class NetworkBuilder
{
    private GraphValue Compute(StoredOperator step)
    {
        switch (step.Code)
        {
            case BuiltinOperator.Convolution or BuiltinOperator.Depthwise:
                return Convolution(step);
            case BuiltinOperator.FullyConnected:
                return Dense(step);
            case BuiltinOperator.Add when !step.Inputs.Any(_constants.IsConstant):
                return Result(step, Activate(step, 0, _builder.Sum(step.Place, Real(step, 0), Real(step, 1))));
            case BuiltinOperator.Mul when !step.Inputs.Any(_constants.IsConstant):
                return Result(step, Activate(step, 0, _builder.Product(step.Place, Real(step, 0), Real(step, 1))));
            case BuiltinOperator.Add or BuiltinOperator.Sub or BuiltinOperator.Mul or BuiltinOperator.Div:
                return Affine(step);
            case BuiltinOperator.HardSwish:
                return Result(step, _builder.HardSwish(step.Place, Real(step, 0)));
            case BuiltinOperator.AveragePool or BuiltinOperator.MaxPool:
                return Pool(step);
            case BuiltinOperator.Mean or BuiltinOperator.Sum or BuiltinOperator.ReduceMax:
                return Reduce(step);
            case BuiltinOperator.Softmax:
                float beta = step.Options.Single(0);
                if (!float.IsFinite(beta) || beta <= 0)
                    throw FlatTable.Broken($"{step.Place}, has a beta that is not finite and positive");
                return Result(step, _builder.Softmax(step.Place, Real(step, 0), -1, beta));
            case BuiltinOperator.Logistic:
                CheckFixed(step, FixedScale.Unit);
                return Result(step, _builder.Sigmoid(step.Place, Real(step, 0)));
            case BuiltinOperator.Tanh:
                CheckFixed(step, FixedScale.SignedUnit);
                return Result(step, _builder.Tanh(step.Place, Real(step, 0)));
            case BuiltinOperator.Relu or BuiltinOperator.Relu6:
                GraphValue value = Real(step, 0);
                CheckUnchanged(step);
                return Result(step, _builder.Clamp(step.Place, value, 0, step.Code == BuiltinOperator.Relu6 ? 6 : float.PositiveInfinity));
            case BuiltinOperator.Minimum or BuiltinOperator.Maximum:
                return Bound(step);
            case BuiltinOperator.Pad or BuiltinOperator.PadV2:
                return Pad(step);
            case BuiltinOperator.Reshape or BuiltinOperator.Squeeze or BuiltinOperator.ExpandDims:
                GraphValue before = Value(step, 0);
                CheckUnchanged(step);
                return _builder.Reshape(step.Place, before, NewShape(step, before.Shape));
            case BuiltinOperator.Transpose:
                GraphValue from = Value(step, 0);
                CheckUnchanged(step);
                return GraphBuilder.Transpose(step.Place, from, _constants.Integers(step, step.Inputs[1]).Values);
            case BuiltinOperator.Cast:
                return Cast(step);
            case BuiltinOperator.Quantize:
                GraphValue real = Real(step, 0);
                if (TypeOf(step.Place, step.Outputs[0]) == ElementType.Float32)
                    throw FlatTable.Broken($"{step.Place}, makes float32");
                return Quantized(step, real);
            case BuiltinOperator.Dequantize:
                GraphValue integers = Value(step, 0);
                (ElementType read, ElementType made) = (TypeOf(step.Place, step.Inputs[0]), TypeOf(step.Place, step.Outputs[0]));
                if (read == ElementType.Float32 || made != ElementType.Float32)
                    throw FlatTable.Broken($"{step.Place}, makes {made} of {read}");
                bool isPixels = read == ElementType.UInt8 && !_readers[step.Outputs[0]].Any(reader => reader.Code == BuiltinOperator.Quantize) && _model.Inputs.Contains(step.Inputs[0]);
                return isPixels ? Pixels(step, integers) : Real(step, 0, integers);
            default:
                throw new WeightsException($"{step.Place}, is understood where exporters compute sizes, and reads what is none. Export the network with a fixed input shape.");
        }
    }

    private GraphValue Convolution(StoredOperator step)
    {
        bool isDepthwise = step.Code == BuiltinOperator.Depthwise;
        FlatTable options = step.Options;
        byte padding = options.Byte(0);
        (int strideWidth, int strideHeight) = (options.Int32(1), options.Int32(2));
        (int dilationWidth, int dilationHeight) = (options.Int32(isDepthwise ? 5 : 4, 1), options.Int32(isDepthwise ? 6 : 5, 1));
        if (strideWidth < 1 || strideHeight < 1 || padding > 1)
            throw FlatTable.Broken($"{step.Place}, has stride {strideHeight}×{strideWidth} and padding {padding}");
        if (dilationWidth != 1 || dilationHeight != 1)
            throw new WeightsException($"{step.Place}, has dilation {dilationHeight}×{dilationWidth}; a MobileNet classifier has none. Export it with output stride 32.");

        GraphValue input = Real(step, 0);
        SourceTensor weights = _constants.Weights(step, step.Inputs[1], "weights");
        if (input.Shape.Length != 4 || weights.Shape.Length != 4)
            throw new WeightsException($"{step.Place}: weights of [{string.Join(", ", weights.Shape)}] do not fit {input}; one map, [1, height, width, channels], was expected.");
        CheckTypes(step, weights, axis: isDepthwise ? 3 : 0);
        SourcePadding around = padding == 0 ? SourcePadding.Same : SourcePadding.None;
        if (!isDepthwise)
        {
            CheckBiasType(step, 6);
            return Result(step, Activate(step, 3, _builder.Convolution(step.Place, input, weights, Bias(step, weights.Shape[0]), strideHeight, strideWidth, around)));
        }

        if (weights.Shape is not [1, int height, int width, int channels] || channels % input.Shape[^1] != 0)
            throw new WeightsException($"{step.Place}: weights of [{string.Join(", ", weights.Shape)}] (1, height, width, out) do not fit a map of {input}.");
        if (options.Int32(3) is not 0 and var multiplier && multiplier != channels / input.Shape[^1])
            throw new WeightsException($"{step.Place}, states {multiplier} results a channel and has weights for {channels / input.Shape[^1]}; one number was expected. The file is damaged; export it again.");
        weights = weights.Reshape([height, width, channels], 2);
        return Result(step, Activate(step, 4, _builder.Depthwise(step.Place, input, weights, Bias(step, channels), strideHeight, strideWidth, around)));
    }

    private GraphValue Dense(StoredOperator step)
    {
        if (step.Options.Byte(1) != 0)
            throw new WeightsException($"{step.Place}, has its weights shuffled for one processor; export it with the default weights format.");
        CheckBiasType(step, 4);
        GraphValue row = Value(step, 0);
        SourceTensor weights = _constants.Weights(step, step.Inputs[1], "weights");
        StoredTensor result = _model.Tensor(step.Outputs[0]);
        if (weights.Shape is not [int channels, int length] || row.Count != length || result.Count != channels)
        {
            throw new WeightsException(
                $"{step.Place}: weights of [{string.Join(", ", weights.Shape)}] do not take [{string.Join(", ", row.Shape)}] to [{string.Join(", ", result.Shape)}].");
        }

        // The operator reads all elements as one row, whatever their shape.
        GraphValue input = Real(step, 0, _builder.Reshape(step.Place, row, [1, length]));
        bool isHybrid = CheckTypes(step, weights, axis: 0);
        if (step.Options.Byte(3) != 0 && !isHybrid)
            throw new WeightsException($"{step.Place}, says how to round what it reads as it runs, and has no int8 weights on float32 numbers, where that is done. Export the network again.");
        GraphValue value = Result(step, Activate(step, 0, _builder.Dense(step.Place, input, weights, Bias(step, channels))));
        return _builder.Reshape(step.Place, value, [.. result.Shape.Select(size => (long)size)]);
    }

    /// <summary>Float32 throughout, or uint8 with per-tensor weights, or int8 with symmetric weights; or int8 weights on float32 numbers, which is said to be so.</summary>
    private bool CheckTypes(StoredOperator step, SourceTensor weights, int axis)
    {
        ElementType type = TypeOf(step.Place, step.Inputs[0]);
        bool isHybrid = type == ElementType.Float32 && weights.Type == ElementType.Int8;
        if (weights.Type != type && !isHybrid)
        {
            throw new WeightsException(
                $"{step.Place}, has {weights.Type} weights and reads {type}; both of one type, or int8 weights on float32 numbers, were expected. "
                + "Quantise activations too (full integer quantisation), or keep float weights.");
        }

        if (weights.Quantization is { IsPerTensor: false } q && q.Axis != axis)
            throw new WeightsException($"{step.Place}: the scales of its \"{weights.Name}\" run along dimension {q.Axis}; {axis}, the output channels, was expected.");
        if (type == ElementType.UInt8 && !weights.Quantization!.IsPerTensor)
            throw new WeightsException($"{step.Place}, has a scale per channel; uint8 weights have one.");
        if (weights.Type == ElementType.Int8 && weights.Quantization!.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has int8 weights with a zero point; symmetric ones were expected.");
        if (isHybrid)
            _hybrid.Add(step.Place);
        return isHybrid;
    }

    private SourceTensor? Bias(StoredOperator step, int channels)
    {
        if (step.Inputs.Length < 3 || step.Inputs[2] < 0)
            return null;
        SourceTensor bias = _constants.Weights(step, step.Inputs[2], "biases");
        ElementType type = TypeOf(step.Place, step.Inputs[0]);
        if (bias.Type != (type == ElementType.Float32 ? ElementType.Float32 : ElementType.Int32))
            throw new WeightsException($"{step.Place}, has {bias.Type} biases and reads {type}; int32 biases go with quantised networks, float32 ones with float32.");
        if (bias.Count != channels || bias.Shape is not [.., var last] || last != channels)
            throw new WeightsException($"{step.Place}: biases of [{string.Join(", ", bias.Shape)}] do not fit {channels} channels.");
        if (bias.Quantization is { IsPerTensor: false } q && q.Axis != bias.Shape.Length - 1)
            throw new WeightsException($"{step.Place}: the scales of its \"{bias.Name}\" run along dimension {q.Axis}; {bias.Shape.Length - 1}, the output channels, was expected.");
        if (bias.Quantization is { } z && z.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has biases with a zero point; none was expected.");
        return bias.Reshape([channels], 0);
    }

    /// <summary>What newer converters say of the biases has to be what those are.</summary>
    private static void CheckBiasType(StoredOperator step, int field)
    {
        if ((TensorType)step.Options.Byte(field) is var type && type is not (TensorType.Float32 or TensorType.Int32))
            throw new WeightsException($"{step.Place}, adds its biases as {type}; float32 or int32 was expected. Quantise the network to 8 bits.");
    }

    /// <summary>A value with a constant: preprocessing, or a batch normalisation that is left.</summary>
    private GraphValue Affine(StoredOperator step)
    {
        int known = step.Inputs[0] >= 0 && _constants.IsConstant(step.Inputs[0]) ? 0 : 1;
        GraphValue value = Value(step, 1 - known);
        if (!_constants.IsConstant(step.Inputs[known]))
            throw new WeightsException($"{step.Place}, computes with two values that depend on the network's input; one and a constant were expected. Of such, a MobileNet only adds.");
        SourceTensor constant = _constants.Weights(step, step.Inputs[known], "constants");
        ElementType type = TypeOf(step.Place, step.Inputs[1 - known]);
        if (type != ElementType.Float32 && constant.Type != ElementType.Float32 && constant.Type != type)
            throw new WeightsException($"{step.Place}: its constant, {constant}, is {constant.Type}, and it reads {type}; both of one type were expected. Convert the network again.");
        if (type != ElementType.Float32 && step.Code is BuiltinOperator.Add or BuiltinOperator.Mul)
            return Result(step, Activate(step, 0, _builder.ByteArithmetic(step.Place, Real(step, 1 - known), step.Code == BuiltinOperator.Add ? SourceByteOperator.Add : SourceByteOperator.Multiply, constant)));
        if (type != ElementType.Float32)
            throw new WeightsException($"{step.Place}, computes with quantised numbers and a constant; only float32 ones were expected. Fold it into a layer, or leave it out, before the network is quantised.");
        if (constant.Type != ElementType.Float32)
            throw new WeightsException($"{step.Place}: its constant, {constant}, is {constant.Type}; float32 was expected.");
        double[] numbers = _builder.PerChannel(step.Place, value, constant);
        bool isReversed = known == 0;
        IEnumerable<ChannelAffine> parts = step.Code switch
        {
            BuiltinOperator.Mul => [ChannelAffine.Multiply(numbers)],
            BuiltinOperator.Add => [ChannelAffine.Add(numbers)],
            BuiltinOperator.Sub when isReversed => [ChannelAffine.Multiply([.. numbers.Select(_ => -1.0)]), ChannelAffine.Add(numbers)],
            BuiltinOperator.Sub => [ChannelAffine.Add([.. numbers.Select(number => -number)])],
            _ when isReversed || numbers.Contains(0) => throw new WeightsException($"{step.Place}, divides by what depends on the network's input, or by 0; a MobileNet only divides by constants."),
            _ => [ChannelAffine.Multiply([.. numbers.Select(number => 1 / number)])],
        };
        return Result(step, Activate(step, 0, _builder.Normalize(step.Place, value, parts.Aggregate((first, next) => first.Then(next)))));
    }

    private GraphValue Pool(StoredOperator step)
    {
        FlatTable options = step.Options;
        (byte padding, int strideWidth, int strideHeight) = (options.Byte(0), options.Int32(1), options.Int32(2));
        if (strideWidth < 1 || strideHeight < 1 || padding > 1)
            throw FlatTable.Broken($"{step.Place}, has stride {strideHeight}×{strideWidth} and padding {padding}");
        if (options.Byte(5) != 0)
            throw new WeightsException($"{step.Place}, has an activation; a MobileNet's pool has none.");
        GraphValue input = Real(step, 0);
        SourcePadding around = padding == 0 ? SourcePadding.Same : SourcePadding.None;
        (int height, int width) = (options.Int32(4), options.Int32(3));
        GraphValue result = step.Code == BuiltinOperator.MaxPool
            ? _builder.MaxPool(step.Place, input, height, width, strideHeight, strideWidth, around)
            : _builder.AveragePool(step.Place, input, height, width, strideHeight, strideWidth, around);
        GraphValue made = Result(step, result);
        if (_model.Tensor(step.Inputs[0]).Quantization != _model.Tensor(step.Outputs[0]).Quantization)
            throw new WeightsException($"{step.Place}, changes scale or zero point, which the operator cannot do.");
        return made;
    }

    private GraphValue Reduce(StoredOperator step)
    {
        bool keep = step.Options.Byte(0) != 0;
        GraphValue input = Real(step, 0);
        ImmutableArray<long> axes = _constants.Integers(step, step.Inputs[1]).Values;
        if (step.Code == BuiltinOperator.ReduceMax)
        {
            CheckUnchanged(step);
            return Result(step, _builder.Max(step.Place, input, axes, keep));
        }

        GraphValue mean = _builder.Mean(step.Place, input, axes, keep);
        if (step.Code == BuiltinOperator.Mean)
            return Result(step, mean);
        if (_builder.IntegerType(Value(step, 0)) is not null)
            throw new WeightsException($"{step.Place}, adds up quantised numbers; their mean was expected.");

        // A sum is as many times the mean; what divides it stands behind it.
        _budget.Take(step.Place, mean.Count);
        return Result(step, _builder.Normalize(step.Place, mean, ChannelAffine.Multiply([.. Enumerable.Repeat((double)input.Count / mean.Count, mean.Count)])));
    }

    /// <summary>The tables of TensorFlow Lite's quantised functions give one scale and zero point.</summary>
    private void CheckFixed(StoredOperator step, FixedScale needed)
    {
        if (TypeOf(step.Place, step.Outputs[0]) == ElementType.Float32)
            return;
        (ElementType type, SourceQuantization q) = Meaning(step.Place, step.Outputs[0]);
        int zero = needed.ZeroPointOf(type);
        if (q.Scale != needed.Scale || q.ZeroPoint != zero)
        {
            throw new WeightsException(string.Create(
                CultureInfo.InvariantCulture, $"{step.Place}, gives scale {q.Scale:R} and zero point {q.ZeroPoint}; {needed.Scale:R} and {zero}, as TensorFlow Lite's always does, were expected. Convert the network again."));
        }
    }

    /// <summary>MINIMUM and MAXIMUM with a constant, on either side; of quantised numbers only those that are a MobileNet's: 6 and 0.</summary>
    private GraphValue Bound(StoredOperator step)
    {
        int known = step.Inputs[0] >= 0 && _constants.IsConstant(step.Inputs[0]) ? 0 : 1;
        bool isMinimum = step.Code == BuiltinOperator.Minimum;
        float bound = isMinimum ? 6 : 0;
        GraphValue value = Real(step, 1 - known);
        CheckUnchanged(step, 1 - known);
        bool isBound = _constants.IsConstant(step.Inputs[known]) && (_builder.IntegerType(Value(step, 1 - known)) is not null
            ? _constants.IsNumber(step, step.Inputs[known], bound, Meaning(step.Place, step.Inputs[1 - known]))
            : _constants.Weights(step, step.Inputs[known], "bound") is { Count: 1, Type: ElementType.Float32, Floats: [var number] } && number == bound);
        if (!isBound)
            throw new WeightsException($"{step.Place}, has a bound other than {bound}; a MobileNet's activations are ReLU and ReLU6.");
        return Result(step, isMinimum ? _builder.Clamp(step.Place, value, float.NegativeInfinity, bound) : _builder.Clamp(step.Place, value, bound, float.PositiveInfinity));
    }

    private GraphValue Pad(StoredOperator step)
    {
        GraphValue value = Real(step, 0);
        CheckUnchanged(step);
        ImmutableArray<long> sizes = _constants.Integers(step, step.Inputs[1]).Values;
        if (step.Code == BuiltinOperator.PadV2)
        {
            bool isZero = _constants.IsConstant(step.Inputs[2]) && (_builder.IntegerType(Value(step, 0)) is not null
                ? _constants.IsNumber(step, step.Inputs[2], 0, Meaning(step.Place, step.Inputs[0]))
                : _constants.Weights(step, step.Inputs[2], "padding") is { Count: 1, Type: ElementType.Float32, Floats: [0] });
            if (!isZero)
                throw new WeightsException($"{step.Place}, pads with something else than zero, or than the zero point; a convolution's own padding was expected.");
        }

        return Result(step, _builder.Pad(step.Place, value, [.. sizes.Where((_, i) => i % 2 == 0)], [.. sizes.Where((_, i) => i % 2 == 1)]));
    }

    /// <summary>Bytes of the network's input to real numbers, and real numbers to themselves.</summary>
    private GraphValue Cast(StoredOperator step)
    {
        GraphValue value = Value(step, 0);
        (ElementType from, ElementType to) = (TypeOf(step.Place, step.Inputs[0]), TypeOf(step.Place, step.Outputs[0]));
        if (to != ElementType.Float32)
            throw new WeightsException($"{step.Place}, makes {to} of {from}; only casts to float32 were expected.");
        return from == ElementType.Float32 ? value : _builder.Cast(step.Place, value);
    }

    /// <summary>Bytes of the input of a network of real numbers: what they stand for is what is done to pixels.</summary>
    private GraphValue Pixels(StoredOperator step, GraphValue value)
    {
        SourceQuantization q = Meaning(step.Place, step.Inputs[0]).Quantization;
        int channels = value.Size(MapAxis.Channels);
        _budget.Take(step.Place, channels);
        ChannelAffine meaning = ChannelAffine.Multiply([.. Enumerable.Repeat((double)q.Scale, channels)]).Then(ChannelAffine.Add([.. Enumerable.Repeat(-(double)q.Scale * q.ZeroPoint, channels)]));
        return _builder.Normalize(step.Place, _builder.Cast(step.Place, value), meaning);
    }

    private GraphValue Activate(StoredOperator step, int field, GraphValue value) => step.Options.Byte(field) switch
    {
        0 => value,
        1 => _builder.Clamp(step.Place, value, 0, float.PositiveInfinity),
        3 => _builder.Clamp(step.Place, value, 0, 6),
        var code => throw new WeightsException(
            $"{step.Place}, has activation {code switch { 2 => "RELU_N1_TO_1", 4 => "TANH", 5 => "SIGN_BIT", _ => code.ToString(CultureInfo.InvariantCulture) }}; "
            + "a MobileNet's are NONE, RELU and RELU6."),
    };
}
