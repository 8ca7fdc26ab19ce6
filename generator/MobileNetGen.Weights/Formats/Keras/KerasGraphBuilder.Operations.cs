using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <content>
/// Functions that were called on the results of layers: x / 127.5 − 1. TensorFlow 2.0 to 2.3 has them as layers of the class TensorFlowOpLayer, Keras 2 after that as TFOpLambda, Keras 3
/// as operations of their own classes, and some are layers in all of them.
/// </content>
internal sealed partial class KerasGraphBuilder
{
    private enum KerasOperation
    {
        Add,
        Subtract,
        Multiply,
        Divide,
        Negative,
        Relu,
        Relu6,
        Sigmoid,
        HardSigmoid,
        HardSwish,
        Tanh,
        Softmax,
        Mean,
        Max,
        Reshape,
        Cast,
        Identity,
    }

    /// <summary>The function that a layer stands for; null where it is a layer.</summary>
    private static KerasOperation? Operation(KerasLayer layer, KerasOptions options)
    {
        bool isOperation = Json.Property(layer.Stated, "module") is { ValueKind: JsonValueKind.String } module && module.GetString()!.Contains(".ops.", StringComparison.Ordinal);
        return layer.Class switch
        {
            "TFOpLambda" => OfTensorFlow(layer, options.Text("function")),
            "TensorFlowOpLayer" => OfTensorFlow(layer, Json.Text(Json.Required(options["node_def"], "op"), "an operator")),
            "Add" => KerasOperation.Add,
            "Multiply" => KerasOperation.Multiply,
            "Identity" => KerasOperation.Identity,
            _ when !isOperation => null,
            "Subtract" => KerasOperation.Subtract,
            "Divide" or "TrueDivide" => KerasOperation.Divide,
            "Negative" => KerasOperation.Negative,
            "Relu" or "ReLU" => KerasOperation.Relu,
            "Relu6" or "ReLU6" => KerasOperation.Relu6,
            "Sigmoid" => KerasOperation.Sigmoid,
            "HardSigmoid" => KerasOperation.HardSigmoid,
            "HardSilu" or "HardSwish" => KerasOperation.HardSwish,
            "Tanh" => KerasOperation.Tanh,
            "Softmax" => KerasOperation.Softmax,
            "Mean" => KerasOperation.Mean,
            "Max" => KerasOperation.Max,
            "Reshape" => KerasOperation.Reshape,
            "Cast" => KerasOperation.Cast,
            _ => null,
        };
    }

    private static KerasOperation OfTensorFlow(KerasLayer layer, string? function) => function switch
    {
        "math.add" or "add" or "__operators__.add" or "nn.bias_add" or "Add" or "AddV2" => KerasOperation.Add,
        "math.subtract" or "subtract" or "__operators__.subtract" or "Sub" => KerasOperation.Subtract,
        "math.multiply" or "multiply" or "__operators__.multiply" or "Mul" => KerasOperation.Multiply,
        "math.truediv" or "truediv" or "math.divide" or "divide" or "__operators__.truediv" or "realdiv" or "RealDiv" => KerasOperation.Divide,
        "math.negative" or "negative" => KerasOperation.Negative,
        "nn.relu" or "Relu" => KerasOperation.Relu,
        "nn.relu6" or "Relu6" => KerasOperation.Relu6,
        "math.sigmoid" or "sigmoid" or "nn.sigmoid" or "Sigmoid" => KerasOperation.Sigmoid,
        "math.tanh" or "tanh" or "nn.tanh" or "Tanh" => KerasOperation.Tanh,
        "nn.softmax" or "Softmax" => KerasOperation.Softmax,
        "math.reduce_mean" or "reduce_mean" => KerasOperation.Mean,
        "math.reduce_max" or "reduce_max" => KerasOperation.Max,
        "reshape" => KerasOperation.Reshape,
        "cast" => KerasOperation.Cast,
        "identity" or "Identity" => KerasOperation.Identity,
        _ => throw new WeightsException(
            $"{layer.Place}, calls the function {PrintableName.Of(function ?? "of no name")} of TensorFlow; adding constants, multiplying by them and what layers do as well is understood. {PutInto}"),
    };

