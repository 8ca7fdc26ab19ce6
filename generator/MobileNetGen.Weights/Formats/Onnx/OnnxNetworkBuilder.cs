using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Turns the nodes of a model that its outputs need, in their order, into a <see cref="SourceNetwork"/>.</summary>
internal sealed partial class OnnxNetworkBuilder
{
    private readonly WeightsInput _file;
    private readonly OnnxModel _model;
    private readonly WeightsBudget _budget;
    private readonly GraphBuilder _builder;

    /// <summary>What nodes compute from the network's input.</summary>
    private readonly Dictionary<string, GraphValue> _values = [];

    /// <summary>Initialisers, and what nodes make of them alone.</summary>
    private readonly Dictionary<string, OnnxTensor> _constants;

    /// <summary>Constants whose integers a DequantizeLinear has given a meaning.</summary>
    private readonly Dictionary<string, SourceTensor> _dequantized = [];

    /// <summary>The names that nodes or the network's outputs read.</summary>
    private readonly HashSet<string> _read;

    /// <summary>A detector's predictors; null for other networks.</summary>
    private FoundHeads? _heads;

    public OnnxNetworkBuilder(WeightsInput file, OnnxModel model, WeightsBudget budget)
    {
        (_file, _model, _budget, _constants) = (file, model, budget, new Dictionary<string, OnnxTensor>(model.Constants));
        _heads = FindHeads();
        _read = _heads is null ? [.. model.Outputs] : [.. Predictors(_heads)];
        _builder = new GraphBuilder(OnnxReader.Format, MapOrder.ChannelsFirst, budget);
    }

    public SourceNetwork Build()
    {
        if (_model.Inputs.Length > 8)
            throw new WeightsException($"The network has {_model.Inputs.Length} inputs; a classifier has one.");
        ImmutableArray<OnnxNode> needed = Needed();
        foreach (OnnxInput input in _model.Inputs)
        {
            if (_heads is null || _read.Contains(input.Name))
                AddInput(input, needed);
        }

        foreach (OnnxNode step in needed)
        {
            if (IsPicture(step))
            {
                AddPicture(step, needed);
                continue;
            }

            if (IsConstant(step))
                Fold(step);
            else if (step.Operator == "Shape")
                Define(step, Sizes(step));
            else
                Define(step, Compute(step));
            step.CheckAllKnown();
            CheckOutputs(step);
        }

        if (_heads is { } heads)
            AddHeads(heads);
        else
            AddOutputs();
        if (OnnxProducer.Conventions(_model, needed) is { } conventions)
            _builder.Conventions = conventions;
        SourceNetwork network = _builder.Build() with { Normalization = OnnxProducer.Stated(_model) };
        return _heads is null ? network : network with { Detector = Describe(network, _heads) };
    }

    private void AddOutputs()
    {
        foreach (string output in _model.Outputs)
        {
            _builder.Output(_values.TryGetValue(output, out GraphValue? value)
                ? value
                : throw new WeightsException($"The network's output \"{PrintableName.Of(output)}\" is not computed from its input."));
        }
    }

    /// <summary>The nodes that the outputs depend on. The others may be anything.</summary>
    private ImmutableArray<OnnxNode> Needed()
    {
        var needed = new List<OnnxNode>();
        for (int i = _model.Nodes.Length - 1; i >= 0; i--)
        {
            OnnxNode step = _model.Nodes[i];
            if (!step.Outputs.Any(_read.Contains))
                continue;
            if (!IsPicture(step))
                _read.UnionWith(step.Inputs);
            _read.Remove("");
            needed.Add(step);
        }

        needed.Reverse();
        return [.. needed];
    }

    private void AddInput(OnnxInput input, ImmutableArray<OnnxNode> steps)
    {
        string place = $"the input \"{PrintableName.Of(input.Name)}\"";
        ElementType type = input.Type switch
        {
            _ when IsReal(input.Type) => ElementType.Float32,
            OnnxType.UInt8 => ElementType.UInt8,
            OnnxType.Int8 => ElementType.Int8,
            _ => throw new WeightsException($"{place} is {(Enum.IsDefined(input.Type) ? input.Type : $"of type {(int)input.Type}")}; float, uint8 or int8 was expected."),
        };
        MapOrder order = IsTransposedFirst(input, steps) ? MapOrder.ChannelsLast : MapOrder.ChannelsFirst;
        GraphValue value = _builder.Input(PrintableName.Of(input.Name), InputShape.Complete(_file, place, order, input.Sizes), type, order);
        if (!_values.TryAdd(input.Name, value))
            throw new WeightsException($"The file has two of {place}. It is damaged.");
    }

