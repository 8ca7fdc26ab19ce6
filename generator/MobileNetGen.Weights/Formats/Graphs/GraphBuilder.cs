using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// Builds a <see cref="SourceNetwork"/> from operators as frameworks write them, one thing each, given in an order of execution. What a MobileNet's
/// layer takes in is folded when the network is built: batch normalisations, multiplications and additions of constants into the weights, activations into
/// the operator that they follow, paddings into the convolutions that read them; reshapes and transposes vanish, and so does all that no output needs.
/// </summary>
/// <remarks>
/// <para>
/// A reader resolves constants itself and gives weights in the order of <see cref="SourceConvolution"/>, <see cref="SourceDepthwise"/> and
/// <see cref="SourceDense"/>; the builder tracks where a value's dimensions went, whichever order the file has them in. Every method takes the operator's
/// place in the file, as messages show it ("node 12, Conv"), and throws <see cref="WeightsException"/> for what no MobileNet has. A batch dimension that is left
/// open is read as 1.
/// </para>
/// <para>
/// Quantised operators are given as engines write them around those on real numbers: <see cref="Dequantize"/>, the operator, with its quantised weights,
/// <see cref="Quantize"/>. The group becomes one quantised operator.
/// </para>
/// </remarks>
/// <param name="format">The facts of the file's format.</param>
/// <param name="order">The order of a map's dimensions in the file.</param>
/// <param name="budget">What limits copies of weights.</param>
internal sealed partial class GraphBuilder(SourceFormat format, MapOrder order, WeightsBudget budget)
{
    private readonly List<GraphNode> _nodes = [];
    private readonly List<int> _inputs = [];
    private readonly List<int> _outputs = [];
    private readonly List<(GraphValue Boxes, GraphValue Scores)> _heads = [];
    private readonly Dictionary<(int Node, QuantizedType Type), int> _conversions = [];

    /// <summary>By input that is integers: what those stand for, which only its readers say.</summary>
    private readonly Dictionary<int, SourceQuantization> _inputQuantizations = [];

    /// <summary>What is assumed of the network where the file does not say: the format's, unless its reader found who made it.</summary>
    public SourceConventions Conventions { get; set; } = SourceConventions.Of(format);

    /// <summary>
    /// Whether bytes at the network's ends keep the type that the file has, with a conversion next to them; else they are in the network's one type, as all others. A format keeps them
    /// where its own engine converts them.
    /// </summary>
    public bool KeepsEndTypes { get; init; }

    /// <summary>An input of the network.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">A map in the file's order, or a vector: dimensions of size 1 but for the last. Sizes below 1 are open.</param>
    /// <param name="type">float32, or uint8 or int8 where the file quantises outside.</param>
    /// <param name="mapOrder">The order of this map's dimensions, where the file transposes it before anything else.</param>
    /// <exception cref="WeightsException">The shape is open but for the batch dimension, or not one map or vector.</exception>
    public GraphValue Input(string name, ImmutableArray<int> shape, ElementType type = ElementType.Float32, MapOrder? mapOrder = null)
    {
        string place = $"the input \"{name}\"";
        if (shape.Length > 0 && shape[0] < 1)
            shape = shape.SetItem(0, 1);
        if (shape.Any(size => size < 1))
        {
            throw new WeightsException(
                $"The size of {place} is open, [{string.Join(", ", shape)}]; height, width and channels were expected. "
                + "Export the network with a fixed input shape.");
        }

        if (shape.Length > 0 && shape[0] != 1)
        {
            throw new WeightsException(
                $"The shape of {place} is [{string.Join(", ", shape)}]: {shape[0]} images; one was expected. "
                + "Export the network with batch size 1 or an open one.");
        }

        bool isMap = shape.Length == 4;
        if (!isMap && shape.SkipLast(1).Any(size => size != 1))
            throw new WeightsException($"The shape of {place} is [{string.Join(", ", shape)}]; one map, which has four dimensions, or one vector was expected.");
        ImmutableArray<MapAxis> axes = isMap
            ? Axes(mapOrder ?? order)
            : [.. shape.Select((_, i) => i == shape.Length - 1 ? MapAxis.Channels : MapAxis.None)];
        GraphValue value = Label(place, _nodes.Count, shape, axes);
        _inputs.Add(_nodes.Count);
        _nodes.Add(new InputNode(place, name, SizeOf(value), type) { IsMap = isMap });
        return value;
    }

