using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <content>
/// What is known before the network runs: constants, and the arithmetic of shapes that exporters write where a program asks for a tensor's size.
/// </content>
internal sealed partial class OnnxNetworkBuilder
{
    private const string Foldable =
        "Constant, ConstantOfShape, Identity, Cast, Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Concat, Gather, Slice, QuantizeLinear and DequantizeLinear";

    /// <summary>The sizes of a value, or those from one dimension to another.</summary>
    private OnnxTensor Sizes(OnnxNode step)
    {
        ImmutableArray<int> shape = Value(step, 0).Shape;
        return OnnxTensor.Row(PrintableName.Of(step.Outputs[0]), [.. WholeNumbers.Range(step.Integer("start", 0), step.Integer("end", shape.Length), 1, shape.Length).Select(i => (long)shape[i])]);
    }

    /// <summary>Computes a node whose inputs are all constants.</summary>
    private void Fold(OnnxNode step)
    {
        switch (step.Operator)
        {
            case "Constant":
                Define(step, Stored(step));
                break;
            case "ConstantOfShape":
                Define(step, Filled(step));
                break;
            case "Identity" when Dequantized(step, 0) is { } same:
                Define(step, same);
                break;
            case "Identity":
                Define(step, Constant(step, 0, "numbers"));
                break;
            case "Cast":
                Define(step, Cast(step, Constant(step, 0, "numbers")));
                break;
            case "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze":
                Define(step, Reshape(step, Constant(step, 0, "numbers")));
                break;
            case "Transpose" when Dequantized(step, 0) is { } weights:
                _budget.Take(step.Place, weights.Count);
                Define(step, SourceTensors.Transpose(weights, Permutation(step, weights.Shape.Length)));
                break;
            case "Transpose":
                Define(step, Transpose(step, Constant(step, 0, "numbers")));
                break;
            case "Concat":
                if (step.Integer("axis", 0) is not (0 or -1))
                    throw new WeightsException($"{step.Place}, joins constants along dimension {step.Integer("axis", 0)}; rows of sizes were expected.");
                IEnumerable<long> joined = Enumerable.Range(0, Math.Min(step.Inputs.Length, 65)).SelectMany(i => Integers(step, i, "sizes")).Take(65);
                Define(step, OnnxTensor.Row(PrintableName.Of(step.Outputs[0]), [.. joined]));
                break;
            case "Gather":
                Define(step, Gather(step));
                break;
            case "Slice":
                Define(step, Slice(step, Constant(step, 0, "numbers")));
                break;
            case "QuantizeLinear":
                Define(step, Quantize(step));
                break;
            case "DequantizeLinear":
                Define(step, Dequantize(step));
                break;
            default:
                throw new WeightsException(
                    $"{step.Place}, computes with constants; of those only {Foldable} are understood. "
                    + "Export the network with constant folding, or simplify the file.");
        }
    }

    private static OnnxTensor Stored(OnnxNode step)
    {
        string name = PrintableName.Of(step.Outputs[0]);
        if (step.Tensor("value") is { } tensor)
            return tensor;
        if (step.Numbers("value_floats") is { } numbers)
            return new OnnxTensor(name, OnnxType.Float, [numbers.Length], numbers);
        if (step.Integers("value_ints") is { } integers)
            return OnnxTensor.Row(name, integers);
        return step.Attributes.Keys.SingleOrDefault() switch
        {
            "value_float" => new OnnxTensor(name, OnnxType.Float, [], new[] { step.Number("value_float", 0) }),
            "value_int" => new OnnxTensor(name, OnnxType.Int64, [], new[] { step.Integer("value_int", 0) }),
            _ => throw new WeightsException($"{step.Place}, holds neither a tensor nor numbers; one of them was expected."),
        };
    }