    /// <summary>Whether the first thing that moves an input is that its channels go to the front: exporters from TensorFlow begin so.</summary>
    private static bool IsTransposedFirst(OnnxInput input, ImmutableArray<OnnxNode> steps)
    {
        string name = input.Name;
        foreach (OnnxNode step in steps)
        {
            if (step.Outputs.Length == 0 || !step.Inputs.Contains(name))
                continue;
            if (step.Operator == "Transpose")
                return step.Integers("perm") is [0, 3, 1, 2];

            // Where there is one channel, moving it is no more than another shape.
            if (step.Operator == "Reshape")
                return input.Sizes is [_, not 1, _, 1];
            if (step.Operator is not ("Identity" or "Cast" or "QuantizeLinear" or "DequantizeLinear" or "Mul" or "Add" or "Sub" or "Div"))
                return false;
            name = step.Outputs[0];
        }

        return false;
    }

    /// <summary>Results beside the first are those of training, or of what no MobileNet has.</summary>
    private void CheckOutputs(OnnxNode step)
    {
        for (int i = 1; i < step.Outputs.Length; i++)
        {
            if (_read.Contains(step.Outputs[i]))
                throw new WeightsException($"{step.Place}: its result {i}, \"{PrintableName.Of(step.Outputs[i])}\", is read; of a MobileNet's operators only the first result is.");
        }
    }

    private bool IsConstant(string name) => _constants.ContainsKey(name) || _dequantized.ContainsKey(name);

    private bool IsConstant(OnnxNode step) => step.Inputs.All(name => name.Length == 0 || IsConstant(name));

    private bool IsConstant(OnnxNode step, int input) => step.Takes(input) && IsConstant(step.Inputs[input]);

    /// <summary>An input of a node that is computed from the network's.</summary>
    private GraphValue Value(OnnxNode step, int input)
    {
        if (!step.Takes(input))
            throw new WeightsException($"{step.Place}: its input {input} is left out. The file is damaged; export it again.");
        if (_values.TryGetValue(step.Inputs[input], out GraphValue? value))
            return value;
        string found = IsConstant(step, input) ? "a constant" : "not computed before it";
        throw new WeightsException($"{step.Place}, reads \"{PrintableName.Of(step.Inputs[input])}\", which is {found}; something computed from the network's input was expected.");
    }

    /// <summary>An input of a node that is stored as it is.</summary>
    private OnnxTensor Constant(OnnxNode step, int input, string role) => step.Takes(input) && _constants.TryGetValue(step.Inputs[input], out OnnxTensor? tensor)
        ? tensor
        : throw new WeightsException($"{step.Place}: its {role} are not stored but computed, or left out; constants were expected. Export the network with constant folding.");

    /// <summary>An input of a node that is stored integers with their meaning; null where it is not.</summary>
    private SourceTensor? Dequantized(OnnxNode step, int input) => step.Takes(input) ? _dequantized.GetValueOrDefault(step.Inputs[input]) : null;

    /// <summary>Trained numbers, in the file's order: real, or integers with their meaning.</summary>
    private SourceTensor Weights(OnnxNode step, int input, string role) => Dequantized(step, input) ?? Constant(step, input, role).ToReal(step.Place);

    /// <summary>Trained numbers that are real whether or not they are stored so.</summary>
    private SourceTensor RealWeights(OnnxNode step, int input, string role)
    {
        SourceTensor tensor = Weights(step, input, role);
        _budget.Take(step.Place, tensor.Count);
        return QuantizedDomain.ToReal(tensor);
    }

    /// <summary>A few whole numbers: sizes, axes or paddings.</summary>
    private ImmutableArray<long> Integers(OnnxNode step, int input, string role) => Integers(step, Constant(step, input, role), role);

    private static ImmutableArray<long> Integers(OnnxNode step, OnnxTensor tensor, string role) =>
        tensor.Integers ?? throw new WeightsException($"{step.Place}: its {role}, {tensor}, are {tensor.Type}; at most 64 of int32 or int64 were expected.");

    /// <summary>Whole numbers that are an attribute or, in later operator sets, an input.</summary>
    private ImmutableArray<long>? Integers(OnnxNode step, string attribute, int input) =>
        step.Integers(attribute) ?? (step.Takes(input) ? Integers(step, input, attribute) : null);

    private void Define(OnnxNode step, GraphValue value) => _values.Add(Undefined(step), value);

    private void Define(OnnxNode step, OnnxTensor constant) => _constants.Add(Undefined(step), constant);

    private void Define(OnnxNode step, SourceTensor constant) => _dequantized.Add(Undefined(step), constant);

    /// <summary>The name of a node's first result, the only one that is read of any here, after checking that it is new.</summary>
    private string Undefined(OnnxNode step)
    {
        string name = step.Outputs[0];
        if (name.Length == 0 || _values.ContainsKey(name) || IsConstant(name))
        {
            throw new WeightsException(
                $"{step.Place}: its result \"{PrintableName.Of(name)}\" has no name, or one that is there already. "
                + "The file is damaged; export it again.");
        }

        return name;
    }
}