    /// <summary>Makes a value a result of the network.</summary>
    public void Output(GraphValue value) => _outputs.Add(value.Node);

    /// <summary>Folds what can be folded and gives the network.</summary>
    /// <exception cref="WeightsException">Something does not follow an operator that could take it in, or there is no input or output.</exception>
    public SourceNetwork Build()
    {
        if (_inputs.Count == 0 || _outputs.Count == 0)
            throw new WeightsException($"The network has {_inputs.Count} inputs and {_outputs.Count} outputs; at least one of each was expected.");
        SourceNetwork network = new GraphFolding(format, _nodes, _inputs, _outputs, _inputQuantizations, KeepsEndTypes, budget) { EndsInHeads = _heads.Count > 0 }.Build();
        return network with { Conventions = Conventions, Detector = Detector(network.Outputs) };
    }

    /// <summary>A convolution, dilation 1, without its activation.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A map in the file's order.</param>
    /// <param name="weights">[out][kernel height][kernel width][in]. Quantised ones are read as real numbers where <paramref name="input"/> is real.</param>
    /// <param name="bias">[out], or null. int32 or float32.</param>
    /// <param name="strideHeight">Step down the map, at least 1.</param>
    /// <param name="strideWidth">Step along the map, at least 1.</param>
    /// <param name="padding">The operator's own padding; a <see cref="Pad"/> before it is added.</param>
    public GraphValue Convolution(string place, GraphValue input, SourceTensor weights, SourceTensor? bias, int strideHeight, int strideWidth, SourcePadding padding) =>
        Spatial(place, input, SourceFilterKind.Convolution, weights, bias, strideHeight, strideWidth, padding);

    /// <summary>A depthwise convolution, dilation 1, without its activation.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A map in the file's order.</param>
    /// <param name="weights">[kernel height][kernel width][channels · multiplier].</param>
    /// <param name="bias">[channels · multiplier], or null. int32 or float32.</param>
    /// <param name="strideHeight">Step down the map, at least 1.</param>
    /// <param name="strideWidth">Step along the map, at least 1.</param>
    /// <param name="padding">The operator's own padding; a <see cref="Pad"/> before it is added.</param>
    public GraphValue Depthwise(string place, GraphValue input, SourceTensor weights, SourceTensor? bias, int strideHeight, int strideWidth, SourcePadding padding) =>
        Spatial(place, input, SourceFilterKind.Depthwise, weights, bias, strideHeight, strideWidth, padding);

    /// <summary>A fully connected layer without its activation.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">[in] and any dimensions of size 1 before it.</param>
    /// <param name="weights">[out][in].</param>
    /// <param name="bias">[out], or null. int32 or float32.</param>
    public GraphValue Dense(string place, GraphValue input, SourceTensor weights, SourceTensor? bias)
    {
        int read = Real(place, input);
        if (weights.Shape is not [int channels, int length] || input.Shape is not [.., int last] || last != length || input.Count != length)
        {
            throw new WeightsException(
                $"{place}: weights of [{string.Join(", ", weights.Shape)}] (out, in) do not fit {input}; "
                + "a vector of as many numbers as the weights have inputs was expected.");
        }

        CheckBias(place, bias, channels);
        int node = Add(new FilterNode(place, read, new MapSize(1, 1, channels), SourceFilterKind.Dense, weights, bias, 1, 1, SourcePadding.None));
        return Label(place, node, input.Shape.SetItem(input.Shape.Length - 1, channels), LastIsChannels(input.Shape.Length));
    }

    /// <summary>
    /// A batch normalisation, a multiplication or an addition by constants, one number a channel. What stands behind a convolution or fully connected layer, for no other reader, becomes part
    /// of it; what stands before a fully connected layer or a 1×1 convolution, of that; and on the network's input it is the network's preprocessing.
    /// </summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">The value.</param>
    /// <param name="affine">Of as many channels.</param>
    public GraphValue Normalize(string place, GraphValue input, ChannelAffine affine)
    {
        MapSize size = _nodes[Real(place, input)].Size;
        if (affine.Channels != size.Channels)
            throw new WeightsException($"{place}, has numbers for {affine.Channels} channels and reads {size.Channels}; one a channel was expected.");
        return EndOfActivation(place, input, affine) ?? input with { Node = Add(new AffineNode(place, input.Node, size, affine)) };
    }

