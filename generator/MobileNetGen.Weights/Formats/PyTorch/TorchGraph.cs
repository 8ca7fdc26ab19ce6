using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>How a convolution moves over its map.</summary>
/// <param name="Stride">Steps down and along the map, or one for both.</param>
/// <param name="Padding">Rows and columns on either side, or one number for both.</param>
/// <param name="Dilation">As <paramref name="Stride"/>.</param>
/// <param name="Groups">Parts of the channels that do not read each other.</param>
internal sealed record TorchWindow(ImmutableArray<long> Stride, ImmutableArray<long> Padding, ImmutableArray<long> Dilation, long Groups)
{
    private const long Most = 1024;

    /// <summary>Padding by the kernel's size, of stride 1: PyTorch's 'same'.</summary>
    public bool IsSame { get; init; }

    /// <summary>The stride of a MobileNet's convolution.</summary>
    /// <exception cref="WeightsException">It is none, or the convolution has what no MobileNet's has.</exception>
    public (int Height, int Width) CheckedStride(string place)
    {
        if (Pair(Dilation) is not (1, 1))
            throw new WeightsException($"{place}, has dilation {Text(Dilation)}; a MobileNet classifier has none. Save the network with output stride 32.");
        return Pair(Stride) is (>= 1 and <= Most and var height, >= 1 and <= Most and var width)
            ? ((int)height, (int)width)
            : throw new WeightsException($"{place}, has stride {Text(Stride)}; two numbers from 1 to {Most} were expected.");
    }

    /// <summary>The padding of a convolution with a kernel.</summary>
    /// <exception cref="WeightsException">It is out of range.</exception>
    public SourcePadding CheckedPadding(string place, int kernelHeight, int kernelWidth)
    {
        if (IsSame)
            return SourcePadding.Explicit((kernelHeight - 1) / 2, (kernelWidth - 1) / 2, kernelHeight / 2, kernelWidth / 2);
        return Pair(Padding) is (>= 0 and <= Most and var rows, >= 0 and <= Most and var columns)
            ? SourcePadding.Explicit((int)rows, (int)columns, (int)rows, (int)columns)
            : throw new WeightsException($"{place}, has padding {Text(Padding)}; two numbers from 0 to {Most} were expected.");
    }

    /// <summary>Whether it is a depthwise convolution; a MobileNet's others have one group.</summary>
    /// <param name="place">Where it is in the file.</param>
    /// <param name="channels">What it reads.</param>
    /// <exception cref="WeightsException">There are some groups of some channels.</exception>
    public bool IsDepthwise(string place, long channels) => Groups != 1 && (Groups == channels
        ? true
        : throw new WeightsException($"{place}, has {Groups} groups on a map of {channels} channels; a MobileNet's convolutions have one group, or one a channel."));

    private static (long, long)? Pair(ImmutableArray<long> values) => values switch
    {
        [var both] => (both, both),
        [var first, var second] => (first, second),
        _ => null,
    };

    private static string Text(ImmutableArray<long> values) => string.Join("×", values.Take(4));
}

/// <summary>Builds a network of PyTorch's operators, whoever states them: the modules of a pickle, or the code of TorchScript.</summary>
internal sealed class TorchGraph
{
    private readonly TorchFile _file;
    private readonly WeightsBudget _budget;
    private readonly GraphBuilder _builder;

    /// <param name="file">The file, for the numbers of tensors.</param>
    /// <param name="length">Its length.</param>
    /// <param name="conventions">What is assumed of it.</param>
    public TorchGraph(TorchFile file, long length, SourceConventions conventions)
    {
        (_file, _budget) = (file, new WeightsBudget(length));
        _builder = new GraphBuilder(PyTorchReader.Format, MapOrder.ChannelsFirst, _budget) { Conventions = conventions };
    }

    /// <summary>Where building failed because a map has another size than the file needs: by how much the picture's sides would have to be multiplied. Null where it failed otherwise.</summary>
    public double? Misfit { get; private set; }

    /// <summary>The picture.</summary>
    public GraphValue Input(int channels, int height, int width) => _builder.Input("input", [1, channels, height, width]);

    /// <summary>The network, once its result is known.</summary>
    public SourceNetwork Build(GraphValue result)
    {
        _builder.Output(result);
        return _builder.Build();
    }

