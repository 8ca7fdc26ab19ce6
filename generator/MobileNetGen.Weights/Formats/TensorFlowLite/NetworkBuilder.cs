using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>Turns the operators of a file, in their order, into those of a <see cref="SourceNetwork"/>.</summary>
internal sealed class NetworkBuilder
{
    private const string Understood =
        "CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, ADD, AVERAGE_POOL_2D, MEAN, SOFTMAX, RELU, RELU6, MINIMUM, MAXIMUM, PAD, RESHAPE, SQUEEZE, QUANTIZE and DEQUANTIZE";

    private readonly TensorFlowLiteModel _model;
    private readonly ConstantReader _constants;
    private readonly List<SourceOperator> _operators = [];
    private readonly List<Flow> _flows = [];

    /// <summary>By tensor: 1 + the value it is, or 0. Tensors that differ by a reshape, or by an activation, are one value.</summary>
    private readonly int[] _valueOf;

    /// <summary>By tensor: how many operators and network outputs read it.</summary>
    private readonly int[] _readers;

    /// <summary>By tensor that PAD made: what it waits for a convolution with.</summary>
    private readonly Dictionary<int, Padded> _padded = [];

    public NetworkBuilder(TensorFlowLiteModel model)
    {
        _model = model;
        _constants = new ConstantReader(model);
        _valueOf = new int[model.TensorCount];
        _readers = new int[model.TensorCount];
    }

    private sealed record Padded(StoredOperator Step, int Input, int Value, SourcePadding Padding);

    /// <summary>A value, while the operators around it are still being read.</summary>
    private sealed class Flow
    {
        public required SourceValue Value { get; set; }

        /// <summary>Index of the operator that produces it; −1 for an input of the network.</summary>
        public required int Producer { get; init; }

        /// <summary>Whether more than one operator reads it, so that a later one cannot become part of its producer.</summary>
        public required bool Shared { get; set; }

        /// <summary>The MINIMUM with 6 that waits for its MAXIMUM with 0.</summary>
        public StoredOperator? Capped { get; set; }
    }

    public SourceNetwork Build()
    {
        CheckKinds();
        foreach (StoredOperator step in _model.Operators)
        {
            foreach (int tensor in step.Inputs)
            {
                if (tensor >= 0)
                    _readers[tensor]++;
            }
        }

        foreach (int tensor in _model.Outputs)
        {
            if (tensor >= 0)
                _readers[tensor]++;
        }

        if (_model.Inputs.Length == 0 || _model.Outputs.Length == 0)
            throw new WeightsException($"The network has {_model.Inputs.Length} inputs and {_model.Outputs.Length} outputs; at least one of each was expected.");
        ImmutableArray<int> inputs = [.. _model.Inputs.Select(tensor => Create("the network's inputs", tensor, producer: -1))];
        foreach (StoredOperator step in _model.Operators)
            Add(step);
        ImmutableArray<int> outputs = [.. _model.Outputs.Select(tensor => Read("the network's outputs", tensor))];

        if (_padded.Count > 0)
            throw new WeightsException($"{_padded.Values.First().Step.Place}: nothing reads its result; a convolution with VALID padding was expected after it.");
        return new SourceNetwork(TensorFlowLiteReader.Format, [.. _operators], [.. _flows.Select(flow => flow.Value)], inputs, outputs);
    }

    /// <summary>Names an operator that no MobileNet has, a custom one first: it says best what the network is.</summary>
    private void CheckKinds()
    {
        foreach (StoredOperator step in _model.Operators)
        {
            if (step.Code == BuiltinOperator.Custom)
            {
                throw new WeightsException(
                    $"{step.Place}, is a custom operator and not one of a MobileNet's: {Understood}. "
                    + "If this is a detection network, only a classifier or its feature extractor can be used.");
            }
        }

        foreach (StoredOperator step in _model.Operators)
        {
            if (!IsUnderstood(step.Code))
                throw new WeightsException($"{step.Place}, is not one of a MobileNet's: {Understood}.");
        }
    }

    private static bool IsUnderstood(int code) => code
        is BuiltinOperator.Convolution or BuiltinOperator.Depthwise or BuiltinOperator.FullyConnected or BuiltinOperator.Add
        or BuiltinOperator.AveragePool or BuiltinOperator.Mean or BuiltinOperator.Softmax
        or BuiltinOperator.Relu or BuiltinOperator.Relu6 or BuiltinOperator.Minimum or BuiltinOperator.Maximum
        or BuiltinOperator.Pad or BuiltinOperator.PadV2 or BuiltinOperator.Reshape or BuiltinOperator.Squeeze
        or BuiltinOperator.Quantize or BuiltinOperator.Dequantize;

