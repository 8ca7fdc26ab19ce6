using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <content>The operators that compute something of the network's input.</content>
internal sealed partial class OnnxNetworkBuilder
{
    private const string Understood =
        "Conv, BatchNormalization, Relu, Clip, Min, Max, Add, Sum, Sub, Mul, Div, GlobalAveragePool, GlobalMaxPool, AveragePool, MaxPool, ReduceMean, ReduceMax, Gemm, MatMul, "
        + "Softmax, Sigmoid, HardSigmoid, HardSwish, Tanh, Pad, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Identity, Dropout, Cast, QuantizeLinear, DequantizeLinear, QLinearConv, QLinearMatMul, "
        + "and ONNX Runtime's QLinearAdd, QLinearGlobalAveragePool, QLinearSigmoid, QLinearSoftmax and QGemm";

    private GraphValue Compute(OnnxNode step)
    {
        string place = step.Place;
        switch (step.Operator)
        {
            case "Conv":
                return Convolution(step, Value(step, 0), Weights(step, 1, "weights"), step.Takes(2) ? Weights(step, 2, "biases") : null);
            case "BatchNormalization":
                return BatchNormalization(step);
            case "Relu":
                return _builder.Clamp(place, Value(step, 0), 0, float.PositiveInfinity);
            case "Clip":
                return _builder.Clamp(place, Value(step, 0), Number(step, "min", 1, float.NegativeInfinity), Number(step, "max", 2, float.PositiveInfinity));
            case "Min" or "Max":
                return Bound(step);
            case "Add" or "Sum" or "Sub" or "Mul" or "Div":
                return Arithmetic(step);
            case "GlobalAveragePool":
                return _builder.AveragePool(place, Value(step, 0), null, null, 1, 1, SourcePadding.None);
            case "GlobalMaxPool":
                return _builder.MaxPool(place, Value(step, 0), null, null, 1, 1, SourcePadding.None);
            case "AveragePool":
                return Pool(step, _builder.AveragePool);
            case "MaxPool":
                return Pool(step, _builder.MaxPool);
            case "ReduceMean":
                return _builder.Mean(place, Value(step, 0), Integers(step, "axes", 1) ?? [], step.Integer("keepdims", 1) != 0);
            case "ReduceMax":
                return _builder.Max(place, Value(step, 0), Integers(step, "axes", 1) ?? [], step.Integer("keepdims", 1) != 0);
            case "Gemm":
                return Gemm(step);
            case "MatMul":
                return _builder.Dense(place, Value(step, 0), Matrix(step, Weights(step, 1, "weights"), isTransposed: false), null);
            case "Softmax":
                return Softmax(step);
            case "Sigmoid":
                return _builder.Sigmoid(place, Value(step, 0));
            case "HardSwish":
                return _builder.HardSwish(place, Value(step, 0));
            case "HardSigmoid":
                return _builder.HardSigmoid(place, Value(step, 0), step.Number("alpha", 0.2f), step.Number("beta", 0.5f));
            case "Tanh":
                return _builder.Tanh(place, Value(step, 0));
            case "Pad":
                return Pad(step);
            case "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze":
                return _builder.Reshape(place, Value(step, 0), NewShape(step, Value(step, 0).Shape));
            case "Transpose":
                return GraphBuilder.Transpose(place, Value(step, 0), Order(step, Value(step, 0).Shape.Length));
            case "Identity":
                return Value(step, 0);
            case "Dropout":
                return Dropout(step);
            case "Cast":
                return Cast(step);
            default:
                return ComputeQuantized(step) ?? throw new WeightsException($"{place}, is not one of a MobileNet's: {Understood}. {Advice(step.Operator)}");
        }
    }

    private static string Advice(string name) => name switch
    {
        "LogSoftmax" => "It gives logarithms of probabilities: export the network with Softmax, or with neither.",
        "DynamicQuantizeLinear" or "ConvInteger" or "MatMulInteger" =>
            "It chooses scales as it runs: quantise the network statically, with calibration images, or use the one before quantisation.",
        "Resize" or "Upsample" or "Crop" => "Pictures have to be brought to the network's size before: export the network without, with the size that it then has.",
        "LeakyRelu" or "PRelu" or "Elu" or "Selu" or "Celu" or "Gelu" or "Mish" or "Softplus" or "Exp" =>
            "Activations of MobileNets are ReLU, ReLU6, hard swish and hard sigmoid: this is another network.",
        "Concat" or "Split" or "Slice" or "Gather" => "Layers of a MobileNet pass whole maps on: this is another network, or one with several heads.",
        _ => "If this is a detector, its predictors are not where those of SSD are, joined behind reshapes.",
    };

