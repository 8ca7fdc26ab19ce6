using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>Makes the operators of a <see cref="SourceNetwork"/> of nodes: each that computes takes in those behind it that it alone feeds.</summary>
internal sealed partial class GraphFolding
{
    private readonly SourceFormat _format;
    private readonly List<GraphNode> _nodes;
    private readonly List<int> _inputs;
    private readonly ImmutableArray<int> _outputs;
    private readonly Dictionary<int, SourceQuantization> _inputQuantizations;
    private readonly bool _keepsEndTypes;
    private readonly WeightsBudget _budget;
    private readonly QuantizedDomain _domain;
    private readonly List<SourceOperator> _operators = [];
    private readonly List<SourceValue> _values = [];
    private readonly List<string> _notes = [];

    /// <summary>By node: 1 + the value that is its result, or 0. Integers and the real numbers they stand for are one value.</summary>
    private readonly int[] _valueOf;

    /// <summary>By node: whether its result is real numbers that integers stand for.</summary>
    private readonly bool[] _isDequantized;

    /// <summary>By node: how many nodes and outputs that matter read it.</summary>
    private readonly int[] _readers;

    /// <summary>By node: one of those that read it; −1 for an output.</summary>
    private readonly int[] _reader;

    /// <summary>By node: whether one before it has taken it in.</summary>
    private readonly bool[] _isTaken;

    /// <summary>By node that is a map with zeros around.</summary>
    private readonly Dictionary<int, PaddedMap> _padded = [];

    /// <summary>By node that is a mean or maximum which another one goes on with: what the first of them reads.</summary>
    private readonly Dictionary<int, int> _meanOf = [];

    /// <summary>By node that waits for a layer behind it to take it in: what stands before it, and what is applied to that.</summary>
    private readonly Dictionary<int, (int Source, ChannelAffine Affine)> _affineBefore = [];

    /// <summary>By value that is a map as one row: the map's size, and the order in which the file has its elements.</summary>
    private readonly Dictionary<int, (MapSize Map, ImmutableArray<MapAxis> Order)> _flattened = [];

    /// <summary>By node that is the real numbers of an input's bytes, which are of another type than the network's: the input's value.</summary>
    private readonly Dictionary<int, int> _outerInputs = [];

    private ChannelAffine? _preprocessing;
    private string _preprocessingPlace = "";

    /// <summary>A map with zeros around.</summary>
    /// <param name="First">The first of the paddings.</param>
    /// <param name="Map">The node that gives the map.</param>
    /// <param name="Padding">How many zeros there are in all.</param>
    private readonly record struct PaddedMap(PadNode First, int Map, SourcePadding Padding);

    public GraphFolding(
        SourceFormat format, List<GraphNode> nodes, List<int> inputs, List<int> outputs, Dictionary<int, SourceQuantization> inputQuantizations, bool keepsEndTypes, WeightsBudget budget)
    {
        (_format, _nodes, _inputs, _inputQuantizations, _keepsEndTypes, _budget) = (format, nodes, inputs, inputQuantizations, keepsEndTypes, budget);
        (_valueOf, _readers, _reader) = (new int[nodes.Count], new int[nodes.Count], new int[nodes.Count]);
        (_isDequantized, _isTaken) = (new bool[nodes.Count], new bool[nodes.Count]);

        var isOutput = new bool[nodes.Count];
        foreach (int output in outputs)
            isOutput[output] = true;
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if ((_readers[i] == 0 && !isOutput[i]) || nodes[i].Input < 0)
                continue;
            Count(nodes[i].Input, i);
            if (nodes[i] is BinaryNode { Right: var right })
                Count(right, i);
        }

        // An output that the network goes on from is for looking into it, and does not keep what follows from being taken in.
        _outputs = [.. outputs.Where(output => _readers[output] == 0).Distinct()];
        foreach (int output in _outputs)
            Count(output, -1);

