using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <content>
/// The operators of quantised networks. Those that compute with integers at once (QLinear…) are read as what they stand for: the operator on real numbers,
/// between <c>DequantizeLinear</c> and <c>QuantizeLinear</c>.
/// </content>
internal sealed partial class OnnxNetworkBuilder
{
    /// <summary>What a quantised node gives; null for another operator.</summary>
    private GraphValue? ComputeQuantized(OnnxNode step)
    {
        switch (step.Operator)
        {
            case "QuantizeLinear":
                // With one scale for all, the dimension that scales run along is none.
                step.Integer("axis", 1);
                return Quantize(step, Value(step, 0), 1, ResultType(step) ?? ElementType.UInt8);
            case "DequantizeLinear":
                step.Integer("axis", 1);
                CheckReal(step);
                return Dequantize(step, 0, 1);
            case "QLinearConv":
            {
                GraphValue input = Dequantize(step, 0, 1);
                SourceTensor weights = Quantized(step, 3, 4, 0, "weights");
                SourceTensor? bias = step.Takes(8) ? Bias(step, 8, 1, weights) : null;
                return Quantize(step, Convolution(step, input, weights, bias), 6, TypeOf(step, 0));
            }

            case "QLinearMatMul":
                return Quantize(step, _builder.Dense(step.Place, Dequantize(step, 0, 1), Matrix(step, Quantized(step, 3, 4, 1, "weights"), isTransposed: false), null), 6, TypeOf(step, 0));
            case "com.microsoft.QGemm":
            {
                if (step.Integer("transA", 0) != 0 || step.Number("alpha", 1) != 1)
                    throw new WeightsException($"{step.Place}, transposes or scales the value that it reads; a fully connected layer does not.");
                if (!step.Takes(7))
                    throw new WeightsException($"{step.Place}, gives real numbers; quantised ones were expected. Quantise its result too.");
                bool isTransposed = step.Integer("transB", 0) != 0;
                GraphValue input = Dequantize(step, 0, 1);
                SourceTensor weights = Matrix(step, Quantized(step, 3, 4, isTransposed ? 0 : 1, "weights"), isTransposed);
                SourceTensor? bias = step.Takes(6) ? Bias(step, 6, 1, weights) : null;
                return Quantize(step, _builder.Dense(step.Place, input, weights, bias), 7, TypeOf(step, 0));
            }

            case "com.microsoft.QLinearAdd":
                return Quantize(step, _builder.Sum(step.Place, Dequantize(step, 0, 1), Dequantize(step, 3, 4)), 6, TypeOf(step, 0));
            case "com.microsoft.QLinearGlobalAveragePool":
                if (step.Integer("channels_last", 0) != 0)
                    throw new WeightsException($"{step.Place}, reads a map whose channels are last; ONNX's order was expected. Export without graph optimisations.");
                return Quantize(step, _builder.AveragePool(step.Place, Dequantize(step, 0, 1), null, null, 1, 1, SourcePadding.None), 3, TypeOf(step, 0));
            case "com.microsoft.QLinearSigmoid":
                return Quantize(step, _builder.Sigmoid(step.Place, Dequantize(step, 0, 1)), 3, TypeOf(step, 0));
            case "com.microsoft.QLinearSoftmax":
                // With one row of classes, all versions of the operator are the same.
                step.Integer("opset", 13);
                return Quantize(step, _builder.Softmax(step.Place, Dequantize(step, 0, 1), step.Integer("axis", -1)), 3, TypeOf(step, 0));
            default:
                return null;
        }
    }

    /// <summary>The type of the integers that a node reads.</summary>
    private ElementType TypeOf(OnnxNode step, int input) => _builder.IntegerType(Value(step, input))
        ?? throw new WeightsException($"{step.Place}, reads real numbers; integers were expected. The file is damaged; export it again.");

    /// <summary>The type that a QuantizeLinear states for its result; null where it does not.</summary>
    private static ElementType? ResultType(OnnxNode step) => (OnnxType)step.Integer("output_dtype", 0) switch
    {
        0 => null,
        OnnxType.UInt8 => ElementType.UInt8,
        OnnxType.Int8 => ElementType.Int8,
        var other => throw new WeightsException($"{step.Place}, gives integers of type {(int)other} (output_dtype); uint8 or int8 was expected. Quantise the network to 8 bits."),
    };

    private static void CheckReal(OnnxNode step)
    {
        var type = (OnnxType)step.Integer("output_dtype", (long)OnnxType.Float);
        if (type != 0 && !IsReal(type))
            throw new WeightsException($"{step.Place}, gives numbers of type {(int)type} (output_dtype); real ones were expected.");
    }

    private GraphValue Quantize(OnnxNode step, GraphValue value, int scale, ElementType otherwise)
    {
        (ElementType type, SourceQuantization quantization) = Meaning(step, scale, otherwise);
        if (ResultType(step) is { } stated && stated != type)
            throw new WeightsException($"{step.Place}, states {stated} for its result and has a zero point of {type}; one type was expected. The file is damaged.");
        return _builder.Quantize(step.Place, value, type, quantization);
    }

    private GraphValue Dequantize(OnnxNode step, int input, int scale)
    {
        (ElementType type, SourceQuantization quantization) = Meaning(step, scale, TypeOf(step, input));
        return _builder.Dequantize(step.Place, Value(step, input), type, quantization);
    }

