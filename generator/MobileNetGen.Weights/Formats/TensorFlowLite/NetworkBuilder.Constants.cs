using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>What is known before the network runs.</content>
internal sealed partial class NetworkBuilder
{
    /// <summary>The whole numbers that an operator makes of such, or of a shape; null for any other.</summary>
    private WholeNumbers? Evaluate(StoredOperator step)
    {
        if (step.Code == BuiltinOperator.Shape && step.Inputs[0] >= 0 && !_constants.IsConstant(step.Inputs[0]))
            return WholeNumbers.Row(Value(step, 0).Shape.Select(size => (long)size));
        if (!step.Inputs.All(_constants.IsWhole))
            return null;
        WholeNumbers first = Numbers(0);
        switch (step.Code)
        {
            case BuiltinOperator.StridedSlice:
                return Slice(step, first);
            case BuiltinOperator.Pack:
                CheckNeutral(step, step.Options.Int32(0) == step.Inputs.Length && step.Options.Int32(1) is 0 or -1);
                return WholeNumbers.Join(step.Place, [.. step.Inputs.Select((_, i) => Numbers(i))], isPack: true);
            case BuiltinOperator.Concatenation:
                CheckNeutral(step, step.Options.Int32(0) is 0 or -1 && step.Options.Byte(1) == 0);
                return WholeNumbers.Join(step.Place, [.. step.Inputs.Select((_, i) => Numbers(i))], isPack: false);
            case BuiltinOperator.Gather:
                CheckNeutral(step, step.Options.Int32(0) is 0 or -1 && step.Options.Int32(1) == 0);
                return first.Gather(step.Place, Numbers(1));
            case BuiltinOperator.Mul:
                CheckNeutral(step, step.Options.Byte(0) == 0);
                return first.Zip(step.Place, Numbers(1), (left, right) => left * right);
            case BuiltinOperator.Add:
                CheckNeutral(step, step.Options.Byte(0) == 0);
                return first.Zip(step.Place, Numbers(1), (left, right) => left + right);
            case BuiltinOperator.Sub:
                CheckNeutral(step, step.Options.Byte(0) == 0);
                return first.Zip(step.Place, Numbers(1), (left, right) => left - right);
            case BuiltinOperator.ReduceProd:
                CheckNeutral(step, first.Shape.Length == 1 && Numbers(1).Values is [0 or -1]);
                return new WholeNumbers([first.Product(step.Place)], step.Options.Byte(0) != 0 ? [1] : []);
            case BuiltinOperator.Cast when _model.Tensor(step.Outputs[0]).Type is TensorType.Int32 or TensorType.Int64:
                return first;
            case BuiltinOperator.Reshape or BuiltinOperator.Squeeze or BuiltinOperator.ExpandDims:
                ImmutableArray<long> shape = NewShape(step, first.Shape);
                return first with { Shape = CheckCount(step, shape, first.Values.Length) };
            default:
                return null;
        }

        WholeNumbers Numbers(int input) => _constants.Integers(step, step.Inputs[input]);
    }

    /// <summary>The trained numbers that an operator makes of such: dequantised, or under another shape. Null for any other.</summary>
    private SourceTensor? EvaluateWeights(StoredOperator step)
    {
        if (step.Inputs[0] < 0 || !_constants.IsConstant(step.Inputs[0]) || _constants.IsWhole(step.Inputs[0]))
            return null;
        switch (step.Code)
        {
            case BuiltinOperator.Dequantize:
                StoredTensor result = _model.Tensor(step.Outputs[0]);
                if (result.Type != TensorType.Float32)
                    throw new WeightsException($"{step.Place}, makes {result.Type} of {_model.Tensor(step.Inputs[0])}; float32 was expected.");
                Unwritten(step.Place, result.Index);
                return _constants.Dequantized(step, step.Inputs[0], result);
            case BuiltinOperator.Transpose:
                SourceTensor tensor = _constants.Weights(step, step.Inputs[0], "weights");
                ImmutableArray<long> order = _constants.Integers(step, step.Inputs[1]).Values;
                if (!order.Order().SequenceEqual(Enumerable.Range(0, tensor.Shape.Length).Select(i => (long)i)))
                    throw new WeightsException($"{step.Place}, orders the dimensions of {tensor} as [{string.Join(", ", order)}]; each one once was expected.");
                _budget.Take(step.Place, tensor.Count);
                return SourceTensors.Transpose(tensor, [.. order.Select(i => (int)i)]);
            case BuiltinOperator.Reshape or BuiltinOperator.Squeeze or BuiltinOperator.ExpandDims:
                SourceTensor weights = _constants.Weights(step, step.Inputs[0], "weights");
                if (weights.Quantization is { IsPerTensor: false })
                    throw new WeightsException($"{step.Place}, gives {weights} another shape, whose scales are one a channel; weights that are used as they are were expected.");
                return weights.Reshape(CheckCount(step, NewShape(step, weights.Shape), weights.Count), 0);
            default:
                return null;
        }
    }