    /// <summary>A convolution.</summary>
    public GraphValue Convolution(string place, GraphValue input, TorchTensor weight, TorchTensor? bias, TorchWindow window)
    {
        SourceTensor weights = Tensor(place, weight);
        if (weights.Shape is not [int outputs, int inputs, int height, int width])
            throw new WeightsException($"{place}: its weights, {weights}, do not have four dimensions, [out, in, height, width].");
        (int strideHeight, int strideWidth) = window.CheckedStride(place);
        SourcePadding padding = window.CheckedPadding(place, height, width);
        SourceTensor? biases = bias is null ? null : Tensor(place, bias);
        _budget.Take(place, weights.Count);
        if (!window.IsDepthwise(place, input.Size(MapAxis.Channels)))
            return _builder.Convolution(place, input, SourceTensors.Transpose(weights, [0, 2, 3, 1]), biases, strideHeight, strideWidth, padding);
        if (inputs != 1)
            throw new WeightsException($"{place}: its weights, {weights}, are not those of {window.Groups} groups.");
        SourceTensor taps = SourceTensors.Transpose(weights.Reshape([outputs, height, width], 0), [1, 2, 0]);
        return _builder.Depthwise(place, input, taps, biases, strideHeight, strideWidth, padding);
    }

    /// <summary>A batch normalisation by trained statistics.</summary>
    public GraphValue BatchNormalization(string place, GraphValue input, TorchTensor? mean, TorchTensor? variance, TorchTensor? gamma, TorchTensor? beta, double epsilon)
    {
        if (mean is null || variance is null)
            throw new WeightsException($"{place}, normalises by the batch itself; trained means and variances were expected.");
        return _builder.Normalize(place, input, ChannelAffine.BatchNormalization(place, Numbers(gamma), Numbers(beta), Numbers(mean)!, Numbers(variance)!, epsilon));

        float[]? Numbers(TorchTensor? tensor) => tensor is null ? null : Tensor(place, tensor).Floats;
    }

    /// <summary>A fully connected layer.</summary>
    public GraphValue Linear(string place, GraphValue input, TorchTensor weight, TorchTensor? bias) =>
        Dense(place, input, Tensor(place, weight), bias);

    /// <summary>A fully connected layer whose weights are [in, out].</summary>
    public GraphValue Product(string place, GraphValue input, TorchTensor weight, TorchTensor? bias)
    {
        SourceTensor weights = Tensor(place, weight);
        _budget.Take(place, weights.Count);
        return weights.Shape.Length == 2
            ? Dense(place, input, SourceTensors.Transpose(weights, [1, 0]), bias)
            : throw new WeightsException($"{place}: its weights, {weights}, do not have two dimensions.");
    }

    /// <summary>Bounds of each number.</summary>
    public GraphValue Clamp(string place, GraphValue input, double minimum, double maximum) => _builder.Clamp(place, input, (float)minimum, (float)maximum);

    /// <summary>1 / (1 + e^−x).</summary>
    public GraphValue Sigmoid(string place, GraphValue input) => _builder.Sigmoid(place, input);

    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    public GraphValue HardSwish(string place, GraphValue input) => _builder.HardSwish(place, input);

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public GraphValue HardSigmoid(string place, GraphValue input) => _builder.HardSigmoid(place, input);

    /// <summary>The hyperbolic tangent.</summary>
    public GraphValue Tanh(string place, GraphValue input) => _builder.Tanh(place, input);

    /// <summary>A softmax over a dimension; null for the one that PyTorch took before it had to be named.</summary>
    public GraphValue Softmax(string place, GraphValue input, long? dimension) => _builder.Softmax(place, input, dimension ?? (input.Shape.Length is 1 or 3 ? 0 : 1));

    /// <summary>A pool to a given size, which has to be one pixel, or all that there are.</summary>
    public GraphValue AdaptivePool(string place, GraphValue input, ImmutableArray<long> sizes, bool isMaximum)
    {
        if (sizes is [1] or [1, 1])
            return Pool(place, input, [input.Size(MapAxis.Height), input.Size(MapAxis.Width)], [1], [0], isMaximum);
        return sizes is [var rows, var columns] && (rows, columns) == (input.Size(MapAxis.Height), input.Size(MapAxis.Width))
            ? input
            : throw new WeightsException($"{place}, pools {input} to {string.Join("×", sizes.Take(4))} pixels; a MobileNet pools the whole map to one.");
    }

    /// <summary>A pool, whose window has to be the whole map.</summary>
    public GraphValue Pool(string place, GraphValue input, ImmutableArray<long> window, ImmutableArray<long> stride, ImmutableArray<long> padding, bool isMaximum)
    {
        (int strideHeight, int strideWidth) = new TorchWindow(stride, padding, [1], 1).CheckedStride(place);
        SourcePadding around = new TorchWindow(stride, padding, [1], 1).CheckedPadding(place, 1, 1);
        (long height, long width) = window switch
        {
            [var both] => (both, both),
            [var h, var w] => (h, w),
            _ => throw new WeightsException($"{place}: its window does not have two sizes."),
        };
        Misfit = (double)height / input.Size(MapAxis.Height);
        GraphValue pooled = isMaximum
            ? _builder.MaxPool(place, input, height, width, strideHeight, strideWidth, around)
            : _builder.AveragePool(place, input, height, width, strideHeight, strideWidth, around);
        Misfit = null;
        return pooled;
    }

