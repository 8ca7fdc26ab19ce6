using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>The operators that compute.</content>
internal sealed partial class NetworkBuilder
{
    private void AddConvolution(StoredOperator step)
    {
        CheckInputs(step, 2, 3);
        bool depthwise = step.Code == BuiltinOperator.Depthwise;
        FlatTable options = Options(step, depthwise ? (byte)2 : (byte)1);
        byte padding = options.Byte(0);
        int strideWidth = options.Int32(1);
        int strideHeight = options.Int32(2);
        SourceActivation activation = Activation(step, options.Byte(depthwise ? 4 : 3));
        int dilation = Math.Max(options.Int32(depthwise ? 5 : 4, 1), options.Int32(depthwise ? 6 : 5, 1));
        if (strideWidth < 1 || strideHeight < 1 || padding > 1)
            throw FlatTable.Broken($"{step.Place}, has stride {strideHeight}×{strideWidth} and padding {padding}");
        if (dilation != 1)
            throw new WeightsException($"{step.Place}, has dilation {dilation}; a MobileNet classifier has none. Export it with output stride 32.");

        // A padded map is only ever read here, as the map before it and the padding.
        int source = step.Inputs[0];
        SourcePadding around = padding == 0 ? SourcePadding.Same : SourcePadding.None;
        int input;
        if (_padded.Remove(source, out Padded? padded))
        {
            if (around.IsSame || _readers[source] != 1)
            {
                throw new WeightsException(
                    $"{padded.Step.Place}, is followed by {step.Place}, with SAME padding, or by several operators; "
                    + "one convolution with VALID padding was expected.");
            }

            (source, input, around) = (padded.Input, padded.Value, padded.Padding);
        }
        else
        {
            input = Read(step.Place, source);
        }

        ImmutableArray<int> map = Map(step, source);
        SourceTensor weights = _constants.Weights(step, step.Inputs[1], "weights");
        if (weights.Shape is not [int first, int height, int width, int last] || (depthwise ? first != 1 || last % map[3] != 0 : last != map[3]))
            throw new WeightsException($"{step.Place}: weights of [{string.Join(", ", weights.Shape)}] do not fit a map of [{string.Join(", ", map)}].");
        int channels = depthwise ? last : first;
        CheckAxis(step, weights, depthwise ? 3 : 0);

        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        int rows = Size(map[1], height, strideHeight, around.IsSame, around.Top, around.Bottom);
        int columns = Size(map[2], width, strideWidth, around.IsSame, around.Left, around.Right);
        CheckShape(step, step.Outputs[0], [1, rows, columns, channels]);
        SourceTensor? bias = Bias(step, channels);
        CheckTypes(step, input, weights, bias, output);

        if (depthwise && map[3] != 1)
        {
            weights = weights.Reshape([height, width, channels], 2);
            _operators.Add(new SourceDepthwise(
                step.Place, input, output, weights, bias, channels / map[3], strideHeight, strideWidth, around, activation));
        }
        else
        {
            weights = depthwise ? ToConvolution(weights) : weights;
            _operators.Add(new SourceConvolution(
                step.Place, input, output, weights, bias, strideHeight, strideWidth, around, activation, StoredAsDepthwise: depthwise));
        }
    }

    private void AddDense(StoredOperator step)
    {
        CheckInputs(step, 2, 3);
        FlatTable options = Options(step, 8);
        SourceActivation activation = Activation(step, options.Byte(0));
        if (options.Byte(1) != 0)
            throw new WeightsException($"{step.Place}, has its weights shuffled for one processor; export it with the default weights format.");

        int input = Read(step.Place, step.Inputs[0]);
        SourceTensor weights = _constants.Weights(step, step.Inputs[1], "weights");
        if (weights.Shape is not [int channels, int length] || _model.Tensor(step.Inputs[0]).Count != length || _model.Tensor(step.Outputs[0]).Count != channels)
        {
            throw new WeightsException(
                $"{step.Place}: weights of [{string.Join(", ", weights.Shape)}] do not take [{string.Join(", ", _model.Tensor(step.Inputs[0]).Shape)}] "
                + $"to [{string.Join(", ", _model.Tensor(step.Outputs[0]).Shape)}].");
        }

        CheckAxis(step, weights, 0);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        SourceTensor? bias = Bias(step, channels);
        CheckTypes(step, input, weights, bias, output);
        _operators.Add(new SourceDense(step.Place, input, output, weights, bias, activation));
    }

