using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>Turns the operators of a file, in their order, into a <see cref="SourceNetwork"/>.</summary>
/// <remarks>
/// What depends on constants and on shapes alone is computed here; what depends on the input is left to the <see cref="GraphBuilder"/>. It gets quantised operators as what they stand for:
/// the operator on real numbers, between a dequantisation and a quantisation.
/// </remarks>
internal sealed partial class NetworkBuilder
{
    private readonly TensorFlowLiteModel _model;
    private readonly ConstantReader _constants;
    private readonly WeightsBudget _budget;
    private readonly GraphBuilder _builder;

    /// <summary>By tensor: what is computed from the network's input.</summary>
    private readonly GraphValue?[] _values;

    /// <summary>By tensor: the operators whose first input it is.</summary>
    private ILookup<int, StoredOperator> _readers = Enumerable.Empty<StoredOperator>().ToLookup(_ => 0);

    /// <summary>Layers of float32 numbers whose weights are int8.</summary>
    private readonly List<string> _hybrid = [];

    /// <summary>The first operator that computes with integers, and their type.</summary>
    private (string Place, ElementType Type)? _scheme;

    public NetworkBuilder(TensorFlowLiteModel model, long fileLength)
    {
        (_model, _constants, _values) = (model, new ConstantReader(model), new GraphValue?[model.TensorCount]);
        _budget = new WeightsBudget(fileLength);
        _builder = new GraphBuilder(TensorFlowLiteReader.Format, MapOrder.ChannelsLast, _budget) { KeepsEndTypes = true };
    }

    public SourceNetwork Build()
    {
        if (_model.Inputs.Length == 0 || _model.Outputs.Length == 0)
            throw new WeightsException($"The network has {_model.Inputs.Length} inputs and {_model.Outputs.Length} outputs; at least one of each was expected.");
        FoundHeads? heads = FindHeads();
        ImmutableArray<StoredOperator> steps = Needed(heads is null ? _model.Outputs : Predictors(heads));
        CheckKinds(steps);
        _readers = steps.ToLookup(step => step.Inputs[0]);
        foreach (int tensor in _model.Inputs)
            Define("the network's inputs", tensor, Input(tensor));
        foreach (StoredOperator step in steps)
            Add(step);
        if (heads is not null)
            AddHeads(heads);
        else
            AddOutputs();
        SourceNetwork network = _builder.Build();
        if (heads is not null)
            network = Describe(network, heads);
        return network with { Notes = [.. network.Notes, .. Notes(network)] };
    }

    private void AddOutputs()
    {
        foreach (int tensor in _model.Outputs)
            _builder.Output(Value("the network's outputs", tensor));
    }

    private IEnumerable<string> Notes(SourceNetwork network)
    {
        if (_hybrid.Count > 0)
        {
            yield return $"the weights of {_hybrid.Count} layers, from {_hybrid[0]} on, are int8 and what they read is float32 (dynamic-range quantisation): read as float32. "
                + "TensorFlow Lite rounds what such a layer reads to 8 bits as it runs, so its results differ a little";
        }

        if (network.Detector is null && network.Outputs.Length < _model.Outputs.Distinct().Count())
            yield return $"{_model.Outputs.Distinct().Count() - network.Outputs.Length} of the results are what others are computed from, and are not used";
    }

    /// <summary>The operators that results depend on. The others may be anything.</summary>
    private ImmutableArray<StoredOperator> Needed(IEnumerable<int> results)
    {
        var isNeeded = new bool[_model.TensorCount];
        void Need(IEnumerable<int> tensors)
        {
            foreach (int tensor in tensors.Where(tensor => tensor >= 0))
                isNeeded[tensor] = true;
        }

        Need(results);
        var needed = new List<StoredOperator>();
        for (int i = _model.Operators.Length - 1; i >= 0; i--)
        {
            StoredOperator step = _model.Operators[i];
            // One whose only result is left out is damaged, which is said where it is read.
            if (!step.Outputs.Any(tensor => tensor < 0 || isNeeded[tensor]))
                continue;
            Need(step.Inputs);
            needed.Add(step);
        }

        needed.Reverse();
        return [.. needed];
    }