    /// <summary>Arithmetic of a value and a constant, as <see cref="Normalize"/> takes it.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">The value.</param>
    /// <param name="arithmetic">Which.</param>
    /// <param name="constant">One number, or one a channel.</param>
    /// <param name="isConstantFirst">Whether the constant is the first operand.</param>
    public GraphValue Arithmetic(string place, GraphValue input, GraphArithmetic arithmetic, SourceTensor constant, bool isConstantFirst)
    {
        double[] numbers = PerChannel(place, input, constant);
        if (arithmetic == GraphArithmetic.Divide && (isConstantFirst || numbers.Contains(0)))
            throw new WeightsException($"{place}, divides a constant by a value, or a value by 0; a value that is divided by a constant was expected.");
        return Normalize(place, input, arithmetic switch
        {
            GraphArithmetic.Multiply => ChannelAffine.Multiply(numbers),
            GraphArithmetic.Divide => ChannelAffine.Multiply([.. numbers.Select(number => 1 / number)]),
            GraphArithmetic.Subtract when isConstantFirst => ChannelAffine.Multiply([.. numbers.Select(_ => -1.0)]).Then(ChannelAffine.Add(numbers)),
            GraphArithmetic.Subtract => ChannelAffine.Add([.. numbers.Select(number => -number)]),
            _ => ChannelAffine.Add(numbers),
        });
    }

    /// <summary>A constant's numbers, one a channel of a value: a constant as it stands beside the value in an addition or multiplication.</summary>
    /// <param name="place">Where the operator is in the file.</param>
    /// <param name="input">The value.</param>
    /// <param name="constant">float32. Its last dimension belongs to the value's last; a missing dimension or one of size 1 holds for all.</param>
    /// <exception cref="WeightsException">The numbers differ along another dimension than the channels', or there are far more channels than the file has room for.</exception>
    public double[] PerChannel(string place, GraphValue input, SourceTensor constant)
    {
        int channels = input.Size(MapAxis.Channels);
        if (constant.Shape.Length > input.Shape.Length)
            throw new WeightsException($"{place}: the constant {constant} has more dimensions than {input}; at most as many were expected.");
        for (int i = 1; i <= constant.Shape.Length; i++)
        {
            bool isChannels = i <= input.Shape.Length && input.Axes[^i] == MapAxis.Channels;
            if (constant.Shape[^i] != 1 && !(isChannels && constant.Shape[^i] == channels))
                throw new WeightsException($"{place}: the constant {constant} and {input} do not fit; one number, or one for each of {channels} channels, was expected.");
        }

        // The sole number holds for every channel.
        budget.Take(place, channels);
        var numbers = new double[channels];
        for (int c = 0; c < channels; c++)
            numbers[c] = constant.Floats[constant.Count == 1 ? 0 : c];
        return numbers;
    }

    /// <summary>Bounds. What an operator is bounded by in all has to be ReLU or ReLU6 when the network is built.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">What an operator gives, for no other reader.</param>
    /// <param name="minimum">The least result; −∞ for none.</param>
    /// <param name="maximum">The greatest result; +∞ for none.</param>
    public GraphValue Clamp(string place, GraphValue input, float minimum, float maximum) =>
        input with { Node = Add(new ClampNode(place, Real(place, input), _nodes[input.Node].Size, minimum, maximum)) };

