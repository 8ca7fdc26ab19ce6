using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>Makes the operators of a <see cref="SourceNetwork"/> of nodes: each that computes takes in those behind it that it alone feeds.</summary>
internal sealed partial class GraphFolding
{
    private readonly SourceFormat _format;
    private readonly List<GraphNode> _nodes;
    private readonly List<int> _inputs;
    private readonly ImmutableArray<int> _outputs;
    private readonly Dictionary<int, Quantization> _inputQuantizations;
    private readonly WeightsBudget _budget;
    private readonly QuantizedDomain _domain;
    private readonly List<SourceOperator> _operators = [];
    private readonly List<SourceValue> _values = [];

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

    /// <summary>By node that is a mean which another one goes on with: what the first of them reads.</summary>
    private readonly Dictionary<int, int> _meanOf = [];

    /// <summary>A map with zeros around.</summary>
    /// <param name="First">The first of the paddings.</param>
    /// <param name="Map">The node that gives the map.</param>
    /// <param name="Padding">How many zeros there are in all.</param>
    private readonly record struct PaddedMap(PadNode First, int Map, SourcePadding Padding);

    public GraphFolding(
        SourceFormat format, List<GraphNode> nodes, List<int> inputs, List<int> outputs, Dictionary<int, Quantization> inputQuantizations, WeightsBudget budget)
    {
        (_format, _nodes, _inputs, _inputQuantizations, _budget) = (format, nodes, inputs, inputQuantizations, budget);
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
            if (nodes[i] is AddNode { Right: var right })
                Count(right, i);
        }

        // An output that the network goes on from is for looking into it, and does not keep what follows from being taken in.
        _outputs = [.. outputs.Where(output => _readers[output] == 0).Distinct()];
        foreach (int output in _outputs)
            Count(output, -1);

        for (int i = 0; i < nodes.Count; i++)
            _isDequantized[i] = nodes[i] is DequantizeNode || (nodes[i] is PadNode && _isDequantized[nodes[i].Input]);
        _domain = QuantizedDomain.Of(nodes.Where((node, i) => _readers[i] > 0 && node is FilterNode && _isDequantized[node.Input]).Cast<FilterNode>());