    /// <summary>Names an operator that no MobileNet has, a custom one first: it says best what the network is. Then what one has that is not understood.</summary>
    private static void CheckKinds(ImmutableArray<StoredOperator> steps)
    {
        if (steps.FirstOrDefault(step => step.Code == BuiltinOperator.Custom) is { } custom)
        {
            throw new WeightsException(
                $"{custom.Place}, is a custom operator and not one of a MobileNet's: {BuiltinOperator.Understood}. "
                + "If this is a detector, its predictors are not where those of SSD are, joined behind reshapes.");
        }

        foreach (StoredOperator step in steps)
        {
            if (BuiltinOperator.Signature(step.Code) is not { } signature)
                throw new WeightsException($"{step.Place}, is not one of a MobileNet's: {BuiltinOperator.Understood}.");
            if (step.Outputs.Length != 1)
                throw new WeightsException($"{step.Place}, has {step.Outputs.Length} outputs; one was expected.");
            if (step.Inputs.Length < signature.Least || step.Inputs.Length > signature.Most)
                throw FlatTable.Broken($"{step.Place}, has {step.Inputs.Length} inputs");
            if (signature.Options != 0 && step.OptionsType != signature.Options && (step.OptionsType != 0 || signature.NeedsOptions))
                throw FlatTable.Broken($"{step.Place}, has options of kind {step.OptionsType}; {signature.Options} was expected");
            if (step.OptionsType != 0 && step.Options.FirstPresent(signature.Fields) is var field and >= 0)
            {
                throw new WeightsException(
                    $"{step.Place}, has an option, field {field}, that is newer than this reader or not one of that operator; its first {signature.Fields} are understood. "
                    + "Export the network with an older converter.");
            }
        }
    }

    private GraphValue Input(int tensor)
    {
        StoredTensor stored = _model.Tensor(tensor);
        return _builder.Input(stored.Name, stored.Shape, TypeOf("the network's inputs", tensor), IsTransposedFirst(tensor) ? MapOrder.ChannelsFirst : MapOrder.ChannelsLast);
    }

    /// <summary>Whether the first thing that happens to an input, but for conversions, is that its channels go to the end: converters from PyTorch and ONNX begin so.</summary>
    private bool IsTransposedFirst(int tensor)
    {
        const int MostConversions = 3;
        for (int i = 0; i <= MostConversions && _readers[tensor].FirstOrDefault() is { } step; i++)
        {
            if (step.Code == BuiltinOperator.Transpose)
                return _constants.IsWhole(step.Inputs[1]) && _constants.Integers(step, step.Inputs[1]).Values is [0, 2, 3, 1];
            if (step.Code is not (BuiltinOperator.Cast or BuiltinOperator.Quantize or BuiltinOperator.Dequantize))
                return false;
            tensor = step.Outputs[0];
        }

        return false;
    }

    private void Add(StoredOperator step)
    {
        int target = step.Outputs[0];
        if (target < 0)
            throw FlatTable.Broken($"{step.Place}: something that is needed is left out");
        if (Evaluate(step) is { } numbers)
        {
            Unwritten(step.Place, target);
            CheckShape(step.Place, target, numbers.Shape);
            _constants.Define(target, numbers);
        }
        else if (EvaluateWeights(step) is { } weights)
        {
            Unwritten(step.Place, target);
            CheckShape(step.Place, target, weights.Shape);
            _constants.Define(target, weights);
        }
        else
        {
            Define(step.Place, target, Compute(step));
        }
    }

    private void Define(string place, int tensor, GraphValue value)
    {
        Unwritten(place, tensor);
        CheckShape(place, tensor, value.Shape);
        _values[tensor] = value;
    }

    /// <summary>Checks that a tensor has not been produced before.</summary>
    private void Unwritten(string place, int tensor)
    {
        if (tensor < 0)
            throw FlatTable.Broken($"{place}: something that is needed is left out");
        if (_values[tensor] is not null || _constants.IsConstant(tensor))
            throw FlatTable.Broken($"{place}: {_model.Tensor(tensor)} has been computed or stored already");
    }

    private void CheckShape(string place, int tensor, ImmutableArray<int> expected)
    {
        StoredTensor stored = _model.Tensor(tensor);
        if (!stored.Shape.AsSpan().SequenceEqual(expected.AsSpan()))
        {
            throw new WeightsException(
                $"{place}: {stored} is [{string.Join(", ", stored.Shape)}]; [{string.Join(", ", expected)}] was expected. Export the network with a fixed input shape.");
        }
    }