    /// <summary>What the integers of a value stand for, by the scale and the zero point that are the inputs from an index on.</summary>
    private (ElementType Type, SourceQuantization Quantization) Meaning(OnnxNode step, int scale, ElementType otherwise)
    {
        SourceQuantization quantization = Scales(step, scale, 0);
        if (!quantization.IsPerTensor)
            throw new WeightsException($"{step.Place}, has {quantization.Scales.Length} scales for a value; one was expected. Only weights may have one a channel.");
        return (!step.Takes(scale + 1) ? otherwise : Constant(step, scale + 1, "zero points").Type switch
        {
            OnnxType.UInt8 => ElementType.UInt8,
            OnnxType.Int8 => ElementType.Int8,
            _ => throw new WeightsException($"{step.Place}: its zero point is {Constant(step, scale + 1, "zero points").Type}; uint8 or int8 was expected. Quantise the network to 8 bits."),
        }, quantization);
    }

    private SourceQuantization Scales(OnnxNode step, int scale, int axis)
    {
        float[] scales = Constant(step, scale, "scales").ToReal(step.Place).Floats;
        int bad = Array.FindIndex(scales, number => number <= 0);
        if (bad >= 0)
        {
            throw new WeightsException(string.Create(
                CultureInfo.InvariantCulture, $"{step.Place}: scale {bad} is {scales[bad]:R}; a positive one was expected. Quantise the network again."));
        }

        ImmutableArray<int> zeroPoints = !step.Takes(scale + 1)
            ? [.. scales.Select(_ => 0)]
            : Constant(step, scale + 1, "zero points") switch
            {
                { Type: OnnxType.UInt8, Data: byte[] numbers } => [.. numbers.Select(number => (int)number)],
                { Data: sbyte[] numbers } => [.. numbers.Select(number => (int)number)],
                { Data: int[] numbers } => [.. numbers],
                { } other => throw new WeightsException(
                    $"{step.Place}: its zero points, {other}, are of type {(int)other.Type}; uint8 or int8 was expected. Quantise the network to 8 bits."),
            };
        if (zeroPoints.Length != scales.Length)
            throw new WeightsException($"{step.Place}, has {scales.Length} scales and {zeroPoints.Length} zero points; as many were expected.");
        _budget.Take(step.Place, scales.Length);
        return new SourceQuantization([.. scales], zeroPoints, scales.Length == 1 ? 0 : axis);
    }

    /// <summary>Stored integers with the scale and zero point that are the inputs from an index on.</summary>
    private SourceTensor Quantized(OnnxNode step, int input, int scale, int axis, string role)
    {
        OnnxTensor tensor = Constant(step, input, role);
        if (step.Takes(scale + 1) && Constant(step, scale + 1, "zero points").Type != tensor.Type)
            throw new WeightsException($"{step.Place}: its {role}, {tensor}, are {tensor.Type} and their zero points are not; one type was expected. The file is damaged.");
        return tensor.ToQuantized(step.Place, Scales(step, scale, axis));
    }

    /// <summary>Biases, whose scale is that of input · weights and is not stored.</summary>
    private SourceTensor Bias(OnnxNode step, int bias, int inputScale, SourceTensor weights)
    {
        float input = Scales(step, inputScale, 0).Scale;
        ImmutableArray<float> scales = [.. weights.Quantization!.Scales.Select(scale => input * scale)];
        return Constant(step, bias, "biases").ToQuantized(step.Place, new SourceQuantization(scales, [.. scales.Select(_ => 0)], 0));
    }

    /// <summary>DequantizeLinear of a constant.</summary>
    private SourceTensor Dequantize(OnnxNode step)
    {
        CheckReal(step);
        int rank = Constant(step, 0, "integers").Shape.Length;
        long stated = step.Integer("axis", 1), axis = rank < 2 ? 0 : Axis(step, stated, rank);
        return Quantized(step, 0, 1, (int)axis, "integers");
    }

    /// <summary>QuantizeLinear of a constant: what exporters write who train with rounded weights. Halves go to even numbers.</summary>
    private OnnxTensor Quantize(OnnxNode step)
    {
        SourceTensor real = Weights(step, 0, "numbers");
        if (real.Type != ElementType.Float32)
            throw new WeightsException($"{step.Place}, quantises {real}; real numbers were expected.");
        long stated = step.Integer("axis", 1);
        int axis = real.Shape.Length < 2 ? 0 : (int)Axis(step, stated, real.Shape.Length);
        SourceQuantization q = Scales(step, 1, axis);
        if (!q.IsPerTensor && real.Shape[axis] != q.Scales.Length)
            throw new WeightsException($"{step.Place}: {q.Scales.Length} scales along dimension {axis} do not fit {real}.");
        ElementType? result = ResultType(step);
        ElementType? type = !step.Takes(2) ? result ?? ElementType.UInt8 : Constant(step, 2, "zero points").Type switch
        {
            OnnxType.UInt8 => ElementType.UInt8,
            OnnxType.Int8 => ElementType.Int8,
            _ => null,
        };
        if (type is null || (result is not null && result != type))
            throw new WeightsException($"{step.Place}: its zero points are of another type than its result; uint8 or int8 was expected for both.");
        bool isSigned = type == ElementType.Int8;
        int inner = real.Shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        _budget.Take(step.Place, real.Count);
        int[] integers = [.. real.Floats.Select((number, i) =>
        {
            int channel = q.IsPerTensor ? 0 : i / inner % q.Scales.Length;
            float integer = MathF.Round(number / q.Scales[channel]) + q.ZeroPoints[channel];
            return (int)Math.Clamp(integer, isSigned ? sbyte.MinValue : byte.MinValue, isSigned ? sbyte.MaxValue : byte.MaxValue);
        })];
        return isSigned
            ? new OnnxTensor(real.Name, OnnxType.Int8, real.Shape, Array.ConvertAll(integers, integer => (sbyte)integer))
            : new OnnxTensor(real.Name, OnnxType.UInt8, real.Shape, Array.ConvertAll(integers, integer => (byte)integer));
    }
}