        void Count(int node, int reader)
        {
            _readers[node]++;
            _reader[node] = reader;
        }
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
        return new SourceNetwork(_format, [.. _operators], [.. _values], [.. _inputs.Select(node => _valueOf[node] - 1)], outputs);
    }

    private void Add(int index, GraphNode node)
    {
        switch (node)
        {
            case InputNode input:
                Create(index, input.Name, Shape(input.Size), input.IsInteger ? Meaning(index, input) : null);
                break;
            case FilterNode filter:
                AddFilter(index, filter);
                break;
            case AddNode add:
                AddSum(index, add);
                break;
            case PoolNode pool:
                AddPool(index, pool);
                break;
            case SoftmaxNode softmax:
                AddSoftmax(index, softmax);
                break;
            case PadNode pad:
                PaddedMap before = _padded.GetValueOrDefault(pad.Input, new PaddedMap(pad, pad.Input, SourcePadding.None));
                _padded[index] = before with { Padding = Plus(before.Padding, pad.Padding) };
                break;
            case DequantizeNode:
                Stand(index, node.Input);
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
        int map = filter.Input;
        if (_padded.TryGetValue(filter.Input, out PaddedMap padded))
            (map, around) = (padded.Map, Plus(padded.Padding, Explicit(filter)));
        int input = ValueOf(filter.Place, map);
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
            if (tail.Affine is { } affine)
                (weights, bias) = affine.Fold(tail.AffinePlace, weights, filter.OutputAxis, bias);
        }

        int output = Create(tail.Last, filter.Place, Shape(filter.Size, isMap: filter.Kind != SourceFilterKind.Dense), Result(filter, isQuantized, tail));
        bool isOneChannel = _values[input].Shape[^1] == 1;
        _operators.Add(filter.Kind switch
        {
            SourceFilterKind.Dense => new SourceDense(filter.Place, input, output, weights, bias, tail.Activation),
            SourceFilterKind.Depthwise when !isOneChannel => new SourceDepthwise(
                filter.Place, input, output, weights, bias, filter.Size.Channels / _values[input].Shape[^1], filter.StrideHeight, filter.StrideWidth, around, tail.Activation),
            SourceFilterKind.Depthwise => new SourceConvolution(
                filter.Place, input, output, ToConvolution(filter.Place, weights), bias, filter.StrideHeight, filter.StrideWidth, around, tail.Activation, StoredAsDepthwise: true),

            // Real numbers do not tell a convolution of one channel from a depthwise one: it may be either.
            _ => new SourceConvolution(
                filter.Place, input, output, weights, bias, filter.StrideHeight, filter.StrideWidth, around, tail.Activation, StoredAsDepthwise: isOneChannel && !isQuantized),
        });
    }

    private void AddSum(int index, AddNode add)
    {
        bool isQuantized = _isDequantized[add.Input];
        if (isQuantized != _isDequantized[add.Right])
            throw new WeightsException($"{add.Place}, adds real numbers to quantised ones; two of a kind were expected. Quantise both of its inputs, and its result.");
        (int left, int right) = (ValueOf(add.Place, add.Input), ValueOf(add.Place, add.Right));
        Tail tail = Follow(index, isQuantized, takesAffine: false, takesClamp: true);
        int output = Create(tail.Last, add.Place, _values[left].Shape, Result(add, isQuantized, tail));
        _operators.Add(new SourceAdd(add.Place, left, right, output, tail.Activation));
    }

    private void AddPool(int index, PoolNode pool)
    {
        int from = _meanOf.GetValueOrDefault(pool.Input, pool.Input);
        if (_readers[index] == 1 && _reader[index] >= 0 && _nodes[_reader[index]] is PoolNode)
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
        SourcePoolKind kind = _values[input].Quantization == _values[output].Quantization ? pool.Kind : SourcePoolKind.Mean;
        _operators.Add(new SourcePool(pool.Place, input, output, kind, pool.KeepDimensions));
    }

    private void AddSoftmax(int index, SoftmaxNode softmax)
    {
        int input = ValueOf(softmax.Place, softmax.Input);
        bool isQuantized = _isDequantized[softmax.Input];
        Tail tail = Follow(index, isQuantized, takesAffine: false, takesClamp: false);
        QuantizedType? result = tail.Result;
        if (isQuantized && result is null)
        {
            // Quantisers often leave the last operator real. TensorFlow Lite's quantised one always has this result.
            ElementType type = _values[input].Type;
            result = new QuantizedType(type, new Quantization([1f / 256], [type == ElementType.Int8 ? sbyte.MinValue : byte.MinValue], 0));
            _isDequantized[index] = true;
        }

        int output = Create(tail.Last, softmax.Place, Shape(softmax.Size), result);
        _operators.Add(new SourceSoftmax(softmax.Place, input, output, Beta: 1));
    }

    /// <summary>A quantisation that no operator takes in: at the beginning of a network, or one that only repeats.</summary>
    private void AddQuantize(int index, QuantizeNode quantize)
    {
        int from = _padded.TryGetValue(quantize.Input, out PaddedMap padded) ? padded.Map : quantize.Input;
        if (_nodes[from] is DequantizeNode d && d.Meaning == quantize.Result)
        {
            Stand(index, quantize.Input);
            return;
        }

        int input = ValueOf(quantize.Place, quantize.Input);
        int output = Create(index, quantize.Place, _values[input].Shape, quantize.Result);
        _operators.Add(new SourceQuantize(quantize.Place, input, output));
    }

    /// <summary>A result of the network, real where the file says so.</summary>
    private int AddOutput(int node)
    {
        int value = ValueOf("the network's outputs", node);
        if (!_isDequantized[node])
            return value;
        _values.Add(new SourceValue(_nodes[node].Place, ElementType.Float32, _values[value].Shape, null));
        _operators.Add(new SourceDequantize(_nodes[node].Place, value, _values.Count - 1));
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

    private int ValueOf(string place, int node)
    {
        if (_padded.TryGetValue(node, out PaddedMap padded))
            throw new WeightsException($"{padded.First.Place}, is followed by {place}; a convolution was expected.");
        return _valueOf[node] - 1;
    }

    private int Create(int node, string name, ImmutableArray<int> shape, QuantizedType? meaning)
    {
        QuantizedType? own = meaning is { } m ? _domain.Value(m) : null;
        _values.Add(new SourceValue(name, own?.Type ?? ElementType.Float32, shape, own?.Quantization));
        _valueOf[node] = _values.Count;
        return _values.Count - 1;
    }

    private QuantizedType Meaning(int index, InputNode input) => _inputQuantizations.TryGetValue(index, out Quantization? quantization)
        ? new QuantizedType(input.Type, quantization)
        : throw new WeightsException($"{input.Place} is {input.Type} and nothing says what its integers stand for; a scale and zero point were expected.");

    private static ImmutableArray<int> Shape(MapSize size, bool isMap = false) =>
        isMap || size is not { Height: 1, Width: 1 } ? [1, size.Height, size.Width, size.Channels] : [1, size.Channels];
}