    private void Add(StoredOperator step)
    {
        if (step.Outputs.Length != 1)
            throw new WeightsException($"{step.Place}, has {step.Outputs.Length} outputs; one was expected.");
        switch (step.Code)
        {
            case BuiltinOperator.Convolution:
            case BuiltinOperator.Depthwise:
                AddConvolution(step);
                break;
            case BuiltinOperator.FullyConnected:
                AddDense(step);
                break;
            case BuiltinOperator.Add:
                AddSum(step);
                break;
            case BuiltinOperator.AveragePool:
                AddAveragePool(step);
                break;
            case BuiltinOperator.Mean:
                AddMean(step);
                break;
            case BuiltinOperator.Softmax:
                AddSoftmax(step);
                break;
            case BuiltinOperator.Relu:
            case BuiltinOperator.Relu6:
                CheckInputs(step, 1, 1);
                Activate(step, step.Inputs[0], step.Code);
                break;
            case BuiltinOperator.Minimum:
            case BuiltinOperator.Maximum:
                AddBound(step);
                break;
            case BuiltinOperator.Pad:
            case BuiltinOperator.PadV2:
                AddPad(step);
                break;
            case BuiltinOperator.Reshape:
            case BuiltinOperator.Squeeze:
                AddReshape(step);
                break;
            case BuiltinOperator.Quantize:
                AddQuantize(step);
                break;
            case BuiltinOperator.Dequantize:
                AddDequantize(step);
                break;
        }
    }

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
                throw new WeightsException($"{padded.Step.Place}, is followed by {step.Place}, with SAME padding, or by several operators; one convolution with VALID padding was expected.");
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
        ImmutableArray<int> expected =
            [1, Size(map[1], height, strideHeight, around.IsSame, around.Top, around.Bottom), Size(map[2], width, strideWidth, around.IsSame, around.Left, around.Right), channels];
        CheckShape(step, step.Outputs[0], expected);
        SourceTensor? bias = Bias(step, channels);
        CheckTypes(step, input, weights, bias, output);

        if (!depthwise)
            _operators.Add(new SourceConvolution(step.Place, input, output, weights, bias, strideHeight, strideWidth, around, activation, StoredAsDepthwise: false));
        else if (map[3] == 1)
            _operators.Add(new SourceConvolution(step.Place, input, output, ToConvolution(weights), bias, strideHeight, strideWidth, around, activation, StoredAsDepthwise: true));
        else
            _operators.Add(new SourceDepthwise(step.Place, input, output, weights.Reshape([height, width, channels], 2), bias, channels / map[3], strideHeight, strideWidth, around, activation));
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
        if (_flows[input].Value.Quantization is { } from && _flows[output].Value.Quantization is { } to && (Math.Abs(from.Scale - to.Scale) > 1e-6f || from.ZeroPoint != to.ZeroPoint))
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

    private void AddPad(StoredOperator step)
    {
        bool stated = step.Code == BuiltinOperator.PadV2;
        CheckInputs(step, stated ? 3 : 2, stated ? 3 : 2);
        int source = step.Inputs[0];
        int value = Read(step.Place, source);
        ImmutableArray<int> map = Map(step, source);
        SourceValue before = _flows[value].Value;
        ImmutableArray<long> sizes = _constants.Integers(step, step.Inputs[1], 8);
        if (sizes is not [0, 0, var top, var bottom, var left, var right, 0, 0] || sizes.Any(size => size is < 0 or > 1024))
            throw new WeightsException($"{step.Place}, pads by [{string.Join(", ", sizes)}]; up to 1024 rows and columns around the map, and nothing else, were expected.");
        if (stated && (!_constants.IsConstant(step.Inputs[2]) || !_constants.IsNumber(step, step.Inputs[2], 0, before)))
            throw new WeightsException($"{step.Place}, pads with something else than zero, or than the zero point; a convolution's own padding was expected.");

        int target = Unwritten(step.Place, step.Outputs[0]);
        CheckShape(step, target, [1, (int)(map[1] + top + bottom), (int)(map[2] + left + right), map[3]]);
        CheckUnchanged(step, before, AsValue(step.Place, target));
        _padded.Add(target, new Padded(step, source, value, SourcePadding.Explicit((int)top, (int)left, (int)bottom, (int)right)));
    }