    private WholeNumbers Slice(StoredOperator step, WholeNumbers numbers)
    {
        (int begin, int end, int shrink) = (step.Options.Int32(0), step.Options.Int32(1), step.Options.Int32(4));
        bool isRun = _constants.Integers(step, step.Inputs[1]).Values.Length == 1 && _constants.Integers(step, step.Inputs[2]).Values.Length == 1 && _constants.Integers(step, step.Inputs[3]).Values.Length == 1;
        CheckNeutral(step, isRun && (begin | end | shrink) is 0 or 1 && step.Options.Int32(2) == 0 && step.Options.Int32(3) == 0 && step.Options.Byte(5) == 0);
        (long from, long to, long stride) = (Sole(1), Sole(2), Sole(3));
        return shrink == 1 ? numbers.At(step.Place, begin == 1 ? 0 : from) : numbers.Slice(step.Place, begin == 1 ? null : from, end == 1 ? null : to, stride);

        long Sole(int input) => _constants.Integers(step, step.Inputs[input]).Values[0];
    }

    private static void CheckNeutral(StoredOperator step, bool isNeutral)
    {
        if (!isNeutral)
            throw new WeightsException($"{step.Place}, does more with sizes than taking, joining or multiplying those of a row; no MobileNet does. Export the network with a fixed input shape.");
    }

    /// <summary>The shape that a reshaping operator gives; one size may be −1.</summary>
    private ImmutableArray<long> NewShape(StoredOperator step, ImmutableArray<int> shape)
    {
        switch (step.Code)
        {
            case BuiltinOperator.Reshape:
                // The shape is an input, an option, or, of old files, the result's own alone.
                if (step.Inputs.Length > 1 && step.Inputs[1] >= 0)
                    return _constants.Integers(step, step.Inputs[1]).Values;
                ImmutableArray<long> stated = _model.Sizes(step, 0);
                return stated.IsEmpty ? [.. _model.Tensor(step.Outputs[0]).Shape.Select(size => (long)size)] : stated;
            case BuiltinOperator.Squeeze:
                ImmutableArray<long> gone = [.. _model.Sizes(step, 0).Select(axis => axis < 0 ? axis + shape.Length : axis)];
                if (gone.Any(axis => axis < 0 || axis >= shape.Length || shape[(int)axis] != 1))
                    throw new WeightsException($"{step.Place}, drops dimensions [{string.Join(", ", gone)}] of [{string.Join(", ", shape)}]; such of size 1 were expected.");
                return [.. shape.Where((size, i) => gone.IsEmpty ? size != 1 : !gone.Contains(i)).Select(size => (long)size)];
            default:
                if (_constants.Integers(step, step.Inputs[1]).Values is not [var at] || at < -shape.Length - 1 || at > shape.Length)
                    throw new WeightsException($"{step.Place}, adds other than one dimension to [{string.Join(", ", shape)}]; one was expected.");
                return [.. shape.Select(size => (long)size).ToImmutableArray().Insert((int)(at < 0 ? at + shape.Length + 1 : at), 1)];
        }
    }

    /// <summary>A shape for a constant of so many elements.</summary>
    private static ImmutableArray<int> CheckCount(StoredOperator step, ImmutableArray<long> shape, int count)
    {
        long known = shape.Where(size => size != -1).Aggregate(1L, (product, size) => size is < 1 or > int.MaxValue || product * size > int.MaxValue ? 0 : product * size);
        if (known > 0 && shape.IndexOf(-1) is var open and >= 0)
            (shape, known) = (shape.SetItem(open, count / known), known * (count / known));
        return known == count && shape.Length <= 8 && !shape.Contains(-1)
            ? [.. shape.Select(size => (int)size)]
            : throw new WeightsException($"{step.Place}, makes [{string.Join(", ", shape)}] of {count} numbers; as many were expected.");
    }
}