    private void AddSum(StoredOperator step)
    {
        CheckInputs(step, 2, 2);
        SourceActivation activation = Activation(step, Options(step, 11).Byte(0));
        int left = Read(step.Place, step.Inputs[0]);
        int right = Read(step.Place, step.Inputs[1]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        CheckShape(step, step.Inputs[1], _model.Tensor(step.Inputs[0]).Shape);
        CheckShape(step, step.Outputs[0], _model.Tensor(step.Inputs[0]).Shape);
        CheckSameType(step, left, output);
        CheckSameType(step, right, output);
        _operators.Add(new SourceAdd(step.Place, left, right, output, activation));
    }

    private void AddAveragePool(StoredOperator step)
    {
        CheckInputs(step, 1, 1);
        FlatTable options = Options(step, 5);
        int input = Read(step.Place, step.Inputs[0]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        ImmutableArray<int> map = Map(step, step.Inputs[0]);
        if (options.Int32(3) != map[2] || options.Int32(4) != map[1])
        {
            throw new WeightsException(
                $"{step.Place}, has a window of {options.Int32(4)}×{options.Int32(3)} on a map of {map[1]}×{map[2]}; a MobileNet pools the whole map. "
                + "Export the network at the resolution it is to run at.");
        }

        if (Activation(step, options.Byte(5)) != SourceActivation.None)
            throw new WeightsException($"{step.Place}, has an activation; a MobileNet's pool has none.");
        CheckShape(step, step.Outputs[0], [1, 1, 1, map[3]]);
        CheckSameType(step, input, output);
        // TensorFlow Lite's own tolerance.
        if (_flows[input].Value.Quantization is { } from
            && _flows[output].Value.Quantization is { } to
            && (Math.Abs(from.Scale - to.Scale) > 1e-6f || from.ZeroPoint != to.ZeroPoint))
            throw new WeightsException($"{step.Place}, changes scale or zero point, which the operator cannot do.");
        _operators.Add(new SourcePool(step.Place, input, output, SourcePoolKind.AveragePool, KeepDimensions: true));
    }

    private void AddMean(StoredOperator step)
    {
        CheckInputs(step, 2, 2);
        bool keep = Options(step, 27).Byte(0) != 0;
        int input = Read(step.Place, step.Inputs[0]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        ImmutableArray<int> map = Map(step, step.Inputs[0]);
        ImmutableArray<long> axes = _constants.Integers(step, step.Inputs[1], 4);
        if (!axes.Select(axis => axis < 0 ? axis + 4 : axis).Order().SequenceEqual([1L, 2L]))
            throw new WeightsException($"{step.Place}, is taken over dimensions [{string.Join(", ", axes)}]; height and width, [1, 2], were expected.");
        CheckShape(step, step.Outputs[0], keep ? [1, 1, 1, map[3]] : [1, map[3]]);
        CheckSameType(step, input, output);
        _operators.Add(new SourcePool(step.Place, input, output, SourcePoolKind.Mean, keep));
    }

    private void AddSoftmax(StoredOperator step)
    {
        CheckInputs(step, 1, 1);
        float beta = Options(step, 9).Single(0);
        if (!float.IsFinite(beta) || beta <= 0)
            throw FlatTable.Broken($"{step.Place}, has a beta that is not finite and positive");
        int input = Read(step.Place, step.Inputs[0]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        StoredTensor scores = _model.Tensor(step.Inputs[0]);
        if (scores.Shape.Length == 0 || scores.Shape[^1] != scores.Count)
            throw new WeightsException($"{step.Place}, is over the last dimension of [{string.Join(", ", scores.Shape)}]; one row of classes was expected.");
        CheckShape(step, step.Outputs[0], scores.Shape);
        CheckSameType(step, input, output);
        _operators.Add(new SourceSoftmax(step.Place, input, output, beta));
    }

    private void AddQuantize(StoredOperator step)
    {
        CheckInputs(step, 1, 1);
        int input = Read(step.Place, step.Inputs[0]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        CheckShape(step, step.Outputs[0], _model.Tensor(step.Inputs[0]).Shape);
        if (_flows[output].Value.Type == ElementType.Float32)
            throw FlatTable.Broken($"{step.Place}, makes float32");
        _operators.Add(new SourceQuantize(step.Place, input, output));
    }

    private void AddDequantize(StoredOperator step)
    {
        CheckInputs(step, 1, 1);
        if (step.Inputs[0] >= 0 && step.Outputs[0] >= 0 && _model.Tensor(step.Inputs[0]).IsConstant)
        {
            if (_valueOf[step.Outputs[0]] != 0 || _constants.IsConstant(step.Outputs[0]))
                throw FlatTable.Broken($"{step.Place}: tensor {step.Outputs[0]} has been computed or stored already");
            _constants.Dequantize(step, step.Inputs[0], step.Outputs[0]);
            return;
        }

        int input = Read(step.Place, step.Inputs[0]);
        int output = Create(step.Place, step.Outputs[0], _operators.Count);
        CheckShape(step, step.Outputs[0], _model.Tensor(step.Inputs[0]).Shape);
        if (_flows[input].Value.Type == ElementType.Float32 || _flows[output].Value.Type != ElementType.Float32)
            throw FlatTable.Broken($"{step.Place}, makes {_flows[output].Value.Type} of {_flows[input].Value.Type}");
        _operators.Add(new SourceDequantize(step.Place, input, output));
    }

    private SourceTensor? Bias(StoredOperator step, int channels)
    {
        if (step.Inputs.Length < 3 || step.Inputs[2] < 0)
            return null;
        SourceTensor bias = _constants.Weights(step, step.Inputs[2], "biases");
        if (bias.Count != channels || bias.Shape[^1] != channels)
            throw new WeightsException($"{step.Place}: biases of [{string.Join(", ", bias.Shape)}] do not fit {channels} channels.");
        CheckAxis(step, bias, bias.Shape.Length - 1);
        return bias.Reshape([channels], 0);
    }

    /// <summary>[1][h][w][out] as [out][h][w][1].</summary>
    private SourceTensor ToConvolution(SourceTensor weights)
    {
        int taps = weights.Shape[1] * weights.Shape[2];
        int channels = weights.Shape[3];
        ImmutableArray<int> shape = [channels, weights.Shape[1], weights.Shape[2], 1];
        _model.Take((long)taps * channels * (weights.Type == ElementType.Float32 ? sizeof(float) : 1));
        return weights.Type switch
        {
            ElementType.Float32 => new SourceTensor(weights.Name, shape, Transpose(weights.Floats, taps, channels)),
            ElementType.UInt8 => new SourceTensor(weights.Name, shape, weights.Quantization! with { Axis = 0 }, Transpose(weights.Bytes, taps, channels)),
            _ => new SourceTensor(weights.Name, shape, weights.Quantization! with { Axis = 0 }, Transpose(weights.SBytes, taps, channels)),
        };
    }

    private static T[] Transpose<T>(T[] matrix, int rows, int columns)
    {
        var result = new T[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[column * rows + row] = matrix[row * columns + column];
        }

        return result;
    }

    /// <summary>Positions of a window on a padded line; 0 where it does not fit.</summary>
    private static int Size(int length, int kernel, int stride, bool same, int before, int after)
    {
        if (same)
            return (int)(((long)length + stride - 1) / stride);
        long room = (long)length + before + after - kernel;
        return room < 0 ? 0 : (int)(room / stride) + 1;
    }

    private ImmutableArray<int> Map(StoredOperator step, int tensor)
    {
        ImmutableArray<int> shape = _model.Tensor(tensor).Shape;
        if (shape is not [1, _, _, _])
            throw new WeightsException($"{step.Place}, reads [{string.Join(", ", shape)}]; one map, [1, height, width, channels], was expected.");
        return shape;
    }

    private static FlatTable Options(StoredOperator step, byte type) => step is { Options: { } options, OptionsType: var stored } && stored == type
        ? options
        : throw FlatTable.Broken($"{step.Place}, has options of kind {step.OptionsType}; {type} was expected");

    private static SourceActivation Activation(StoredOperator step, byte code) => code switch
    {
        0 => SourceActivation.None,
        1 => SourceActivation.Relu,
        3 => SourceActivation.Relu6,
        _ => throw new WeightsException(
            $"{step.Place}, has activation {code switch { 2 => "RELU_N1_TO_1", 4 => "TANH", 5 => "SIGN_BIT", _ => code.ToString(CultureInfo.InvariantCulture) }}; "
            + "a MobileNet's are NONE, RELU and RELU6."),
    };
}