    /// <summary>What a tensor is that is computed from the network's input.</summary>
    private GraphValue Value(string place, int tensor)
    {
        if (tensor < 0)
            throw FlatTable.Broken($"{place}: something that is needed is left out");
        if (_values[tensor] is { } value)
            return value;
        throw _constants.IsConstant(tensor)
            ? new WeightsException($"{place}: {_model.Tensor(tensor)} is a stored constant; the result of an operator was expected.")
            : FlatTable.Broken($"{place}: {_model.Tensor(tensor)} is read before any operator has produced it");
    }

    private GraphValue Value(StoredOperator step, int input) => Value(step.Place, step.Inputs[input]);

    /// <summary>An input as the real numbers that it stands for.</summary>
    private GraphValue Real(StoredOperator step, int input) => Real(step, input, Value(step, input));

    private GraphValue Real(StoredOperator step, int input, GraphValue value)
    {
        ElementType type = TypeOf(step.Place, step.Inputs[input]);
        if (type == ElementType.Float32)
            return value;
        if (_builder.IntegerType(value) is null)
            throw new WeightsException($"{step.Place}, reads the bytes of {_model.Tensor(step.Inputs[input])}, which another operator casts to real numbers; one way for all was expected.");
        QuantizedType meaning = Meaning(step.Place, step.Inputs[input]);
        if (step.Code is not (BuiltinOperator.Quantize or BuiltinOperator.Dequantize))
        {
            _scheme ??= (step.Place, type);
            if (_scheme is var (place, first) && first != type)
                throw new WeightsException($"{step.Place}, computes with {type} and {place} with {first}; one type was expected throughout. Quantise the network again.");
        }

        return _builder.Dequantize(step.Place, value, meaning.Type, meaning.Quantization);
    }

    /// <summary>The result of an operator in the type of its tensor, which has to be that of what it reads.</summary>
    private GraphValue Result(StoredOperator step, GraphValue real)
    {
        ElementType type = TypeOf(step.Place, step.Outputs[0]);
        foreach (int tensor in step.Inputs.Where(tensor => tensor >= 0 && _values[tensor] is not null))
        {
            if (TypeOf(step.Place, tensor) is var read && read != type)
                throw new WeightsException($"{step.Place}, makes {type} of {read}; one type was expected.");
        }

        return Quantized(step, real);
    }

    private GraphValue Quantized(StoredOperator step, GraphValue real)
    {
        if (TypeOf(step.Place, step.Outputs[0]) == ElementType.Float32)
            return real;
        QuantizedType meaning = Meaning(step.Place, step.Outputs[0]);
        return _builder.Quantize(step.Place, real, meaning.Type, meaning.Quantization);
    }

    private ElementType TypeOf(string place, int tensor) => _model.Tensor(tensor).Type switch
    {
        TensorType.Float32 => ElementType.Float32,
        TensorType.UInt8 => ElementType.UInt8,
        TensorType.Int8 => ElementType.Int8,
        var other => throw new WeightsException($"{place}: {_model.Tensor(tensor)} is {other}; float32, uint8 and int8 networks are understood."),
    };

    /// <summary>What the integers of a tensor stand for.</summary>
    private QuantizedType Meaning(string place, int tensor)
    {
        StoredTensor stored = _model.Tensor(tensor);
        return stored.Quantization is { IsPerTensor: true } quantization
            ? new QuantizedType(TypeOf(place, tensor), quantization)
            : throw new WeightsException($"{place}: {stored} is {stored.Type} and has {stored.Quantization?.Scales.Length ?? 0} scales; one was expected.");
    }

    /// <summary>Checks that an operator gives numbers of the type, scale and zero point of those that it reads.</summary>
    private void CheckUnchanged(StoredOperator step, int input = 0)
    {
        (StoredTensor before, StoredTensor after) = (_model.Tensor(step.Inputs[input]), _model.Tensor(step.Outputs[0]));
        if (TypeOf(step.Place, before.Index) != TypeOf(step.Place, after.Index) || before.Quantization != after.Quantization)
            throw new WeightsException($"{step.Place}, changes type, scale or zero point; only an operator that is computed could.");
    }
}
