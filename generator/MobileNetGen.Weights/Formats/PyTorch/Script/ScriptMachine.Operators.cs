using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <content>The functions that have a meaning.</content>
internal sealed partial class ScriptMachine
{
    private const string Understood =
        "conv2d, batch_norm, relu, relu6, hardtanh, hardswish, hardsigmoid, clamp, adaptive_avg_pool2d, adaptive_max_pool2d, avg_pool2d, max_pool2d, mean, amax, flatten, reshape, view, squeeze, unsqueeze, permute, "
        + "linear, addmm, matmul, add, sub, mul, div, sigmoid, tanh, softmax, dropout, constant_pad_nd";

    /// <summary>half, float, double and bfloat16, whose width does not matter here.</summary>
    private static readonly long[] s_realTypes = [5, 6, 7, 15];

    private object? Compute(string path, List<(string? Name, object? Value)> arguments, Frame frame)
    {
        string name = path.StartsWith("torch.", StringComparison.Ordinal) ? path["torch.".Length..] : path;

        // What works in place gives the same.
        if (name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal))
            name = name[..^1];
        var call = new ScriptArguments(name, frame.Module.Length == 0 ? name : $"{PrintableName.Of(frame.Module)}, {name}", arguments, what => NotUnderstood(frame, what));
        return arguments.FirstOrDefault().Value switch
        {
            GraphValue input => ComputeOfPicture(call, input),
            TorchTensor tensor => ComputeOfTensor(call, tensor),
            _ when arguments.Any(argument => argument.Value is GraphValue) => ComputeWithPicture(call),
            _ => ComputeOfNumbers(call, frame),
        };
    }

    /// <summary>Functions whose first argument is what the network computes.</summary>
    private object? ComputeOfPicture(ScriptArguments call, GraphValue input)
    {
        string place = call.Place;
        switch (call.Name)
        {
            case "conv2d":
                return Convolution(call, input, new TorchWindow(call.Numbers(3, [1]), call.IsText(4) ? [0] : call.Numbers(4, [0]), call.Numbers(5, [1]), call.Whole(6, 1)), call.IsText(4) ? call.Text(4) : "");
            case "_convolution_mode":
                return Convolution(call, input, new TorchWindow(call.Numbers(3, [1]), [0], call.Numbers(5, [1]), call.Whole(6, 1)), call.Text(4));
            case "_convolution":
                if (call.Flag(6, false))
                    throw call.Unlike("is a transposed convolution");
                return Convolution(call, input, new TorchWindow(call.Numbers(3, [1]), call.Numbers(4, [0]), call.Numbers(5, [1]), call.Whole(8, 1)), "");
            case "batch_norm":
                if (call.Flag(5, false))
                    throw call.Unlike("normalises by the batch itself: call eval() before the network is saved");
                return _graph.BatchNormalization(place, input, call.TensorOrNone(3), call.TensorOrNone(4), call.TensorOrNone(1), call.TensorOrNone(2), call.Number(7, 1e-5));
            case "relu":
                return _graph.Clamp(place, input, 0, double.PositiveInfinity);
            case "relu6":
                return _graph.Clamp(place, input, 0, 6);
            case "hardtanh":
                return _graph.Clamp(place, input, call.Number(1, -1), call.Number(2, 1));
            case "clamp" or "clip":
                return _graph.Clamp(place, input, call.Number(1, double.NegativeInfinity, "min"), call.Number(2, double.PositiveInfinity, "max"));
            case "clamp_min":
                return _graph.Clamp(place, input, call.Number(1, 0), double.PositiveInfinity);
            case "clamp_max":
                return _graph.Clamp(place, input, double.NegativeInfinity, call.Number(1, 0));
            case "sigmoid":
                return _graph.Sigmoid(place, input);
            case "hardswish":
                return _graph.HardSwish(place, input);
            case "hardsigmoid":
                return _graph.HardSigmoid(place, input);
            case "tanh":
                return _graph.Tanh(place, input);
            case "softmax":
                return _graph.Softmax(place, input, call.Whole(1, -1, "dim"));
            case "log_softmax":
                throw call.Unlike("gives logarithms of probabilities: save the network with softmax, or with neither");
            case "adaptive_avg_pool2d":
                return _graph.AdaptivePool(place, input, call.Numbers(1, []), isMaximum: false);
            case "adaptive_max_pool2d":
                return new object?[] { _graph.AdaptivePool(place, input, call.Numbers(1, []), isMaximum: true), null };
            case "avg_pool2d":
                if (call.Has(6))
                    throw call.Unlike("divides by a number of its own");
                return Pool(call, input, isMaximum: false);
            case "max_pool2d":
                return Pool(call, input, isMaximum: true);
            case "mean":
                return _graph.Reduce(place, input, call.Numbers(1, [], "dim"), call.Flag(2, false, "keepdim"), isMaximum: false);
            case "amax":
                return _graph.Reduce(place, input, call.Numbers(1, [], "dim"), call.Flag(2, false, "keepdim"), isMaximum: true);
            case "flatten":
                return _graph.Flatten(place, input, call.Whole(1, 0, "start_dim"), call.Whole(2, -1, "end_dim"));
            case "view" or "reshape":
                return _graph.Reshape(place, input, call.Numbers(1, []));
            case "squeeze":
                return _graph.Reshape(place, input, Squeezed(call, input));
            case "unsqueeze":
                long at = call.Whole(1, 0), rank = input.Shape.Length;
                if (at < -rank - 1 || at > rank)
                    throw call.Unlike($"adds a dimension at {at} to {input}");
                return _graph.Reshape(place, input, [.. input.Shape.Select(size => (long)size).ToImmutableArray().Insert((int)(at < 0 ? at + rank + 1 : at), 1)]);
            case "permute":
                return TorchGraph.Permute(place, input, [.. call.Numbers(1, []).Select(axis => axis < 0 ? axis + input.Shape.Length : axis)]);
            case "linear":
                return _graph.Linear(place, input, call.Tensor(1), call.TensorOrNone(2));
            case "matmul" or "mm":
                return _graph.Product(place, input, call.Tensor(1), null);
            case "constant_pad_nd" or "pad":
                if (call.Name == "pad" ? call.Text(2, "constant") != "constant" || call.Number(3, 0) != 0 : call.Number(2, 0) != 0)
                    throw call.Unlike("pads by something else than zero");
                return _graph.Pad(place, input, call.Numbers(1, []));
            case "add" or "sub" or "mul" or "div":
                return Arithmetic(call, input);
            case "dropout" or "feature_dropout" or "alpha_dropout" or "feature_alpha_dropout":
                return call.Flag(2, false) ? throw call.Unlike("drops values as in training: call eval() before the network is saved") : input;
            case "contiguous" or "detach" or "clone" or "alias" or "type_as":
                return input;
            case "to":
                return call.Value(1, "dtype") is long type && !s_realTypes.Contains(type) ? throw call.Unlike($"makes type {type} of a value") : input;
            case "size":
                return call.Has(1) ? (long)input.Shape[Dimension(call, input)] : input.Shape.Select(size => (object?)(long)size).ToList();
            case "dim":
                return (long)input.Shape.Length;
            case "ops.prim.device" or "ops.prim.dtype":
                return null;
            case "__isnot__" or "__is__":
                return call.Value(1) is null ? call.Name == "__isnot__" : throw call.Unlike("compares tensors");
            default:
                throw new WeightsException(
                    $"{place}, is none of a MobileNet's functions: {Understood}. If this is a detection network, only a classifier or its feature extractor can be used.");
        }
    }

    /// <summary>Functions whose first argument is something else, and another what the network computes.</summary>
    private GraphValue ComputeWithPicture(ScriptArguments call) => (call.Name, call.Value(1)) switch
    {
        ("add" or "mul", GraphValue input) when call.Value(0) is long or double => Affine(call, input, call.Value(0)),
        _ => throw call.Unlike("is given the picture in an unusual place"),
    };

    /// <summary>Functions whose first argument is a tensor of the file.</summary>
    private object? ComputeOfTensor(ScriptArguments call, TorchTensor tensor)
    {
        switch (call.Name)
        {
            case "t" when tensor.Shape.Length == 2:
                return tensor with { Shape = [tensor.Shape[1], tensor.Shape[0]], Strides = [tensor.Strides[1], tensor.Strides[0]] };
            case "addmm" when call.Value(1) is GraphValue input:
                if (call.Number(3, 1, "beta") != 1 || call.Number(4, 1, "alpha") != 1)
                    throw call.Unlike("has factors other than 1");
                return _graph.Product(call.Place, input, call.Tensor(2), tensor);
            case "add" or "mul" when call.Value(1) is GraphValue input:
                return Affine(call, input, tensor);
            case "to" or "contiguous" or "detach" or "alias" or "clone":
                return tensor;
            case "size":
                return tensor.Shape.Select(size => (object?)size).ToList();
            case "dim":
                return (long)tensor.Shape.Length;
            case "ops.prim.device" or "ops.prim.dtype":
                return null;
            case "__isnot__" or "__is__":
                return call.Value(1) is null ? call.Name == "__isnot__" : throw call.Unlike("compares tensors");
            default:
                throw call.Unlike("computes something of weights as the network runs");
        }
    }

    /// <summary>Functions of what the code states: sizes and options.</summary>
    private static object? ComputeOfNumbers(ScriptArguments call, Frame frame)
    {
        object? a = call.Value(0), b = call.Value(1);
        switch (call.Name)
        {
            case "__is__" or "__isnot__":
                return (a is null || b is null) ? (a is null && b is null) == (call.Name == "__is__") : throw call.Unlike("compares what is no number");
            case "__not__" when a is bool value:
                return !value;
            case "__and__" when (a, b) is (bool left, bool right):
                return left && right;
            case "__or__" when (a, b) is (bool left, bool right):
                return left || right;
            case "eq" when (a, b) is (string left, string right):
                return left == right;
            case "ne" when (a, b) is (string left, string right):
                return left != right;
            case "len" when a is IReadOnlyList<object?> list:
                return (long)list.Count;
            case "range" when a is long count && call.Count == 1:
                return Enumerable.Range(0, (int)Math.Clamp(count, 0, MaximumSteps)).Select(i => (object?)(long)i);
            case "int" or "ops.prim.NumToTensor" or "Int" when a is long whole:
                return whole;
            case "float" or "Float" or "ops.prim.NumToTensor" when a is double or long:
                return Convert.ToDouble(a, System.Globalization.CultureInfo.InvariantCulture);
            case "float" when a is "inf":
                return double.PositiveInfinity;
            case "float" when a is "-inf":
                return double.NegativeInfinity;
            case "bool" when a is bool value:
                return value;
            case "neg" when a is long whole:
                return unchecked(-whole);
            case "format" or "warn" or "device":
                return "";
            case "getattr" when a is PickleObject module && b is string name:
                return module.State?[name];
            case "ops.prim.RaiseException":
                throw call.Unlike("the code refuses the picture");
        }

        return (a, b) switch
        {
            (long x, long y) => OfWhole(call, x, y),
            (double or long, double or long) => OfReal(
                call, Convert.ToDouble(a, System.Globalization.CultureInfo.InvariantCulture), Convert.ToDouble(b, System.Globalization.CultureInfo.InvariantCulture)),
            _ => throw NotUnderstood(frame, $"'{PrintableName.Of(call.Name)}' is called"),
        };
    }

    private static object OfWhole(ScriptArguments call, long x, long y) => call.Name switch
    {
        "add" => unchecked(x + y),
        "sub" => unchecked(x - y),
        "mul" => unchecked(x * y),
        "floordiv" or "floor_divide" when y > 0 => x >= 0 ? x / y : -((-x + y - 1) / y),
        "remainder" when y > 0 && x >= 0 => x % y,
        "eq" => x == y,
        "ne" => x != y,
        "lt" => x < y,
        "le" => x <= y,
        "gt" => x > y,
        "ge" => x >= y,
        _ => OfReal(call, x, y),
    };

    private static object OfReal(ScriptArguments call, double x, double y) => call.Name switch
    {
        "add" => x + y,
        "sub" => x - y,
        "mul" => x * y,
        "div" => x / y,
        "eq" => x == y,
        "ne" => x != y,
        "lt" => x < y,
        "le" => x <= y,
        "gt" => x > y,
        "ge" => x >= y,
        _ => throw call.Unlike("is of two numbers"),
    };

    private GraphValue Convolution(ScriptArguments call, GraphValue input, TorchWindow window, string padding) =>
        _graph.Convolution(call.Place, input, call.Tensor(1), call.TensorOrNone(2), padding switch
        {
            "" or "valid" => window,
            "same" => window with { IsSame = true },
            _ => throw call.Unlike($"has padding '{PrintableName.Of(padding)}'"),
        });

    private GraphValue Pool(ScriptArguments call, GraphValue input, bool isMaximum)
    {
        ImmutableArray<long> window = call.Numbers(1, []), stride = call.Numbers(2, []);
        return _graph.Pool(call.Place, input, window, stride.IsEmpty ? window : stride, call.Numbers(3, [0]), isMaximum);
    }

    /// <summary>The sum of two values, or arithmetic with a constant.</summary>
    private GraphValue Arithmetic(ScriptArguments call, GraphValue input)
    {
        if (call.Name is "add" or "sub" && call.Number(2, 1, "alpha") != 1)
            throw call.Unlike("has a factor other than 1");
        if (call.Name == "div" && call.Value(2, "rounding_mode") is not null)
            throw call.Unlike("rounds");
        return call.Value(1) switch
        {
            GraphValue other when call.Name == "add" => _graph.Sum(call.Place, input, other),
            GraphValue other when call.Name == "mul" => _graph.Product(call.Place, input, other),
            GraphValue => throw call.Unlike("is of two computed values; a MobileNet has only sums and products of those"),
            var constant => Affine(call, input, constant),
        };
    }

    private GraphValue Affine(ScriptArguments call, GraphValue input, object? constant)
    {
        Func<double[], ChannelAffine> make = call.Name switch
        {
            "add" => ChannelAffine.Add,
            "sub" => numbers => ChannelAffine.Add(Array.ConvertAll(numbers, number => -number)),
            "mul" => ChannelAffine.Multiply,
            _ => numbers => ChannelAffine.Multiply(Array.ConvertAll(numbers, number => 1 / number)),
        };
        return constant switch
        {
            long number => _graph.Affine(call.Place, input, number, make),
            double number => _graph.Affine(call.Place, input, number, make),
            TorchTensor tensor => _graph.Affine(call.Place, input, tensor, make),
            _ => throw call.Unlike("is with something else than a number or a constant"),
        };
    }

    private static ImmutableArray<long> Squeezed(ScriptArguments call, GraphValue input)
    {
        IEnumerable<long> sizes = input.Shape.Select(size => (long)size);
        if (!call.Has(1))
            return [.. sizes.Where(size => size != 1)];
        long[] gone = [.. call.Numbers(1, []).Select(axis => axis < 0 ? axis + input.Shape.Length : axis)];
        return [.. sizes.Where((size, i) => size != 1 || !gone.Contains(i))];
    }

    private static int Dimension(ScriptArguments call, GraphValue input)
    {
        long at = call.Whole(1, 0), place = at < 0 ? at + input.Shape.Length : at;
        return place >= 0 && place < input.Shape.Length ? (int)place : throw call.Unlike($"asks for dimension {at} of {input}");
    }
}