    private void AddReshape(StoredOperator step)
    {
        CheckInputs(step, 1, 2);
        int value = Read(step.Place, step.Inputs[0]);
        int target = Unwritten(step.Place, step.Outputs[0]);
        StoredTensor before = _model.Tensor(step.Inputs[0]);
        StoredTensor after = _model.Tensor(target);
        if (!before.Shape.Where(size => size != 1).SequenceEqual(after.Shape.Where(size => size != 1)))
        {
            throw new WeightsException(
                $"{step.Place}, makes [{string.Join(", ", after.Shape)}] of [{string.Join(", ", before.Shape)}]; in a MobileNet it only adds or drops dimensions of size 1.");
        }

        CheckUnchanged(step, _flows[value].Value, AsValue(step.Place, target));
        _valueOf[target] = value + 1;
        _flows[value].Shared |= _readers[step.Inputs[0]] != 1 || _readers[target] != 1;
    }

    /// <summary>MINIMUM with 6 and MAXIMUM with 0, in either order and with their operands in either order.</summary>
    private void AddBound(StoredOperator step)
    {
        CheckInputs(step, 2, 2);
        (int tensor, int bound) = _constants.IsConstant(step.Inputs[0]) ? (step.Inputs[1], step.Inputs[0]) : (step.Inputs[0], step.Inputs[1]);
        float number = step.Code == BuiltinOperator.Minimum ? 6 : 0;
        SourceValue value = _flows[Read(step.Place, tensor, takesCapped: true)].Value;
        if (!_constants.IsConstant(bound) || !_constants.IsNumber(step, bound, number, value))
            throw new WeightsException($"{step.Place}, has a bound other than {number}; a MobileNet's activations are ReLU and ReLU6.");
        Activate(step, tensor, step.Code);
    }

    /// <summary>Makes an operator that only bounds a value part of the operator that produces the value.</summary>
    private void Activate(StoredOperator step, int tensor, int bound)
    {
        int value = Read(step.Place, tensor, takesCapped: true);
        Flow flow = _flows[value];
        if (flow.Producer < 0 || flow.Shared || _readers[tensor] != 1 || ActivationOf(_operators[flow.Producer]) is not { } before)
            throw new WeightsException($"{step.Place}, does not directly and alone follow a convolution, a fully connected layer or an addition, whose activation it would be.");

        int target = Unwritten(step.Place, step.Outputs[0]);
        CheckShape(step, target, _model.Tensor(tensor).Shape);
        SourceValue after = AsValue(step.Place, target);
        CheckUnchanged(step, flow.Value, after);

        bool below = before != SourceActivation.None || bound != BuiltinOperator.Minimum;
        bool above = before == SourceActivation.Relu6 || flow.Capped is not null || bound is BuiltinOperator.Relu6 or BuiltinOperator.Minimum;
        flow.Capped = below ? null : step;
        flow.Value = after;
        flow.Shared = _readers[target] != 1;
        _valueOf[target] = value + 1;
        if (below)
            _operators[flow.Producer] = WithActivation(_operators[flow.Producer], above ? SourceActivation.Relu6 : SourceActivation.Relu);
    }

    private static SourceActivation? ActivationOf(SourceOperator step) => step switch
    {
        SourceConvolution s => s.Activation,
        SourceDepthwise s => s.Activation,
        SourceDense s => s.Activation,
        SourceAdd s => s.Activation,
        _ => null,
    };

    private static SourceOperator WithActivation(SourceOperator step, SourceActivation activation) => step switch
    {
        SourceConvolution s => s with { Activation = activation },
        SourceDepthwise s => s with { Activation = activation },
        SourceDense s => s with { Activation = activation },
        SourceAdd s => s with { Activation = activation },
        _ => throw new InvalidOperationException($"{step.Place} has no activation."),
    };

    /// <summary>The value that a tensor is.</summary>
    private int Read(string place, int tensor, bool takesCapped = false)
    {
        if (tensor < 0)
            throw FlatTable.Broken($"{place}: something that is needed is left out");
        if (_padded.TryGetValue(tensor, out Padded? padded))
            throw new WeightsException($"{padded.Step.Place}, is followed by {place}; a convolution with VALID padding was expected.");
        int value = _valueOf[tensor] - 1;
        if (value < 0)
        {
            throw _constants.IsConstant(tensor)
                ? new WeightsException($"{place}: {_model.Tensor(tensor)} is a stored constant; the result of an operator was expected.")
                : FlatTable.Broken($"{place}: {_model.Tensor(tensor)} is read before any operator has produced it");
        }

        if (_flows[value].Capped is { } capped && !takesCapped)
            throw new WeightsException($"{capped.Place}, is followed by {place}; MAXIMUM with 0 was expected, for the two to be ReLU6.");
        return value;
    }