    private GraphValue Convolution(OnnxNode step, GraphValue input, SourceTensor weights, SourceTensor? bias)
    {
        if (weights.Shape is not [int outputs, int inputs, int height, int width])
            throw new WeightsException($"{step.Place}: its weights, {weights}, do not have four dimensions, [out, in, height, width].");
        CheckAxis(step, weights, 0);
        CheckDilations(step);
        if (step.Integers("kernel_shape") is { } kernel && !kernel.SequenceEqual([height, width]))
        {
            throw new WeightsException(
                $"{step.Place}: its weights, {weights}, do not have the kernel of [{string.Join(", ", kernel)}] that it states. "
                + "The file is damaged.");
        }

        (int strideHeight, int strideWidth) = Strides(step);
        SourcePadding padding = Padding(step, input, height, width, strideHeight, strideWidth);
        _budget.Take(step.Place, weights.Count);
        long groups = step.Integer("group", 1);
        if (groups == 1)
            return _builder.Convolution(step.Place, input, SourceTensors.Transpose(weights, [0, 2, 3, 1]), bias, strideHeight, strideWidth, padding);
        if (groups != input.Size(MapAxis.Channels) || inputs != 1)
        {
            throw new WeightsException(
                $"{step.Place}, has {groups} groups of {inputs} channels on a map of {input.Size(MapAxis.Channels)}; a MobileNet's convolutions have one group, or one a channel.");
        }

        SourceTensor taps = SourceTensors.Transpose(weights.Reshape([outputs, height, width], 0), [1, 2, 0]);
        return _builder.Depthwise(step.Place, input, taps, bias, strideHeight, strideWidth, padding);
    }

    private GraphValue BatchNormalization(OnnxNode step)
    {
        if (step.Integer("training_mode", 0) != 0 || step.Integer("spatial", 1) != 1)
        {
            throw new WeightsException(
                $"{step.Place}, normalises by the batch itself, or each pixel by its own; trained means and variances a channel were expected. "
                + "Export the network in evaluation mode.");
        }

        ChannelAffine affine = ChannelAffine.BatchNormalization(step.Place, Row(1), Row(2), Row(3), Row(4), step.Number("epsilon", 1e-5f));
        return _builder.Normalize(step.Place, Value(step, 0), affine);

        float[] Row(int input) => RealWeights(step, input, "parameters").Floats;
    }

    private GraphValue Dropout(OnnxNode step)
    {
        // How much is dropped matters in training alone.
        step.Takes(1);
        return !step.Takes(2) || Constant(step, 2, "training mode") is { Data: byte[] and [0] }
            ? Value(step, 0)
            : throw new WeightsException($"{step.Place}, drops numbers by chance, as in training. Export the network in evaluation mode.");
    }

    /// <summary>A number that is an attribute or, in later operator sets, an input.</summary>
    private float Number(OnnxNode step, string attribute, int input, float absent) => step.Takes(input) ? Number(step, input) : step.Number(attribute, absent);

    /// <summary>A constant of one number, which may be infinite.</summary>
    private float Number(OnnxNode step, int input) => Constant(step, input, "numbers") is { Count: 1, Data: float[] numbers }
        ? numbers[0]
        : throw new WeightsException($"{step.Place}: its input {input} is not one real number.");

    /// <summary>Min or Max with a constant.</summary>
    private GraphValue Bound(OnnxNode step)
    {
        int constant = step.Inputs.Length != 2 ? -1 : IsConstant(step, 0) ? 0 : IsConstant(step, 1) ? 1 : -1;
        if (constant < 0)
            throw new WeightsException($"{step.Place}, does not compare one value with one constant, as an activation does.");
        float bound = Number(step, constant);
        GraphValue value = Value(step, 1 - constant);
        return step.Operator == "Min"
            ? _builder.Clamp(step.Place, value, float.NegativeInfinity, bound)
            : _builder.Clamp(step.Place, value, bound, float.PositiveInfinity);
    }

    /// <summary>A sum of two values, or an operator with a constant, which the layer before it takes in.</summary>
    private GraphValue Arithmetic(OnnxNode step)
    {
        bool isSum = step.Operator is "Add" or "Sum";
        if (step.Inputs.Length != 2)
            throw new WeightsException($"{step.Place}, has {step.Inputs.Length} inputs; two were expected.");
        if (!IsConstant(step, 0) && !IsConstant(step, 1))
        {
            return isSum ? _builder.Sum(step.Place, Value(step, 0), Value(step, 1))
                : step.Operator == "Mul" ? _builder.Product(step.Place, Value(step, 0), Value(step, 1))
                : throw new WeightsException($"{step.Place}, is of two computed values; a MobileNet has only sums and products of those.");
        }

        int constant = IsConstant(step, 1) ? 1 : 0;
        GraphValue value = Value(step, 1 - constant);
        return _builder.Arithmetic(
            step.Place,
            value,
            step.Operator switch { "Sub" => GraphArithmetic.Subtract, "Mul" => GraphArithmetic.Multiply, "Div" => GraphArithmetic.Divide, _ => GraphArithmetic.Add },
            Aligned(step, RealWeights(step, constant, "constants"), value),
            isConstantFirst: constant == 0);
    }