    /// <summary>A row of one number many times: the zero points of biases, which PyTorch writes so.</summary>
    private OnnxTensor Filled(OnnxNode step)
    {
        ImmutableArray<long> sizes = Integers(step, 0, "sizes");
        if (sizes is not [>= 0 and <= ushort.MaxValue and var count] || step.Tensor("value") is not { Count: 1, Integers: [var number] } fill)
        {
            throw new WeightsException(
                $"{step.Place}, makes a constant of [{string.Join(", ", sizes)}]; "
                + $"a row of at most {ushort.MaxValue} of int32 or int64 was expected.");
        }

        _budget.Take(step.Place, count);
        Array data = fill.Data is int[] ? Enumerable.Repeat((int)number, (int)count).ToArray() : Enumerable.Repeat(number, (int)count).ToArray();
        return fill with { Shape = [(int)count], Data = data };
    }

    /// <summary>Casts to real numbers, and between integers.</summary>
    private OnnxTensor Cast(OnnxNode step, OnnxTensor tensor)
    {
        var to = (OnnxType)step.Integer("to", 0);
        if (to == tensor.Type || (tensor.Data is float[] && IsReal(to)))
            return tensor;
        _budget.Take(step.Place, tensor.Count);
        Array? data = (tensor.Data, to) switch
        {
            (long[] whole, OnnxType.Int32) => Array.ConvertAll(whole, number => (int)number),
            (int[] whole, OnnxType.Int64) => Array.ConvertAll(whole, number => (long)number),
            (long[] whole, _) when IsReal(to) => Array.ConvertAll(whole, number => (float)number),
            (int[] whole, _) when IsReal(to) => Array.ConvertAll(whole, number => (float)number),
            _ => throw new WeightsException($"{step.Place}, makes type {(int)to} of {tensor}, which is {tensor.Type}; a cast to real numbers or between integers was expected."),
        };
        return tensor with { Type = IsReal(to) ? OnnxType.Float : to, Data = data };
    }

    private static bool IsReal(OnnxType type) => type is OnnxType.Float or OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Double;

    private OnnxTensor Reshape(OnnxNode step, OnnxTensor tensor)
    {
        ImmutableArray<long> shape = NewShape(step, tensor.Shape);
        long known = 1;
        foreach (long size in shape)
            known = size == -1 ? known : size < 0 || known * size > int.MaxValue ? throw Misfit() : known * size;
        if (shape.IndexOf(-1) is var open and >= 0)
        {
            shape = shape.SetItem(open, known == 0 ? 0 : tensor.Count / known);
            known *= shape[open];
        }

        return known == tensor.Count && shape.Length <= 8 && shape.All(size => size >= 0) ? tensor with { Shape = [.. shape.Select(size => (int)size)] } : throw Misfit();

        WeightsException Misfit() => new($"{step.Place}, makes [{string.Join(", ", shape)}] of {tensor}; as many elements were expected.");
    }

    private OnnxTensor Transpose(OnnxNode step, OnnxTensor tensor)
    {
        ImmutableArray<int> axes = Permutation(step, tensor.Shape.Length);
        _budget.Take(step.Place, tensor.Count);
        Array? data = tensor.Data switch
        {
            float[] numbers => SourceTensors.Transpose(numbers, tensor.Shape, axes),
            byte[] numbers when tensor.Type == OnnxType.UInt8 => SourceTensors.Transpose(numbers, tensor.Shape, axes),
            sbyte[] numbers => SourceTensors.Transpose(numbers, tensor.Shape, axes),
            long[] numbers => SourceTensors.Transpose(numbers, tensor.Shape, axes),
            _ => throw new WeightsException($"{step.Place}, transposes {tensor} of {tensor.Type}; real numbers, bytes or int64 were expected."),
        };
        return tensor with { Shape = [.. axes.Select(i => tensor.Shape[i])], Data = data };
    }

    private OnnxTensor Gather(OnnxNode step)
    {
        OnnxTensor tensor = Constant(step, 0, "sizes"), which = Constant(step, 1, "indices");
        ImmutableArray<long> numbers = Integers(step, tensor, "sizes");
        if (tensor.Shape.Length != 1 || step.Integer("axis", 0) is not (0 or -1))
            throw new WeightsException($"{step.Place}, takes from {tensor}; a row of sizes was expected.");
        long[] taken = [.. Integers(step, which, "indices").Select(index => numbers[(int)Axis(step, index, numbers.Length)])];
        return which with { Type = OnnxType.Int64, Data = taken };
    }