    /// <summary>Zeros around a map.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A map.</param>
    /// <param name="before">How many to put before each dimension of the value, in the file's order.</param>
    /// <param name="after">How many to put behind each dimension.</param>
    public GraphValue Pad(string place, GraphValue input, ImmutableArray<long> before, ImmutableArray<long> after)
    {
        int read = Real(place, input);
        if (before.Length != input.Shape.Length || after.Length != input.Shape.Length)
            throw new WeightsException($"{place}, pads {before.Length} dimensions of {input}; all of them were expected.");
        (int top, int left, int bottom, int right) = (0, 0, 0, 0);
        MapSize size = CheckMap(place, input);
        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] is < 0 or > 1024 || after[i] is < 0 or > 1024)
                throw new WeightsException($"{place}, pads a dimension by {before[i]} and {after[i]}; 0 to 1024 were expected.");
            MapAxis axis = Axes(order)[i];
            if (axis == MapAxis.Height)
                (top, bottom) = ((int)before[i], (int)after[i]);
            else if (axis == MapAxis.Width)
                (left, right) = ((int)before[i], (int)after[i]);
            else if (before[i] != 0 || after[i] != 0)
                throw new WeightsException($"{place}, pads dimension {i} of {input}; only rows and columns around a map were expected.");
        }

        size = size with { Height = size.Height + top + bottom, Width = size.Width + left + right };
        return Map(place, Add(new PadNode(place, read, size, SourcePadding.Explicit(top, left, bottom, right))));
    }

    /// <summary>The sum of two values of one shape.</summary>
    public GraphValue Sum(string place, GraphValue left, GraphValue right)
    {
        (int first, int second) = (Real(place, left), Real(place, right));
        if (!left.Shape.SequenceEqual(right.Shape) || !left.Axes.SequenceEqual(right.Axes))
            throw new WeightsException($"{place}, adds {left} and {right}; two values of one shape were expected.");
        return left with { Node = Add(new AddNode(place, first, second, _nodes[left.Node].Size)) };
    }

    /// <summary>A mean over dimensions, which have to be height and width; or over one of them, where another mean is over the other.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A map.</param>
    /// <param name="axes">The dimensions in the file's order; negative ones count from the end.</param>
    /// <param name="keepDimensions">Whether they remain, with size 1.</param>
    public GraphValue Mean(string place, GraphValue input, ImmutableArray<long> axes, bool keepDimensions) => Reduce(place, input, SourcePoolKind.Mean, axes, keepDimensions);

    private GraphValue Reduce(string place, GraphValue input, SourcePoolKind kind, ImmutableArray<long> axes, bool keepDimensions)
    {
        if (kind == SourcePoolKind.Max && _nodes[input.Node] is QuantizeNode { Result: var result })
            return OnIntegers(place, input, result, real => Reduce(place, real, kind, axes, keepDimensions));
        int read = Real(place, input), rank = input.Shape.Length;
        long[] over = [.. axes.Select(axis => axis < 0 ? axis + rank : axis).Distinct()];
        if (over.Length == 0 || over.Any(axis => axis < 0 || axis >= rank || input.Axes[(int)axis] == MapAxis.Channels))
            throw new WeightsException($"{place}, is over dimensions [{string.Join(", ", axes)}] of {input}; height and width were expected.");
        bool Gone(int dimension) => over.Contains(dimension);

        MapSize size = _nodes[input.Node].Size;
        bool areBothGone = Gone(input.Axes.IndexOf(MapAxis.Area));
        size = new MapSize(
            areBothGone || Gone(input.Axes.IndexOf(MapAxis.Height)) ? 1 : size.Height, areBothGone || Gone(input.Axes.IndexOf(MapAxis.Width)) ? 1 : size.Width, size.Channels);
        int node = Add(new PoolNode(place, read, size, kind, keepDimensions));
        IEnumerable<int> left = Enumerable.Range(0, rank).Where(i => keepDimensions || !Gone(i));
        return Label(place, node, [.. left.Select(i => Gone(i) ? 1 : input.Shape[i])], [.. left.Select(i => input.Axes[i])]);
    }

    /// <summary>The largest values over dimensions, as <see cref="Mean"/> takes means.</summary>
    public GraphValue Max(string place, GraphValue input, ImmutableArray<long> axes, bool keepDimensions) => Reduce(place, input, SourcePoolKind.Max, axes, keepDimensions);

    /// <summary>An average pool, whose window has to be the whole map.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A map in the file's order.</param>
    /// <param name="height">Rows of the window; null for as many as the map has.</param>
    /// <param name="width">Columns of the window; null for as many as the map has.</param>
    /// <param name="strideHeight">Step down the map, at least 1; nothing to a window that fits once.</param>
    /// <param name="strideWidth">Step along the map, at least 1.</param>
    /// <param name="padding">The operator's padding.</param>
    public GraphValue AveragePool(string place, GraphValue input, long? height, long? width, int strideHeight, int strideWidth, SourcePadding padding) =>
        Pool(place, input, SourcePoolKind.AveragePool, height, width, strideHeight, strideWidth, padding);

    /// <summary>A maximum pool, whose window has to be the whole map, as that of <see cref="AveragePool"/>.</summary>
    public GraphValue MaxPool(string place, GraphValue input, long? height, long? width, int strideHeight, int strideWidth, SourcePadding padding) =>
        Pool(place, input, SourcePoolKind.Max, height, width, strideHeight, strideWidth, padding);

    private GraphValue Pool(string place, GraphValue input, SourcePoolKind kind, long? height, long? width, int strideHeight, int strideWidth, SourcePadding padding)
    {
        if (kind == SourcePoolKind.Max && _nodes[input.Node] is QuantizeNode { Result: var result })
            return OnIntegers(place, input, result, real => Pool(place, real, kind, height, width, strideHeight, strideWidth, padding));
        int read = Real(place, input);
        MapSize size = CheckMap(place, input);
        bool isPadded = padding.IsSame ? strideHeight < size.Height || strideWidth < size.Width : padding != SourcePadding.None;
        if ((height ?? size.Height) != size.Height || (width ?? size.Width) != size.Width || isPadded)
        {
            throw new WeightsException(
                $"{place}, has a window of {height}×{width}{(isPadded ? " with padding" : "")} on a map of {size.Height}×{size.Width}; a MobileNet pools the whole map. "
                + "Export the network at the resolution it is to run at.");
        }

        return Map(place, Add(new PoolNode(place, read, new MapSize(1, 1, size.Channels), kind, KeepDimensions: true)));
    }

    /// <summary>A softmax.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">A vector.</param>
    /// <param name="axis">The dimension it is over, in the file's order; a negative one counts from the end.</param>
    /// <param name="beta">What the vector is multiplied by first: finite and positive.</param>
    public GraphValue Softmax(string place, GraphValue input, long axis, float beta = 1)
    {
        int read = Real(place, input);
        long over = axis < 0 ? axis + input.Shape.Length : axis;
        if (over < 0 || over >= input.Shape.Length || input.Shape[(int)over] != input.Count)
            throw new WeightsException($"{place}, is over dimension {axis} of {input}; one row of classes was expected.");
        return input with { Node = Add(new SoftmaxNode(place, read, _nodes[input.Node].Size, beta)) };
    }

    /// <summary>1 / (1 + e^−x) of each number.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">Real numbers.</param>
    public GraphValue Sigmoid(string place, GraphValue input) => Function(place, input, SourceFunction.Sigmoid);

    /// <summary>The hyperbolic tangent of each number.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">Real numbers.</param>
    public GraphValue Tanh(string place, GraphValue input) => Function(place, input, SourceFunction.Tanh);

    /// <summary>The bytes of an input as real numbers: pixels, 0 to 255, whatever is computed of them next.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">An input of uint8.</param>
    public GraphValue Cast(string place, GraphValue input)
    {
        if (_nodes[input.Node] is InputNode { IsPixels: true })
            return input;
        if (_nodes[input.Node] is not InputNode { Type: ElementType.UInt8 } node || _inputQuantizations.ContainsKey(input.Node))
            throw new WeightsException($"{place}, casts {_nodes[input.Node].Place} to real numbers; only an input of uint8 that has no scale was expected.");
        _nodes[input.Node] = node with { Type = ElementType.Float32, IsPixels = true };
        return input;
    }

    /// <summary>Real numbers to the integers that stand for them.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">Real numbers.</param>
    /// <param name="type">uint8 or int8.</param>
    /// <param name="quantization">Per tensor.</param>
    public GraphValue Quantize(string place, GraphValue input, ElementType type, SourceQuantization quantization)
    {
        int read = Real(place, input);
        var result = new QuantizedType(type, quantization);

        // Some exporters give each reader its own: they are one.
        if (!_conversions.TryGetValue((read, result), out int node))
            _conversions.Add((read, result), node = Add(new QuantizeNode(place, read, _nodes[read].Size, result)));
        return input with { Node = node };
    }

    /// <summary>Integers to the real numbers that they stand for.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="input">What <see cref="Quantize"/> gave, or an input of the network.</param>
    /// <param name="type">uint8 or int8.</param>
    /// <param name="quantization">Per tensor: the same as the integers were made with.</param>
    public GraphValue Dequantize(string place, GraphValue input, ElementType type, SourceQuantization quantization)
    {
        GraphNode from = _nodes[input.Node];
        var meaning = new QuantizedType(type, quantization);
        bool fits = from switch
        {
            QuantizeNode q => q.Result == meaning,
            InputNode i => i.Type == type && (_inputQuantizations.TryAdd(input.Node, quantization) || _inputQuantizations[input.Node] == quantization),
            _ => false,
        };
        if (!fits)
        {
            throw new WeightsException(
                $"{place}, reads {from.Place} with another type, scale or zero point than that has; the same was expected. "
                + "Quantise the network again.");
        }

        if (!_conversions.TryGetValue((input.Node, meaning), out int node))
            _conversions.Add((input.Node, meaning), node = Add(new DequantizeNode(place, input.Node, from.Size, meaning)));
        return input with { Node = node };
    }

    /// <summary>Whether a value is integers, which only <see cref="Dequantize"/> reads.</summary>
    public bool IsInteger(GraphValue value) => _nodes[value.Node].IsInteger;

    /// <summary>The type of a value of integers, which only <see cref="Dequantize"/> reads; null for real numbers.</summary>
    public ElementType? IntegerType(GraphValue value) => _nodes[value.Node] switch
    {
        QuantizeNode quantize => quantize.Result.Type,
        InputNode { IsInteger: true } input => input.Type,
        _ => null,
    };

    private GraphValue Spatial(
        string place, GraphValue input, SourceFilterKind kind, SourceTensor weights, SourceTensor? bias, int strideHeight, int strideWidth, SourcePadding padding)
    {
        int read = Real(place, input);
        MapSize map = CheckMap(place, input);
        if (strideHeight < 1 || strideWidth < 1)
            throw new WeightsException($"{place}, has stride {strideHeight}×{strideWidth}; at least 1 was expected.");
        bool isDepthwise = kind == SourceFilterKind.Depthwise;
        (int height, int width, int channels, bool fits) = weights.Shape switch
        {
            [int h, int w, int c] when isDepthwise => (h, w, c, c % map.Channels == 0),
            [int c, int h, int w, int channelsIn] when !isDepthwise => (h, w, c, channelsIn == map.Channels),
            _ => default,
        };
        MapSize size = new(
            Positions(map.Height, height, strideHeight, padding.IsSame, padding.Top, padding.Bottom),
            Positions(map.Width, width, strideWidth, padding.IsSame, padding.Left, padding.Right),
            channels);
        if (!fits || size.Height < 1 || size.Width < 1)
        {
            throw new WeightsException(
                $"{place}: weights of [{string.Join(", ", weights.Shape)}] ({(isDepthwise ? "height, width, out" : "out, height, width, in")}) do not fit a map of "
                + $"{map.Height}×{map.Width}×{map.Channels}.");
        }

        CheckBias(place, bias, channels);
        return Map(place, Add(new FilterNode(place, read, size, kind, weights, bias, strideHeight, strideWidth, padding)));
    }

    private GraphValue Function(string place, GraphValue input, SourceFunction function) =>
        input with { Node = Add(new FunctionNode(place, Real(place, input), _nodes[input.Node].Size, function)) };

    private int Add(GraphNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private static void CheckBias(string place, SourceTensor? bias, int channels)
    {
        if (bias is not null && (bias.Shape is not [var count] || count != channels))
            throw new WeightsException($"{place}: biases of [{string.Join(", ", bias.Shape)}] do not fit {channels} channels.");
    }

    /// <summary>The node of a value that has to be real numbers.</summary>
    private int Real(string place, GraphValue value) => !_nodes[value.Node].IsInteger
        ? value.Node
        : throw new WeightsException($"{place}, reads the integers of {_nodes[value.Node].Place}; real numbers were expected: dequantised ones.");

    /// <summary>Positions of a window on a padded line; 0 where it does not fit.</summary>
    private static int Positions(int length, int kernel, int stride, bool same, int before, int after)
    {
        if (same)
            return (int)(((long)length + stride - 1) / stride);
        long room = (long)length + before + after - kernel;
        return room < 0 ? 0 : (int)(room / stride) + 1;
    }
}