    /// <summary>In old operator sets, the second operand may say from which dimension of the first on it runs.</summary>
    private SourceTensor Aligned(OnnxNode step, SourceTensor constant, GraphValue value)
    {
        if (_model.OperatorSet >= 7 || step.Integer("axis", -1) is not (>= 0 and var axis))
            return constant;
        long behind = value.Shape.Length - axis - constant.Shape.Length;
        return behind is >= 0 and <= 8
            ? constant.Reshape([.. constant.Shape, .. Enumerable.Repeat(1, (int)behind)], 0)
            : throw new WeightsException($"{step.Place}, has {constant} run along {value} from dimension {axis} on, which it does not fit.");
    }

    private GraphValue Pool(OnnxNode step, Func<string, GraphValue, long?, long?, int, int, SourcePadding, GraphValue> pool)
    {
        if (step.Integers("kernel_shape") is not [var height, var width])
            throw new WeightsException($"{step.Place}: its window does not have two sizes.");
        CheckDilations(step);
        (int strideHeight, int strideWidth) = Strides(step);
        GraphValue input = Value(step, 0);
        SourcePadding padding = Padding(step, input, height, width, strideHeight, strideWidth);
        return pool(step.Place, input, height, width, strideHeight, strideWidth, padding);
    }

    /// <summary>α · x · W + β · b.</summary>
    private GraphValue Gemm(OnnxNode step)
    {
        if (step.Integer("transA", 0) != 0)
            throw new WeightsException($"{step.Place}, transposes the value that it reads; a fully connected layer does not.");
        (float alpha, float beta) = (step.Number("alpha", 1), step.Number("beta", 1));
        SourceTensor weights = Matrix(step, Weights(step, 1, "weights"), step.Integer("transB", 0) != 0);
        SourceTensor? bias = step.Takes(2) ? Weights(step, 2, "biases") : null;
        int outputs = weights.Shape[0];
        if (alpha == 1 && beta == 1 && (bias is null || (bias.Count == outputs && bias.Shape.LastOrDefault() == outputs)))
            return _builder.Dense(step.Place, Value(step, 0), weights, bias?.Reshape([outputs], 0));

        GraphValue result = _builder.Dense(step.Place, Value(step, 0), weights, null);
        _budget.Take(step.Place, 2 * outputs);
        double[] factors = new double[outputs];
        factors.AsSpan().Fill(alpha);
        result = _builder.Normalize(step.Place, result, ChannelAffine.Multiply(factors));
        if (bias is null)
            return result;
        double[] offsets = _builder.PerChannel(step.Place, result, RealWeights(step, 2, "biases"));
        return _builder.Normalize(step.Place, result, ChannelAffine.Add(Array.ConvertAll(offsets, offset => beta * offset)));
    }

    /// <summary>The weights of a fully connected layer as [out][in].</summary>
    private SourceTensor Matrix(OnnxNode step, SourceTensor weights, bool isTransposed)
    {
        if (weights.Shape.Length != 2)
            throw new WeightsException($"{step.Place}: its weights, {weights}, do not have two dimensions.");
        CheckAxis(step, weights, isTransposed ? 0 : 1);
        if (isTransposed)
            return weights;
        _budget.Take(step.Place, weights.Count);
        return SourceTensors.Transpose(weights, [1, 0]);
    }

    private GraphValue Softmax(OnnxNode step)
    {
        GraphValue input = Value(step, 0);
        if (_model.OperatorSet >= 13)
            return _builder.Softmax(step.Place, input, step.Integer("axis", -1));

        // Formerly over all dimensions from the axis on, of which one may have more than one element.
        long axis = step.Integer("axis", 1);
        long from = axis < 0 ? axis + input.Shape.Length : axis;
        for (int i = 0; i < input.Shape.Length; i++)
        {
            if (i >= from && input.Shape[i] == input.Count)
                return _builder.Softmax(step.Place, input, i);
        }

        return _builder.Softmax(step.Place, input, axis);
    }