    /// <summary>A tensor that is about to be produced, after checking that it has not been.</summary>
    private int Unwritten(string place, int tensor)
    {
        if (tensor < 0)
            throw FlatTable.Broken($"{place}: something that is needed is left out");
        if (_valueOf[tensor] != 0 || _padded.ContainsKey(tensor) || _constants.IsConstant(tensor))
            throw FlatTable.Broken($"{place}: {_model.Tensor(tensor)} has been computed or stored already");
        return tensor;
    }

    private int Create(string place, int tensor, int producer)
    {
        _flows.Add(new Flow { Value = AsValue(place, Unwritten(place, tensor)), Producer = producer, Shared = _readers[tensor] > 1 });
        _valueOf[tensor] = _flows.Count;
        return _flows.Count - 1;
    }

    private SourceValue AsValue(string place, int tensor)
    {
        StoredTensor stored = _model.Tensor(tensor);
        ElementType type = stored.Type switch
        {
            TensorType.Float32 => ElementType.Float32,
            TensorType.UInt8 => ElementType.UInt8,
            TensorType.Int8 => ElementType.Int8,
            _ => throw new WeightsException($"{place}: {stored} is {stored.Type}; float32, uint8 and int8 networks are understood."),
        };
        if (type != ElementType.Float32 && stored.Quantization is not { IsPerTensor: true })
            throw new WeightsException($"{place}: {stored} is {stored.Type} and has {stored.Quantization?.Scales.Length ?? 0} scales; one was expected.");
        return new SourceValue(stored.Name, type, stored.Shape, stored.Quantization);
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
            $"{step.Place}, has activation {code switch { 2 => "RELU_N1_TO_1", 4 => "TANH", 5 => "SIGN_BIT", _ => code.ToString(System.Globalization.CultureInfo.InvariantCulture) }}; "
            + "a MobileNet's are NONE, RELU and RELU6."),
    };

    private static void CheckInputs(StoredOperator step, int least, int most)
    {
        if (step.Inputs.Length < least || step.Inputs.Length > most)
            throw FlatTable.Broken($"{step.Place}, has {step.Inputs.Length} inputs");
    }

    private void CheckShape(StoredOperator step, int tensor, ImmutableArray<int> expected)
    {
        StoredTensor stored = _model.Tensor(tensor);
        if (!stored.Shape.AsSpan().SequenceEqual(expected.AsSpan()))
        {
            throw new WeightsException(
                $"{step.Place}: {stored} is [{string.Join(", ", stored.Shape)}]; [{string.Join(", ", expected)}] was expected. Export the network with a fixed input shape.");
        }
    }

    private static void CheckAxis(StoredOperator step, SourceTensor tensor, int axis)
    {
        if (tensor.Quantization is { IsPerTensor: false } q && q.Axis != axis)
            throw new WeightsException($"{step.Place}: the scales of its \"{tensor.Name}\" run along dimension {q.Axis}; {axis}, the output channels, was expected.");
    }

    private void CheckSameType(StoredOperator step, int input, int output)
    {
        if (_flows[input].Value.Type != _flows[output].Value.Type)
            throw new WeightsException($"{step.Place}, makes {_flows[output].Value.Type} of {_flows[input].Value.Type}; one type was expected.");
    }

    private static void CheckUnchanged(StoredOperator step, SourceValue before, SourceValue after)
    {
        if (before.Type != after.Type || before.Quantization != after.Quantization)
            throw new WeightsException($"{step.Place}, changes type, scale or zero point; only an operator that is computed could.");
    }

    /// <summary>Float32 throughout; or uint8 with per-tensor weights; or int8 with symmetric weights: both with int32 biases.</summary>
    private void CheckTypes(StoredOperator step, int input, SourceTensor weights, SourceTensor? bias, int output)
    {
        ElementType type = _flows[input].Value.Type;
        CheckSameType(step, input, output);
        if (weights.Type != type)
        {
            throw new WeightsException(
                $"{step.Place}, has {weights.Type} weights and reads {type}; both of one type were expected. "
                + "Quantise activations too (full integer quantisation), or keep float weights.");
        }

        if (bias is not null && bias.Type != (type == ElementType.Float32 ? ElementType.Float32 : ElementType.Int32))
            throw new WeightsException($"{step.Place}, has {bias.Type} biases and reads {type}; int32 biases go with quantised networks, float32 ones with float32.");
        if (type == ElementType.UInt8 && !weights.Quantization!.IsPerTensor)
            throw new WeightsException($"{step.Place}, has a scale per channel; uint8 weights have one.");
        if (type == ElementType.Int8 && weights.Quantization!.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has int8 weights with a zero point; symmetric ones were expected.");
        if (bias?.Quantization is { } q && q.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has biases with a zero point; none was expected.");
    }
}