    private GraphValue Compute(KerasOperation operation, string place, KerasOptions options, ImmutableArray<KerasOperand> operands)
    {
        // The oldest form has a constant beside the call, by its place in it.
        if (options["constants"] is { ValueKind: JsonValueKind.Object } constants && constants.EnumerateObject().ToArray() is [var constant, ..] all)
        {
            if (all.Length > 1)
                throw new WeightsException($"{place}, has {all.Length} constants; one was expected.");
            operands = operands.Insert(constant.Name == "0" ? 0 : operands.Length, new KerasOperand(null, null, constant.Value));
        }

        var arguments = new KerasArguments(place, options, operands);
        GraphValue result = operation is KerasOperation.Add or KerasOperation.Subtract or KerasOperation.Multiply or KerasOperation.Divide
            ? Combine(operation, place, arguments)
            : Unary(operation, place, arguments);
        arguments.CheckAll();
        return result;
    }

    private GraphValue Unary(KerasOperation operation, string place, KerasArguments arguments)
    {
        GraphValue value = arguments.Value();
        switch (operation)
        {
            case KerasOperation.Cast:
                JsonElement type = arguments.Other("dtype");
                bool isReal = type.ValueKind == JsonValueKind.String && type.GetString() is "float32" or "float16" or "float64" or "bfloat16";
                return isReal ? Real(place, value) : throw new WeightsException($"{place}, makes {PrintableName.Of(type.ToString())} of {value}; float32 was expected.");
            case KerasOperation.Identity:
                return value;
            case KerasOperation.Negative:
                return Affine(place, value, ChannelAffine.Multiply, PerChannel(place, value, -1));
            case KerasOperation.Relu:
                return _builder.Clamp(place, value, 0, float.PositiveInfinity);
            case KerasOperation.Relu6:
                return _builder.Clamp(place, value, 0, 6);
            case KerasOperation.Sigmoid:
                return _builder.Sigmoid(place, value);
            case KerasOperation.HardSigmoid:
                return _builder.HardSigmoid(place, value);
            case KerasOperation.HardSwish:
                return _builder.HardSwish(place, value);
            case KerasOperation.Tanh:
                return _builder.Tanh(place, value);
            case KerasOperation.Softmax:
                return _builder.Softmax(place, value, arguments.Numbers("axis") is [var axis] ? axis : -1);
            case KerasOperation.Reshape:
                return _builder.Reshape(place, value, arguments.Numbers(arguments.Has("newshape") ? "newshape" : "shape"));
            default:
                ImmutableArray<long> axes = arguments.Numbers("axis");
                bool keeps = arguments.Other("keepdims").ValueKind == JsonValueKind.True;
                return operation == KerasOperation.Mean ? _builder.Mean(place, value, axes, keeps) : _builder.Max(place, value, axes, keeps);
        }
    }

    private GraphValue Combine(KerasOperation operation, string place, KerasArguments arguments)
    {
        ImmutableArray<KerasOperand> both = arguments.Both();
        if (operation == KerasOperation.Add && both.Length > 1 && both.All(operand => operand.Value is not null))
            return both.Skip(1).Aggregate(both[0].Value!, (sum, next) => _builder.Sum(place, sum, next.Value!));
        if (operation == KerasOperation.Multiply && both is [{ Value: { } left }, { Value: { } right }])
            return _builder.Product(place, left, right);
        (GraphValue? value, JsonElement constant, bool isFirst) = both switch
        {
            [{ Value: { } first }, { Value: null } second] => (first, second.Constant, false),
            [{ Value: null } first, { Value: { } second }] => (second, first.Constant, true),
            _ => (null, default, false),
        };
        if (value is null)
            throw new WeightsException($"{place}, combines {both.Count(operand => operand.Value is not null)} results of layers and {both.Count(operand => operand.Value is null)} constants; {(operation is KerasOperation.Add or KerasOperation.Multiply ? "two results, or " : "")}one of each was expected.");

        value = Real(place, value);
        double[] numbers = PerChannel(place, value, constant);
        switch (operation)
        {
            case KerasOperation.Add:
                return Affine(place, value, ChannelAffine.Add, numbers);
            case KerasOperation.Multiply:
                return Affine(place, value, ChannelAffine.Multiply, numbers);
            case KerasOperation.Subtract when isFirst:
                return Affine(place, Affine(place, value, ChannelAffine.Multiply, PerChannel(place, value, -1)), ChannelAffine.Add, numbers);
            case KerasOperation.Subtract:
                return Affine(place, value, ChannelAffine.Add, [.. numbers.Select(number => -number)]);
            default:
                return !isFirst && numbers.All(number => number != 0)
                    ? Affine(place, value, ChannelAffine.Multiply, [.. numbers.Select(number => 1 / number)])
                    : throw new WeightsException($"{place}, divides by what is no constant, or by zero; constants were expected.");
        }
    }