    /// <summary>A mean or maximum over dimensions.</summary>
    public GraphValue Reduce(string place, GraphValue input, ImmutableArray<long> dimensions, bool keepDimensions, bool isMaximum) =>
        isMaximum ? _builder.Max(place, input, dimensions, keepDimensions) : _builder.Mean(place, input, dimensions, keepDimensions);

    /// <summary>Makes one dimension of several.</summary>
    public GraphValue Flatten(string place, GraphValue input, long first, long last)
    {
        int rank = input.Shape.Length;
        (long start, long end) = (first < 0 ? first + rank : first, last < 0 ? last + rank : last);
        if (start < 0 || end < start || end >= rank)
            throw new WeightsException($"{place}, flattens dimensions {first} to {last} of {input}, which it has not.");
        return Reshape(place, input, [.. input.Shape[..(int)start].Select(size => (long)size), -1, .. input.Shape[(int)(end + 1)..].Select(size => (long)size)]);
    }

    /// <summary>The same numbers in another shape.</summary>
    public GraphValue Reshape(string place, GraphValue input, ImmutableArray<long> shape)
    {
        Misfit = Math.Sqrt(shape.Where(size => size > 0).Aggregate(1.0, (product, size) => product * size) / input.Count);
        GraphValue reshaped = _builder.Reshape(place, input, shape);
        Misfit = null;
        return reshaped;
    }

    /// <summary>The dimensions in another order.</summary>
    public static GraphValue Permute(string place, GraphValue input, ImmutableArray<long> order) => GraphBuilder.Transpose(place, input, order);

    /// <summary>Zeros around a map: two numbers for each dimension, the last dimension first.</summary>
    public GraphValue Pad(string place, GraphValue input, ImmutableArray<long> amounts)
    {
        int rank = input.Shape.Length;
        if (amounts.Length % 2 != 0 || amounts.Length > 2 * rank)
            throw new WeightsException($"{place}, pads {input} by {amounts.Length} numbers; two for each dimension were expected.");
        (long[] before, long[] after) = (new long[rank], new long[rank]);
        for (int i = 0; i < amounts.Length; i += 2)
            (before[rank - 1 - (i / 2)], after[rank - 1 - (i / 2)]) = (amounts[i], amounts[i + 1]);
        return _builder.Pad(place, input, [.. before], [.. after]);
    }

    /// <summary>The sum of two values.</summary>
    public GraphValue Sum(string place, GraphValue left, GraphValue right) => _builder.Sum(place, left, right);

    /// <summary>The product of two values: a map and a factor for each channel, or the parts of a hard swish.</summary>
    public GraphValue Product(string place, GraphValue left, GraphValue right) => _builder.Product(place, left, right);

    /// <summary>Arithmetic with one number.</summary>
    public GraphValue Affine(string place, GraphValue input, double constant, Func<double[], ChannelAffine> make) =>
        _builder.Normalize(place, input, make(_builder.PerChannel(place, input, new SourceTensor("a number", [], [(float)constant]))));

    /// <summary>Arithmetic with a tensor of one number a channel.</summary>
    public GraphValue Affine(string place, GraphValue input, TorchTensor constant, Func<double[], ChannelAffine> make) =>
        _builder.Normalize(place, input, make(_builder.PerChannel(place, input, Tensor(place, constant))));

    private SourceTensor Tensor(string place, TorchTensor tensor)
    {
        _budget.Take(place, tensor.Count(place));
        if (tensor.Shape.Contains(0))
            throw new WeightsException($"{place}: a tensor of the shape [{string.Join(", ", tensor.Shape)}] is empty.");
        return new SourceTensor(place, [.. tensor.Shape.Select(size => (int)size)], tensor.Read(place, _file.Bytes(tensor.Storage)));
    }

    private GraphValue Dense(string place, GraphValue input, SourceTensor weights, TorchTensor? bias)
    {
        Misfit = weights.Shape.Length == 2 ? Math.Sqrt((double)weights.Shape[1] / input.Count) : null;
        GraphValue result = _builder.Dense(place, input, weights, bias is null ? null : Tensor(place, bias));
        Misfit = null;
        return result;
    }
}