    /// <summary>Part of a row or table of whole numbers. Starts, ends, axes and steps are inputs, in old files attributes.</summary>
    private OnnxTensor Slice(OnnxNode step, OnnxTensor tensor)
    {
        long[] numbers = [.. Integers(step, tensor, "sizes")];
        ImmutableArray<long> starts = Integers(step, "starts", 1) ?? [], ends = Integers(step, "ends", 2) ?? [];
        ImmutableArray<long> axes = Integers(step, "axes", 3) ?? [.. starts.Select((_, i) => (long)i)];
        ImmutableArray<long> steps = Integers(step, "steps", 4) ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
            throw new WeightsException($"{step.Place}: its starts, ends, axes and steps are not as many, or a step is 0. The file is damaged.");

        ImmutableArray<int> shape = tensor.Shape;
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = (int)Axis(step, axes[i], shape.Length);
            int inner = shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size), length = shape[axis], outer = numbers.Length / Math.Max(inner * length, 1);
            int[] kept = WholeNumbers.Range(starts[i], ends[i], steps[i], length);
            numbers =
            [
                .. from o in Enumerable.Range(0, outer)
                   from k in kept
                   from n in Enumerable.Range(0, inner)
                   select numbers[(((o * length) + k) * inner) + n],
            ];
            shape = shape.SetItem(axis, kept.Length);
        }

        return new OnnxTensor(tensor.Name, OnnxType.Int64, shape, numbers);
    }

    /// <summary>The shape that a reshaping node gives; one size may be −1.</summary>
    private ImmutableArray<long> NewShape(OnnxNode step, ImmutableArray<int> shape)
    {
        switch (step.Operator)
        {
            case "Flatten":
                long at = step.Integer("axis", 1);
                if (at != shape.Length)
                    at = Axis(step, at, shape.Length);
                return [shape.Take((int)at).Aggregate(1L, (product, size) => product * size), shape.Skip((int)at).Aggregate(1L, (product, size) => product * size)];
            case "Reshape":
                ImmutableArray<long> sizes = Integers(step, "shape", 1) ?? throw new WeightsException($"{step.Place}: its shape is left out.");
                bool keepsZero = step.Integer("allowzero", 0) != 0;
                return [.. sizes.Select((size, i) => size == 0 && !keepsZero && i < shape.Length ? shape[i] : size)];
            case "Squeeze":
                HashSet<long>? gone = Integers(step, "axes", 1)?.Select(axis => Axis(step, axis, shape.Length)).ToHashSet();
                return [.. shape.Where((size, i) => gone is null ? size != 1 : !gone.Contains(i)).Select(size => (long)size)];
            default:
                ImmutableArray<long> axes = Integers(step, "axes", 1) ?? [];
                int rank = shape.Length + axes.Length;
                HashSet<long> added = [.. axes.Select(axis => Axis(step, axis, rank))];
                var rest = new Queue<int>(shape);
                return added.Count == axes.Length
                    ? [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1L : rest.Dequeue())]
                    : throw new WeightsException($"{step.Place}, adds dimensions [{string.Join(", ", axes)}]; each once was expected.");
        }
    }

    private static ImmutableArray<long> Order(OnnxNode step, int rank) => step.Integers("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];

    private static ImmutableArray<int> Permutation(OnnxNode step, int rank)
    {
        ImmutableArray<long> order = Order(step, rank);
        return order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(i => (long)i))
            ? [.. order.Select(i => (int)i)]
            : throw new WeightsException($"{step.Place}, orders {rank} dimensions as [{string.Join(", ", order)}]; each one once was expected.");
    }

    /// <summary>A dimension, or an index, that may count from the end.</summary>
    private static long Axis(OnnxNode step, long axis, int rank)
    {
        long from = axis < 0 ? axis + rank : axis;
        return from >= 0 && from < rank ? from : throw new WeightsException($"{step.Place}, names dimension or element {axis} of {rank}.");
    }
}