    private GraphValue Affine(string place, GraphValue value, Func<double[], ChannelAffine> make, double[] numbers) => _builder.Normalize(place, value, make(numbers));

    /// <summary>Real numbers: those of bytes, where a value is the network's input of bytes.</summary>
    private GraphValue Real(string place, GraphValue value) => _builder.IntegerType(value) is not null ? _builder.Cast(place, value) : value;

    /// <summary>A constant's numbers, one a channel of a value: one number, or a list along the last dimension.</summary>
    private double[] PerChannel(string place, GraphValue value, JsonElement constant)
    {
        // NumPy's and TensorFlow's come as objects.
        if (constant.ValueKind == JsonValueKind.Object)
            constant = Json.Property(Json.Property(constant, "config"), "value");
        while (constant.ValueKind == JsonValueKind.Array && constant.GetArrayLength() == 1)
            constant = constant[0];
        if (constant.ValueKind == JsonValueKind.Number)
            return PerChannel(place, value, Json.Number(constant, "a constant"));

        int channels = value.Size(MapAxis.Channels), count = constant.ValueKind == JsonValueKind.Array ? constant.GetArrayLength() : 0;
        if (count != channels || (count > 1 && value.Axes[^1] != MapAxis.Channels))
            throw new WeightsException($"{place}: the constant {PrintableName.Of(constant.ToString())} and {value} do not fit; one number, or one for each of {channels} channels, was expected.");
        _budget.Take(place, channels);
        return [.. constant.EnumerateArray().Select(number => Json.Number(number, "a constant"))];
    }

    private double[] PerChannel(string place, GraphValue value, double number)
    {
        int channels = value.Size(MapAxis.Channels);
        _budget.Take(place, channels);
        return [.. Enumerable.Repeat(number, channels)];
    }

    /// <summary>What a function is called with, and its options: each of them has to be looked at.</summary>
    private sealed class KerasArguments(string place, KerasOptions options, ImmutableArray<KerasOperand> operands)
    {
        private List<KerasOperand> _left = [.. operands.Where(operand => operand.Name != "name")];

        /// <summary>The operands of an addition and the like, in order.</summary>
        public ImmutableArray<KerasOperand> Both()
        {
            ILookup<bool, KerasOperand> parts = _left.ToLookup(operand => operand.Name is null or "x" or "y" or "x1" or "x2" or "bias" or "value");
            _left = [.. parts[false]];
            return [.. parts[true].OrderBy(operand => operand.Name is "y" or "x2" or "bias" ? 1 : 0)];
        }

        /// <summary>The result of a layer that the function is of.</summary>
        public GraphValue Value()
        {
            int index = _left.FindIndex(operand => operand.Value is not null);
            if (index < 0)
                throw new WeightsException($"{place}, is called with no result of a layer; one was expected.");
            GraphValue value = _left[index].Value!;
            _left.RemoveAt(index);
            return value;
        }

        public bool Has(string name) => _left.Any(operand => operand.Name == name) || options[name].ValueKind != JsonValueKind.Undefined;

        /// <summary>Another argument: that of the name, or the first that has none; or the option of that name.</summary>
        public JsonElement Other(string name)
        {
            int index = _left.FindIndex(operand => operand.Name == name);
            if (index < 0)
                index = _left.FindIndex(operand => operand.Name is null);
            JsonElement option = options[name];
            if (index < 0)
                return option;
            JsonElement found = _left[index].Constant;
            _left.RemoveAt(index);
            return found;
        }

        public ImmutableArray<long> Numbers(string name) => [.. KerasOptions.Whole(Other(name)).Select(number => (long)number)];

        /// <exception cref="WeightsException">There is an argument that the function does not know.</exception>
        public void CheckAll()
        {
            foreach (KerasOperand operand in _left)
            {
                bool isNeutral = operand.Value is null && (operand.Constant.ValueKind == JsonValueKind.Null
                    || (operand.Name == "data_format" && operand.Constant is { ValueKind: JsonValueKind.String } order && order.GetString() is "NHWC" or "channels_last"));
                if (!isNeutral)
                    throw new WeightsException($"{place}, is called with \"{PrintableName.Of(operand.Name ?? "")}\" {PrintableName.Of(operand.Constant.ToString())}, which is not understood. {PutInto}");
            }
        }
    }
}
