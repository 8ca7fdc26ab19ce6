using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>Turns the operators of a file, in their order, into those of a <see cref="SourceNetwork"/>.</summary>
internal sealed partial class NetworkBuilder
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
}