        for (int i = 0; i < nodes.Count; i++)
            MoveOffsetBeforeSum(i);
        for (int i = 0; i < nodes.Count; i++)
            _isDequantized[i] = nodes[i] is DequantizeNode || (nodes[i] is PadNode && _isDequantized[nodes[i].Input]);
        _domain = QuantizedDomain.Of(nodes.Where((node, i) => _readers[i] > 0 && node is FilterNode && _isDequantized[node.Input]).Cast<FilterNode>());

        void Count(int node, int reader)
        {
            _readers[node]++;
            _reader[node] = reader;
        }
    }

    /// <summary>Whether the outputs are a detector's predictors, which remain in the type that they compute, whatever is behind them.</summary>
    public bool EndsInHeads { get; init; }

    /// <summary>
    /// Optimisers of graphs add a layer's offsets to the sum that the layer is part of. They belong to the layer: (a + b) + c = (a + c) + b.
    /// </summary>
    private void MoveOffsetBeforeSum(int index)
    {
        if (_nodes[index] is not AffineNode { Affine: var affine, Input: var at } offset || _nodes[at] is not AddNode sum || _readers[at] != 1 || affine.Factors.Any(factor => factor != 1))
            return;
        (int layer, int other) = IsOwn(sum.Input) ? (sum.Input, sum.Right) : (sum.Right, sum.Input);
        if (!IsOwn(layer) || layer == other)
            return;
        _nodes[at] = offset with { Input = layer, Size = sum.Size };
        _nodes[index] = sum with { Input = at, Right = other, Size = offset.Size };
        _reader[layer] = at;
        _reader[other] = _reader[other] == at ? index : _reader[other];

        // A layer's result, perhaps with its factors, that nothing else reads.
        bool IsOwn(int node) => _readers[node] == 1 && _nodes[node] is FilterNode or AffineNode;
    }

    public SourceNetwork Build()
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            // An input that nothing reads is an input all the same.
            if (!_isTaken[i] && (_readers[i] > 0 || _nodes[i] is InputNode))
                Add(i, _nodes[i]);
        }

        ImmutableArray<int> outputs = [.. _outputs.Select(AddOutput)];
        if (AreRangesMadeUp())
            _notes.Add("every layer gives bytes of scale 1: the file was converted with ranges that nobody measured (default_ranges_min and default_ranges_max), so its results mean nothing. Convert it with ranges from training or from pictures");
        return new SourceNetwork(_format, [.. _operators], [.. _values], [.. _inputs.Select(node => _valueOf[node] - 1)], outputs) { Preprocessing = Preprocessing(), Notes = [.. _notes] };
    }

    /// <summary>Whether all layers have the scale that converters make of the range from 0 to 255, which stands for no range that was measured.</summary>
    private bool AreRangesMadeUp()
    {
        SourceQuantization?[] results = [.. _operators.Where(step => step is SourceConvolution or SourceDepthwise or SourceDense).Select(step => _values[step.Output].Quantization)];
        return results.Length > 1 && results.All(q => q is { IsPerTensor: true, Scale: 1 });
    }

    private SourcePreprocessing? Preprocessing()
    {
        bool takesPixels = _inputs.Any(node => _nodes[node] is InputNode { IsPixels: true });
        if (_preprocessing is { } affine)
            return new SourcePreprocessing(_preprocessingPlace, [.. affine.Factors], [.. affine.Offsets], takesPixels);

        // Bytes that are read as they are have been stated to be so.
        int channels = _nodes[_inputs[0]].Size.Channels;
        return takesPixels ? new SourcePreprocessing(_nodes[_inputs[0]].Place, [.. Enumerable.Repeat(1.0, channels)], [.. Enumerable.Repeat(0.0, channels)], takesPixels) : null;
    }

    private void Add(int index, GraphNode node)
    {
        switch (node)
        {
            case InputNode input:
                CreateOuter(index, input.Name, Shape(input.Size, input.IsMap), input.IsInteger ? Meaning(index, input) : null);
                break;
            case FilterNode filter:
                AddFilter(index, filter);
                break;
            case AddNode add:
                AddSum(index, add);
                break;
            case MultiplyNode multiply:
                AddProduct(index, multiply);
                break;
            case PoolNode pool:
                AddPool(index, pool);
                break;
            case FlattenNode flatten:
                AddFlatten(index, flatten);
                break;
            case SoftmaxNode softmax:
                AddLast(index, softmax, FixedScale.Unit, (input, output) => new SourceSoftmax(softmax.Place, input, output, softmax.Beta));
                break;
            case FunctionNode function:
                AddFunction(index, function);
                break;
            case AffineNode affine:
                AddAffine(index, affine);
                break;
            case PadNode pad:
                PaddedMap before = _padded.GetValueOrDefault(pad.Input, new PaddedMap(pad, pad.Input, SourcePadding.None));
                _padded[index] = before with { Padding = Plus(before.Padding, pad.Padding) };
                break;
            case DequantizeNode dequantize:
                AddDequantize(index, dequantize);
                break;
            case QuantizeNode quantize:
                AddQuantize(index, quantize);
                break;
            default:
                throw Stray(node);
        }
    }

    private void AddFilter(int index, FilterNode filter)
    {
        SourcePadding around = filter.Padding;
        (int map, ChannelAffine? before) = TakesAffineBefore(filter) && _affineBefore.TryGetValue(filter.Input, out (int, ChannelAffine) affineBefore) ? affineBefore : (filter.Input, null);
        if (_padded.TryGetValue(filter.Input, out PaddedMap padded))
            (map, around) = (padded.Map, Plus(padded.Padding, Explicit(filter)));
        int input = ValueOf(filter.Place, map, takesFlattened: filter.Kind == SourceFilterKind.Dense);
        bool isQuantized = _isDequantized[filter.Input];
        Tail tail = Follow(index, isQuantized, takesAffine: !isQuantized, takesClamp: true);

        (SourceTensor weights, SourceTensor? bias) = (filter.Weights, filter.Bias);
        if (isQuantized)
        {
            weights = _domain.Weights(weights);
            bias = bias is null ? null : QuantizedDomain.Bias(filter.Place, bias, weights, _values[input].Quantization!);
        }
        else
        {
            _budget.Take(filter.Place, weights.Count);
            weights = QuantizedDomain.ToReal(weights);
            bias = bias is null ? null : QuantizedDomain.ToReal(bias);
            if (before is not null)
                (weights, bias) = before.FoldBefore(filter.Place, weights, bias);
            if (tail.Affine is { } affine)
                (weights, bias) = affine.Fold(tail.AffinePlace, weights, filter.OutputAxis, bias);
        }

        if (_flattened.TryGetValue(input, out (MapSize Map, ImmutableArray<MapAxis> Order) flattened))
            weights = RowsFirst(filter.Place, weights, flattened.Map, flattened.Order);

        (int output, SourceByteFunction? function) = CreateResult(tail, filter.Place, Shape(filter.Size, isMap: filter.Kind != SourceFilterKind.Dense), Result(filter, isQuantized, tail));
        bool isOneChannel = _values[input].Shape[^1] == 1;
        SourceOperator made = filter.Kind switch
        {
            SourceFilterKind.Dense => new SourceDense(filter.Place, input, output, weights, bias, tail.Activation),
            SourceFilterKind.Depthwise when !isOneChannel => new SourceDepthwise(
                filter.Place, input, output, weights, bias, filter.Size.Channels / _values[input].Shape[^1], filter.StrideHeight, filter.StrideWidth, around, tail.Activation),
            SourceFilterKind.Depthwise => new SourceConvolution(
                filter.Place, input, output, ToConvolution(filter.Place, weights), bias, filter.StrideHeight, filter.StrideWidth, around, tail.Activation, StoredAsDepthwise: true),

            // Real numbers do not tell a convolution of one channel from a depthwise one: it may be either.
            _ => new SourceConvolution(
                filter.Place, input, output, weights, bias, filter.StrideHeight, filter.StrideWidth, around, tail.Activation, StoredAsDepthwise: isOneChannel && !isQuantized),
        };
        _operators.Add(made with { ByteFunction = function });
    }

    private void AddSum(int index, AddNode add)
    {
        (int left, int right, bool isQuantized) = Operands(add);
        Tail tail = Follow(index, isQuantized, takesAffine: false, takesClamp: true);
        int output = Create(tail.Last, add.Place, _values[left].Shape, Result(add, isQuantized, tail));
        _operators.Add(new SourceAdd(add.Place, left, right, output, tail.Activation));
    }

    private void AddProduct(int index, MultiplyNode multiply)
    {
        (int map, int factors, bool isQuantized) = Operands(multiply);
        Tail tail = Follow(index, isQuantized, takesAffine: false, takesClamp: false);
        int output = Create(tail.Last, multiply.Place, _values[map].Shape, Result(multiply, isQuantized, tail));
        _operators.Add(new SourceMultiply(multiply.Place, map, factors, output));
    }

    private (int Left, int Right, bool AreQuantized) Operands(BinaryNode node)
    {
        bool areQuantized = _isDequantized[node.Input];
        return areQuantized == _isDequantized[node.Right]
            ? (ValueOf(node.Place, node.Input), ValueOf(node.Place, node.Right), areQuantized)
            : throw new WeightsException($"{node.Place}, computes with real numbers and quantised ones; two of a kind were expected. Quantise both of its inputs, and its result.");
    }

    private void AddPool(int index, PoolNode pool)
    {
        int from = _meanOf.GetValueOrDefault(pool.Input, pool.Input);
        if (_readers[index] == 1 && _reader[index] >= 0 && _nodes[_reader[index]] is PoolNode next && next.Kind == pool.Kind)
        {
            _meanOf[index] = from;
            return;
        }

        if (pool.Size is not { Height: 1, Width: 1 })
            throw new WeightsException($"{pool.Place}, leaves {pool.Size.Height}×{pool.Size.Width} of its map; a MobileNet pools the whole map.");
        int input = ValueOf(pool.Place, from);
        Tail tail = Follow(index, _isDequantized[from], takesAffine: false, takesClamp: false);
        QuantizedType? result = Result(pool, _isDequantized[from], tail);
        int output = Create(tail.Last, pool.Place, pool.KeepDimensions ? Shape(pool.Size, isMap: true) : Shape(pool.Size), result);

        // TensorFlow Lite's average pool keeps scale and zero point; what changes them is its mean.
        bool isKept = _values[input].Quantization == _values[output].Quantization;
        if (pool.Kind == SourcePoolKind.Max && !isKept)
            throw new WeightsException($"{pool.Place}, changes scale or zero point; those of the map were expected, of which it takes the largest values. Quantise the network again.");
        SourcePoolKind kind = isKept || pool.Kind != SourcePoolKind.AveragePool ? pool.Kind : SourcePoolKind.Mean;
        _operators.Add(new SourcePool(pool.Place, input, output, kind, pool.KeepDimensions));
    }

    private void AddFlatten(int index, FlattenNode flatten)
    {
        int input = ValueOf(flatten.Place, flatten.Input);
        Tail tail = Follow(index, _isDequantized[flatten.Input], takesAffine: false, takesClamp: false);
        QuantizedType? result = Result(flatten, _isDequantized[flatten.Input], tail);
        int output = Create(tail.Last, flatten.Place, Shape(flatten.Size), result);
        if (_values[input].Quantization != _values[output].Quantization)
            throw new WeightsException($"{flatten.Place}, changes scale or zero point; a map as one row keeps them.");
        _flattened.Add(output, (_nodes[flatten.Input].Size, flatten.Order));
        _operators.Add(new SourceFlatten(flatten.Place, input, output));
    }

    /// <summary>An operator that gives the last result, or a hidden one as it does.</summary>
    /// <param name="index">The node.</param>
    /// <param name="node">The node.</param>
    /// <param name="scale">The scale that TensorFlow Lite's quantised one always gives: quantisers often leave the last operator real.</param>
    /// <param name="make">Makes the operator, of input and output.</param>
    private void AddLast(int index, GraphNode node, FixedScale scale, Func<int, int, SourceOperator> make)
    {
        int input = ValueOf(node.Place, node.Input);
        bool isQuantized = _isDequantized[node.Input];
        Tail tail = Follow(index, isQuantized, takesAffine: false, takesClamp: false);
        QuantizedType? result = tail.Result;
        if (isQuantized && result is null)
        {
            ElementType type = _values[input].Type;
            result = new QuantizedType(type, new SourceQuantization([scale.Scale], [scale.ZeroPointOf(type)], 0));
            _isDequantized[index] = true;
            _notes.Add($"{node.Place}, computes with real numbers in the file, of what is quantised before it; here it gives bytes, as TensorFlow Lite's quantised one does");
        }

        int output = Create(tail.Last, node.Place, Shape(node.Size), result);
        _operators.Add(make(input, output));
    }

    private void AddFunction(int index, FunctionNode node)
    {
        FixedScale scale = node.Function == SourceFunction.Sigmoid ? FixedScale.Unit : FixedScale.SignedUnit;
        AddLast(index, node, scale, (input, output) => new SourceElementwise(node.Place, input, output, node.Function));
    }

    /// <summary>What no layer before it has taken in: preprocessing of the network's input, or part of a layer behind it.</summary>
    private void AddAffine(int index, AffineNode node)
    {
        if (_nodes[node.Input] is InputNode { IsInteger: false } || (_valueOf[node.Input] > 0 && _preprocessing is not null && _valueOf[node.Input] == _valueOf[_inputs[0]]))
        {
            if (_readers[node.Input] != 1 || _inputs.Count != 1)
                throw new WeightsException($"{node.Place}, changes the network's input, which others read as it is; one way for all of them was expected.");
            (_preprocessing, _preprocessingPlace) = (_preprocessing is null ? node.Affine : _preprocessing.Then(node.Affine), node.Place);
            Stand(index, node.Input);
        }
        else if (_isDequantized[node.Input] || _padded.ContainsKey(node.Input))
        {
            throw Stray(node);
        }
        else
        {
            _affineBefore.Add(index, _affineBefore.TryGetValue(node.Input, out (int Source, ChannelAffine Affine) before) ? (before.Source, before.Affine.Then(node.Affine)) : (node.Input, node.Affine));
        }
    }

    private void AddDequantize(int index, DequantizeNode node)
    {
        // Bytes of another type than the network's are only converted where something but a quantisation reads them.
        if (_keepsEndTypes && _nodes[node.Input] is InputNode && _domain.Value(node.Meaning) != node.Meaning)
            _outerInputs.Add(index, _valueOf[node.Input] - 1);
        else
            Stand(index, node.Input);
    }

    /// <summary>A quantisation that no operator takes in: at the beginning of a network, or one that only repeats.</summary>
    private void AddQuantize(int index, QuantizeNode quantize)
    {
        int from = _padded.TryGetValue(quantize.Input, out PaddedMap padded) ? padded.Map : quantize.Input;
        if (_nodes[from] is DequantizeNode d && !_outerInputs.ContainsKey(from) && _domain.Value(d.Meaning) == _domain.Value(quantize.Result))
        {
            Stand(index, quantize.Input);
            return;
        }

        int input = _outerInputs.TryGetValue(quantize.Input, out int outer) ? outer : ValueOf(quantize.Place, quantize.Input);
        bool isOutput = _reader[index] < 0 && _readers[index] == 1;
        int output = isOutput
            ? CreateOuter(index, quantize.Place, _values[input].Shape, quantize.Result)
            : Create(index, quantize.Place, _values[input].Shape, quantize.Result);
        _operators.Add(new SourceQuantize(quantize.Place, input, output));
    }

    /// <summary>A result of the network: real where the file says so, else in the type that the file says.</summary>
    private int AddOutput(int node)
    {
        int value = ValueOf("the network's outputs", node);
        if (EndsInHeads)
            return value;
        string place = _nodes[node].Place;
        if (_isDequantized[node])
        {
            _values.Add(new SourceValue(place, ElementType.Float32, _values[value].Shape, null));
            _operators.Add(new SourceDequantize(place, value, _values.Count - 1));
            return _values.Count - 1;
        }

        if (!_keepsEndTypes || _nodes[node] is not QuantizeNode { Result: var (type, quantization) } || type == _values[value].Type)
            return value;
        _values.Add(new SourceValue(place, type, _values[value].Shape, quantization));
        _operators.Add(new SourceQuantize(place, value, _values.Count - 1));
        return _values.Count - 1;
    }

    /// <summary>Makes a node's result the same as another's.</summary>
    private void Stand(int index, int other)
    {
        if (_padded.TryGetValue(other, out PaddedMap padded))
            _padded[index] = padded;
        else
            _valueOf[index] = _valueOf[other];
    }

    private int ValueOf(string place, int node, bool takesFlattened = false)
    {
        if (_padded.TryGetValue(node, out PaddedMap padded))
            throw new WeightsException($"{padded.First.Place}, is followed by {place}; a convolution was expected.");
        if (_affineBefore.ContainsKey(node))
            throw Stray(_nodes[node]);
        if (_outerInputs.Remove(node, out int outer))
        {
            int own = Create(node, _nodes[node].Place, _values[outer].Shape, ((DequantizeNode)_nodes[node]).Meaning);
            _operators.Add(new SourceQuantize(_nodes[node].Place, outer, own));
        }

        int value = _valueOf[node] - 1;
        if (!takesFlattened && _flattened.TryGetValue(value, out (MapSize Map, ImmutableArray<MapAxis> Order) flattened) && !IsRowsFirst(flattened.Order))
            throw new WeightsException($"{_nodes[node].Place}, makes a row of a map channel by channel and is followed by {place}; a fully connected layer was expected.");
        return value;
    }

    /// <summary>The result of an operator, behind the activation of bytes that it may have.</summary>
    private (int Output, SourceByteFunction? Function) CreateResult(Tail tail, string name, ImmutableArray<int> shape, QuantizedType? meaning)
    {
        if (tail.ByteSteps.Count == 0)
            return (Create(tail.Last, name, shape, meaning), null);
        int linear = Create(tail.Last, name, shape, meaning), value = linear;
        var steps = ImmutableArray.CreateBuilder<SourceByteStep>();
        foreach ((GraphNode node, SourceActivation activation, QuantizedType result) in tail.ByteSteps)
        {
            int input = value;
            value = Create(tail.Last, node.Place, shape, result);
            steps.Add(node is ByteArithmeticNode arithmetic
                ? new SourceByteStep(arithmetic.Operator, input, null, arithmetic.Constant, arithmetic.Scale, activation, value)
                : new SourceByteStep(SourceByteOperator.HardSwish, input, null, null, null, activation, value));
        }

        return (value, new SourceByteFunction(linear, steps.ToImmutable()));
    }

    private int Create(int node, string name, ImmutableArray<int> shape, QuantizedType? meaning) =>
        CreateAs(node, name, shape, meaning is { } m ? _domain.Value(m) : null);

    /// <summary>A value at an end of the network, which may keep the type that the file has.</summary>
    private int CreateOuter(int node, string name, ImmutableArray<int> shape, QuantizedType? meaning) =>
        _keepsEndTypes ? CreateAs(node, name, shape, meaning) : Create(node, name, shape, meaning);

    private int CreateAs(int node, string name, ImmutableArray<int> shape, QuantizedType? meaning)
    {
        _values.Add(new SourceValue(name, meaning?.Type ?? ElementType.Float32, shape, meaning?.Quantization));
        _valueOf[node] = _values.Count;
        return _values.Count - 1;
    }

    private QuantizedType Meaning(int index, InputNode input) => _inputQuantizations.TryGetValue(index, out SourceQuantization? quantization)
        ? new QuantizedType(input.Type, quantization)
        : throw new WeightsException($"{input.Place} is {input.Type} and nothing says what its integers stand for; a scale and zero point were expected.");

    private static ImmutableArray<int> Shape(MapSize size, bool isMap = false) =>
        isMap || size is not { Height: 1, Width: 1 } ? [1, size.Height, size.Width, size.Channels] : [1, size.Channels];
}
