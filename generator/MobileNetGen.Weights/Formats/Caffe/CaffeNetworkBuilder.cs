using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>Turns the layers of a file, in their order, into a <see cref="SourceNetwork"/>.</summary>
internal sealed class CaffeNetworkBuilder(WeightsInput file)
{
    private const string Understood =
        "Input, Convolution, DepthwiseConvolution, ConvolutionDepthwise, BatchNorm, Scale, ReLU, ReLU6, Clip, Eltwise, Pooling, InnerProduct, Flatten, Reshape, Dropout and Softmax";

    private readonly WeightsBudget _budget = new(file.Bytes.Length);
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);

    /// <summary>The names of what has been computed and not been read since, in order.</summary>
    private readonly List<string> _unread = [];

    /// <summary>The names of labels, which are known in training only.</summary>
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);

    public SourceNetwork Build(ImmutableArray<CaffeLayer> layers)
    {
        if (layers.IsEmpty)
            throw new WeightsException("The file has no layers; a .caffemodel was expected. A solver's state (.solverstate) has none.");
        var builder = new GraphBuilder(CaffeReader.Format, MapOrder.ChannelsFirst, _budget);
        foreach (CaffeLayer layer in layers)
            Add(builder, layer);
        foreach (string name in _unread)
            builder.Output(_values[name]);
        return builder.Build();
    }

    private void Add(GraphBuilder builder, CaffeLayer layer)
    {
        switch (layer.Type)
        {
            case "Input" or "Data" or "ImageData" or "MemoryData" or "HDF5Data" or "DummyData":
                AddInput(builder, layer);
                return;
            case "Accuracy" or "Silence":
                return;
            case "Split":
                AddSplit(layer);
                return;
        }

        GraphValue input = Read(layer, 0);
        string place = layer.Place;
        Write(layer, layer.Type switch
        {
            "Convolution" or "DepthwiseConvolution" or "ConvolutionDepthwise" => Convolution(builder, layer, input),
            "BatchNorm" => builder.Normalize(place, input, BatchNorm(layer)),
            "Scale" => builder.Normalize(place, input, Scale(layer)),
            "ReLU" when layer.NegativeSlope == 0 => builder.Clamp(place, input, 0, float.PositiveInfinity),
            "ReLU6" => builder.Clamp(place, input, 0, 6),
            "Clip" => builder.Clamp(place, input, layer.Minimum, layer.Maximum),
            "Eltwise" when layer.IsPlainSum && layer.Bottoms.Length == 2 => builder.Sum(place, input, Read(layer, 1)),
            "Pooling" when layer.IsAverage => Pool(builder, layer, input),
            "InnerProduct" => InnerProduct(builder, layer, input),
            "Flatten" or "Reshape" => builder.Reshape(place, input, [1, -1]),
            "Dropout" => input,
            "Softmax" or "SoftmaxWithLoss" => builder.Softmax(place, input, 1),
            "ReLU" => throw new WeightsException($"{place}, lets negative numbers pass at a slope; a MobileNet's activations are ReLU and ReLU6."),
            "Eltwise" => throw new WeightsException($"{place}, is not the plain sum of two bottoms, as a MobileNet's residual connections are."),
            "Pooling" => throw new WeightsException($"{place}, takes no average; a MobileNet's only pool is the average of the whole map."),
            _ => throw new WeightsException($"{place}, is not of a type that a MobileNet has: {Understood}. If this is a detection network, only a classifier can be used."),
        });
    }

    /// <summary>The picture, and for data layers the label that comes with it.</summary>
    private void AddInput(GraphBuilder builder, CaffeLayer layer)
    {
        if (layer.Tops.IsEmpty)
            return;

        // The first number is how many pictures went through at once.
        ImmutableArray<long> sizes = layer.InputShape.IsEmpty ? [] : layer.InputShape.SetItem(0, 1);
        _values[layer.Tops[0]] = builder.Input(PrintableName.Of(layer.Tops[0]), InputShape.Complete(file, layer.Place, MapOrder.ChannelsFirst, sizes));
        _labels.UnionWith(layer.Tops.Skip(1));
    }

    /// <summary>Caffe inserts a layer that copies where several layers read one blob.</summary>
    private void AddSplit(CaffeLayer layer)
    {
        if (layer.Bottoms is [string name] && _labels.Contains(name))
        {
            _labels.UnionWith(layer.Tops);
            return;
        }

        GraphValue value = Read(layer, 0);
        foreach (string top in layer.Tops)
            _values[top] = value;
    }

    private GraphValue Convolution(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        (SourceTensor stored, SourceTensor? bias) = WeightsAndBias(layer);
        CaffeWindow window = layer.Window;
        if (stored.Shape is not [int outputs, int inputs, int height, int width] || height != window.Height || width != window.Width)
            throw new WeightsException($"{layer.Place}: {stored} does not fit a window of {window.Height}×{window.Width}; [out, in, height, width] was expected.");
        if (window.Dilation != 1)
            throw new WeightsException($"{layer.Place}, has dilation {window.Dilation}; a MobileNet classifier has none.");
        if (window.StrideHeight is < 1 or > 1024 || window.StrideWidth is < 1 or > 1024 || window.PadHeight is < 0 or > 1024 || window.PadWidth is < 0 or > 1024)
            throw new WeightsException($"{layer.Place}, has stride {window.StrideHeight}×{window.StrideWidth} and padding {window.PadHeight}×{window.PadWidth}; up to 1024 was expected.");

        // Forks that have a layer of its own for depthwise convolutions may leave the groups out.
        int channels = input.Size(MapAxis.Channels);
        bool isDepthwise = inputs == 1 && channels > 1;
        bool statesGroups = layer.Type == "Convolution" || layer.Groups != 1;
        if (statesGroups && layer.Groups != (isDepthwise ? channels : 1))
            throw new WeightsException($"{layer.Place}, has {layer.Groups} groups for {channels} channels; 1 or as many as channels were expected.");

        var padding = SourcePadding.Explicit((int)window.PadHeight, (int)window.PadWidth, (int)window.PadHeight, (int)window.PadWidth);
        (int strideHeight, int strideWidth) = ((int)window.StrideHeight, (int)window.StrideWidth);
        if (isDepthwise)
            return builder.Depthwise(layer.Place, input, Transpose(layer, stored), bias, strideHeight, strideWidth, padding);
        SourceTensor weights = inputs == 1 ? stored.Reshape([outputs, height, width, 1], 0) : Transpose(layer, stored);
        return builder.Convolution(layer.Place, input, weights, bias, strideHeight, strideWidth, padding);
    }

    private GraphValue InnerProduct(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        (SourceTensor weights, SourceTensor? bias) = WeightsAndBias(layer);

        // Before blobs had shapes, all of them had four dimensions.
        if (weights.Shape is [1, 1, int rows, int columns])
            weights = weights.Reshape([rows, columns], 0);
        if (layer.IsTransposed || weights.Shape.Length != 2)
            throw new WeightsException($"{layer.Place}: {weights} is transposed or has other than two dimensions; [out, in] was expected.");
        return builder.Dense(layer.Place, builder.Reshape(layer.Place, input, [1, -1]), weights, bias);
    }

    private static GraphValue Pool(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        CaffeWindow window = layer.Window;
        SourcePadding padding = window.PadHeight == 0 ? SourcePadding.None : SourcePadding.Explicit(1, 1, 1, 1);
        return builder.AveragePool(layer.Place, input, layer.IsGlobal ? null : window.Height, layer.IsGlobal ? null : window.Width, 1, 1, padding);
    }

    /// <summary>The sums of means and variances over the steps of training, and the sum of the steps' own weights, which divides them.</summary>
    private ChannelAffine BatchNorm(CaffeLayer layer)
    {
        if (layer.Blobs is not [SourceTensor mean, SourceTensor variance, { Count: 1 } divisor])
            throw new WeightsException($"{layer.Place}: {layer.Blobs.Length} blobs were found; means, variances and one number that divides them were expected.");
        _budget.Take(layer.Place, mean.Count + variance.Count);
        float factor = divisor.Floats[0] == 0 ? 0 : 1 / divisor.Floats[0];
        return ChannelAffine.BatchNormalization(
            layer.Place, null, null, [.. mean.Floats.Select(sum => sum * factor)], [.. variance.Floats.Select(sum => sum * factor)], layer.Epsilon);
    }

    private static ChannelAffine Scale(CaffeLayer layer) => layer.Blobs switch
    {
        [SourceTensor gamma] => ChannelAffine.Multiply(Doubles(gamma)),
        [SourceTensor gamma, SourceTensor beta] when beta.Count == gamma.Count => ChannelAffine.Multiply(Doubles(gamma)).Then(ChannelAffine.Add(Doubles(beta))),
        _ => throw new WeightsException($"{layer.Place}: {string.Join(" and ", layer.Blobs)} were found; factors, or as many factors and offsets, were expected."),
    };

    private static double[] Doubles(SourceTensor tensor) => [.. tensor.Floats.Select(number => (double)number)];

    private static (SourceTensor Weights, SourceTensor? Bias) WeightsAndBias(CaffeLayer layer) => layer.Blobs switch
    {
        [SourceTensor weights] => (weights, null),
        [SourceTensor weights, SourceTensor bias] => (weights, bias.Reshape([bias.Count], 0)),
        _ => throw new WeightsException(
            $"{layer.Place}, has {layer.Blobs.Length} blobs; weights, and perhaps biases, were expected. A .prototxt, or a network that was never trained, has none."),
    };

    /// <summary>[out][in][height][width] as [out][height][width][in], or as [height][width][out] where in is 1.</summary>
    private SourceTensor Transpose(CaffeLayer layer, SourceTensor weights)
    {
        _budget.Take(layer.Place, weights.Count);
        return KernelOrder.Transpose(new Parameter(layer.Name, ParameterRole.Kernel, weights.Name, weights.Shape, weights.Floats), KernelLayout.OutputFirst).Weights;
    }

    private GraphValue Read(CaffeLayer layer, int bottom)
    {
        string? name = layer.Bottoms.ElementAtOrDefault(bottom);
        if (name is null || !_values.TryGetValue(name, out GraphValue? value))
            throw new WeightsException($"{layer.Place}, reads {(name is null ? "nothing" : $"\"{PrintableName.Of(name)}\"")}, which no layer before it computes. The file is damaged.");
        _unread.Remove(name);
        return value;
    }

    private void Write(CaffeLayer layer, GraphValue value)
    {
        if (layer.Tops.IsEmpty)
            throw new WeightsException($"{layer.Place}, computes nothing; the name of its result (top) was expected. The file is damaged.");
        _values[layer.Tops[0]] = value;
        _unread.Remove(layer.Tops[0]);
        _unread.Add(layer.Tops[0]);
    }
}