    private GraphValue Pad(OnnxNode step)
    {
        string mode = step.Text("mode", "constant");
        if (mode != "constant" || Number(step, "value", 2, 0) != 0)
            throw new WeightsException($"{step.Place}, pads by \"{PrintableName.Of(mode)}\", or with something else than zero; a convolution's own padding was expected.");

        GraphValue input = Value(step, 0);
        int rank = input.Shape.Length;
        ImmutableArray<long> pads = Integers(step, "pads", 1) ?? Integers(step, "paddings", 1) ?? [];
        ImmutableArray<long> axes = step.Takes(3) ? Integers(step, 3, "axes") : [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        if (pads.Length != 2 * axes.Length)
            throw new WeightsException($"{step.Place}, has paddings [{string.Join(", ", pads)}]; two for each of {axes.Length} dimensions were expected.");
        (long[] before, long[] after) = (new long[rank], new long[rank]);
        for (int i = 0; i < axes.Length; i++)
        {
            long axis = Axis(step, axes[i], rank);
            (before[axis], after[axis]) = (pads[i], pads[axes.Length + i]);
        }

        return _builder.Pad(step.Place, input, [.. before], [.. after]);
    }

    private GraphValue Cast(OnnxNode step)
    {
        GraphValue value = Value(step, 0);
        var to = (OnnxType)step.Integer("to", 0);
        if (_builder.IntegerType(value) is not { } type)
            return IsReal(to) ? value : throw Unexpected();
        if (IsReal(to))
            return _builder.Cast(step.Place, value);
        return to == (type == ElementType.UInt8 ? OnnxType.UInt8 : OnnxType.Int8) ? value : throw Unexpected();

        WeightsException Unexpected() => new(
            $"{step.Place}, makes type {(int)to} of a value; only casts between real numbers, whose width does not matter here, and of the network's uint8 input were expected.");
    }

    private static void CheckDilations(OnnxNode step)
    {
        if (step.Integers("dilations") is { } dilations && dilations.Any(dilation => dilation != 1))
            throw new WeightsException($"{step.Place}, has dilation [{string.Join(", ", dilations)}]; a MobileNet classifier has none. Export it with output stride 32.");
    }

    private static (int Height, int Width) Strides(OnnxNode step) => step.Integers("strides") switch
    {
        null => (1, 1),
        [> 0 and <= 1024 and var height, > 0 and <= 1024 and var width] => ((int)height, (int)width),
        { } strides => throw new WeightsException($"{step.Place}, has strides [{string.Join(", ", strides)}]; two from 1 to 1024 were expected."),
    };

    private static SourcePadding Padding(OnnxNode step, GraphValue input, long height, long width, int strideHeight, int strideWidth)
    {
        string automatic = step.Text("auto_pad", "NOTSET");
        ImmutableArray<long> pads = step.Integers("pads") ?? [0, 0, 0, 0];
        if (automatic is not ("NOTSET" or "") && pads.Any(pad => pad != 0))
            throw new WeightsException($"{step.Place}, has both auto_pad \"{PrintableName.Of(automatic)}\" and pads [{string.Join(", ", pads)}]; one of them was expected.");
        switch (automatic)
        {
            case "SAME_UPPER":
                return SourcePadding.Same;
            case "SAME_LOWER":
                int rows = Total(input.Size(MapAxis.Height), height, strideHeight), columns = Total(input.Size(MapAxis.Width), width, strideWidth);
                return SourcePadding.Explicit(rows - (rows / 2), columns - (columns / 2), rows / 2, columns / 2);
            case "VALID":
                return SourcePadding.None;
            case "NOTSET" or "":
                break;
            default:
                throw new WeightsException($"{step.Place}, has auto_pad \"{PrintableName.Of(automatic)}\"; NOTSET, SAME_UPPER, SAME_LOWER or VALID was expected.");
        }

        if (pads is not [var top, var left, var bottom, var right] || pads.Any(pad => pad is < 0 or > 1024))
            throw new WeightsException($"{step.Place}, has pads [{string.Join(", ", pads)}]; four from 0 to 1024 were expected.");
        return SourcePadding.Explicit((int)top, (int)left, (int)bottom, (int)right);

        static int Total(int size, long kernel, int stride) => (int)Math.Clamp((((size - 1) / stride) * (long)stride) + kernel - size, 0, 1024);
    }

    private static void CheckAxis(OnnxNode step, SourceTensor tensor, int axis)
    {
        if (tensor.Quantization is { IsPerTensor: false } q && q.Axis != axis)
            throw new WeightsException($"{step.Place}: the scales of its weights, {tensor}, run along dimension {q.Axis}; {axis}, the output channels, was expected.");
    }
}
