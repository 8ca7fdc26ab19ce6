using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>Turns the layers of a file, in their order, into a <see cref="SourceNetwork"/>.</summary>
internal sealed partial class CaffeNetworkBuilder(WeightsInput file)
{
    private const string Understood =
        "Input, Convolution, DepthwiseConvolution, ConvolutionDepthwise, BatchNorm, Scale, Power, ReLU, ReLU6, Clip, Eltwise, Pooling, InnerProduct, Flatten, Reshape, Permute, Dropout, Sigmoid, TanH and Softmax";

    private readonly WeightsBudget _budget = new(file.Bytes.Length);
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);

    /// <summary>The names of what has been computed and not been read since, in order.</summary>
    private readonly List<string> _unread = [];

    /// <summary>The names of labels, which are known in training only.</summary>
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);

    /// <summary>What a data layer does to pixels.</summary>
    private SourceNormalization? _normalization;

    public SourceNetwork Build(ImmutableArray<CaffeLayer> layers)
    {
        if (layers.IsEmpty)
            throw new WeightsException("The file has no layers; a .caffemodel was expected. A solver's state (.solverstate) has none.");
        if (FindHeads(layers, out ImmutableArray<HeadStep> steps) is { } heads)
            return BuildDetector(layers, steps, heads);
        var builder = new GraphBuilder(CaffeReader.Format, MapOrder.ChannelsFirst, _budget);
        foreach (CaffeLayer layer in layers)
            Add(builder, layer);
        foreach (string name in _unread)
            builder.Output(_values[name]);
        return builder.Build() with { Normalization = _normalization };
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
            "Power" => Power(builder, layer, input),
            "ReLU" when layer.Number("relu_param.negative_slope", 0) == 0 => builder.Clamp(place, input, 0, float.PositiveInfinity),
            "ReLU6" => builder.Clamp(place, input, 0, 6),
            "Clip" => builder.Clamp(place, input, layer.Number("clip_param.min", 0), layer.Number("clip_param.max", 0)),
            "Eltwise" when IsPlainSum(layer) => builder.Sum(place, input, Read(layer, 1)),
            "Pooling" => Pool(builder, layer, input),
            "InnerProduct" => InnerProduct(builder, layer, input),
            "Flatten" => builder.Reshape(place, input, [1, -1]),
            "Reshape" => Reshape(builder, layer, input),
            "Permute" => GraphBuilder.Transpose(place, input, layer.Integers("permute_param.order")),
            "Dropout" => input,
            "Sigmoid" => builder.Sigmoid(place, input),
            "TanH" => builder.Tanh(place, input),
            "Softmax" or "SoftmaxWithLoss" => builder.Softmax(place, input, 1),
            "ReLU" => throw new WeightsException($"{place}, lets negative numbers pass at a slope; a MobileNet's activations are ReLU and ReLU6."),
            "Eltwise" => throw new WeightsException($"{place}, is not the plain sum of two bottoms, as a MobileNet's residual connections are."),
            _ => throw new WeightsException($"{place}, is not of a type that a MobileNet has: {Understood}. {Advice(layer.Type)}"),
        });

        // A loss also reads labels.
        for (int i = 1; i < layer.Bottoms.Length; i++)
        {
            if (_labels.Contains(layer.Bottoms[i]))
                layer.Ignore(i);
        }

        layer.CheckAllKnown();
    }

    private static string Advice(string type) => type switch
    {
        "PReLU" or "ELU" or "Swish" or "AbsVal" or "Exp" => "Activations of a MobileNet in Caffe are ReLU and ReLU6: this is another network.",
        "Concat" or "Slice" or "Crop" => "Layers of a MobileNet pass whole maps on: this is another network, or one with several heads.",
        _ => "If this is a detector, its predictors are not where those of SSD are, joined behind reshapes.",
    };

    /// <summary>The picture, and for data layers the label that comes with it.</summary>
    private void AddInput(GraphBuilder builder, CaffeLayer layer)
    {
        if (layer.Tops.IsEmpty)
            return;

        // The first number is how many pictures went through at once.
        ImmutableArray<long> stated = layer.Integers("input_param.shape");
        ImmutableArray<long> sizes = stated.IsEmpty ? [] : stated.SetItem(0, 1);
        _values[layer.Tops[0]] = builder.Input(PrintableName.Of(layer.Tops[0]), InputShape.Complete(file, layer.Place, MapOrder.ChannelsFirst, sizes));
        _labels.UnionWith(layer.Tops.Skip(1));
        _normalization ??= CaffeTransform.Of(layer, _values[layer.Tops[0]].Size(MapAxis.Channels));
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
        (SourceTensor stored, SourceTensor? bias) = WeightsAndBias(layer, "convolution_param");
        long kernelHeight = Side("kernel_size", "kernel_h", false, 0), kernelWidth = Side("kernel_size", "kernel_w", true, 0);
        long down = Side("stride", "stride_h", false, 1), along = Side("stride", "stride_w", true, 1);
        long rows = Side("pad", "pad_h", false, 0), columns = Side("pad", "pad_w", true, 0);
        if (stored.Shape is not [int outputs, int inputs, int height, int width] || height != kernelHeight || width != kernelWidth)
            throw new WeightsException($"{layer.Place}: {stored} does not fit a window of {kernelHeight}×{kernelWidth}; [out, in, height, width] was expected.");
        if (layer.Integers("convolution_param.dilation") is var dilations && dilations.Any(dilation => dilation != 1))
            throw new WeightsException($"{layer.Place}, has dilation [{string.Join(", ", dilations)}]; a MobileNet classifier has none.");
        if (down is < 1 or > 1024 || along is < 1 or > 1024 || rows is < 0 or > 1024 || columns is < 0 or > 1024)
            throw new WeightsException($"{layer.Place}, has stride {down}×{along} and padding {rows}×{columns}; up to 1024 was expected.");

        // Forks that have a layer of its own for depthwise convolutions may leave the groups out.
        int channels = input.Size(MapAxis.Channels);
        bool isDepthwise = inputs == 1 && channels > 1;
        long groups = layer.Integer("convolution_param.group", 1);
        bool statesGroups = layer.Type == "Convolution" || groups != 1;
        if (statesGroups && groups != (isDepthwise ? channels : 1))
            throw new WeightsException($"{layer.Place}, has {groups} groups for {channels} channels; 1 or as many as channels were expected.");

        var padding = SourcePadding.Explicit((int)rows, (int)columns, (int)rows, (int)columns);
        (int strideHeight, int strideWidth) = ((int)down, (int)along);
        if (isDepthwise)
            return builder.Depthwise(layer.Place, input, Transpose(layer, stored), bias, strideHeight, strideWidth, padding);
        SourceTensor weights = inputs == 1 ? stored.Reshape([outputs, height, width, 1], 0) : Transpose(layer, stored);
        return builder.Convolution(layer.Place, input, weights, bias, strideHeight, strideWidth, padding);

        long Side(string both, string own, bool isWidth, long absent) => layer.Side($"convolution_param.{both}", $"convolution_param.{own}", isWidth, absent);
    }

    private GraphValue InnerProduct(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        (SourceTensor weights, SourceTensor? bias) = WeightsAndBias(layer, "inner_product_param");

        // Before blobs had shapes, all of them had four dimensions.
        if (weights.Shape is [1, 1, int rows, int columns])
            weights = weights.Reshape([rows, columns], 0);
        if (layer.Flag("inner_product_param.transpose", false) || weights.Shape.Length != 2)
            throw new WeightsException($"{layer.Place}: {weights} is transposed or has other than two dimensions; [out, in] was expected.");
        return builder.Dense(layer.Place, builder.Reshape(layer.Place, input, [1, -1]), weights, bias);
    }

    private static GraphValue Pool(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        const long Max = 0, Average = 1;
        long method = layer.Integer("pooling_param.pool", Max);
        if (method is not (Max or Average))
            throw new WeightsException($"{layer.Place}, takes neither the average nor the maximum; a MobileNet's pool is one of them.");
        bool isGlobal = layer.Flag("pooling_param.global_pooling", false);
        long? height = Side("kernel_size", "kernel_h", false), width = Side("kernel_size", "kernel_w", true);
        bool isPadded = Side("pad", "pad_h", false) != 0 || Side("pad", "pad_w", true) != 0;
        (height, width) = isGlobal ? (null, null) : (height, width);
        SourcePadding padding = isPadded ? SourcePadding.Explicit(1, 1, 1, 1) : SourcePadding.None;
        return method == Average
            ? builder.AveragePool(layer.Place, input, height, width, 1, 1, padding)
            : builder.MaxPool(layer.Place, input, height, width, 1, 1, padding);

        long Side(string both, string own, bool isWidth) => layer.Side($"pooling_param.{both}", $"pooling_param.{own}", isWidth, 0);
    }

    private static bool IsPlainSum(CaffeLayer layer)
    {
        const long Sum = 1;
        return layer.Integer("eltwise_param.operation", Sum) == Sum && layer.Numbers("eltwise_param.coeff").All(coefficient => coefficient == 1) && layer.Bottoms.Length == 2;
    }

    /// <summary>(shift + scale · x) to a power, which has to be the first.</summary>
    private GraphValue Power(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        if (layer.Number("power_param.power", 1) != 1)
            throw new WeightsException($"{layer.Place}, takes a power of a value; the first, with a scale and a shift, was expected.");
        double[] Numbers(float number) => builder.PerChannel(layer.Place, input, new SourceTensor(layer.Name, [1], RealNumbers.CheckFinite(layer.Name, [number])));
        return builder.Normalize(
            layer.Place, input, ChannelAffine.Multiply(Numbers(layer.Number("power_param.scale", 1))).Then(ChannelAffine.Add(Numbers(layer.Number("power_param.shift", 0)))));
    }

    /// <summary>Another shape, of which 0 stands for the size that is there.</summary>
    private static GraphValue Reshape(GraphBuilder builder, CaffeLayer layer, GraphValue input)
    {
        ImmutableArray<long> sizes = layer.Integers("reshape_param.shape");
        return sizes.IsEmpty
            ? throw new WeightsException($"{layer.Place}, has no shape to give to what it reads; one was expected. The file is damaged.")
            : builder.Reshape(layer.Place, input, [.. sizes.Select((size, i) => size == 0 && i < input.Shape.Length ? input.Shape[i] : size)]);
    }

    /// <summary>The sums of means and variances over the steps of training, and the sum of the steps' own weights, which divides them.</summary>
    private ChannelAffine BatchNorm(CaffeLayer layer)
    {
        if (layer.Blobs is not [SourceTensor mean, SourceTensor variance, { Count: 1 } divisor])
            throw new WeightsException($"{layer.Place}: {layer.Blobs.Length} blobs were found; means, variances and one number that divides them were expected.");
        const long Training = 0;
        if (!layer.Flag("batch_norm_param.use_global_stats", true) && layer.Integer("phase", Training + 1) != Training)
            throw new WeightsException($"{layer.Place}, normalises by the batch itself, as in training; trained means and variances were expected (use_global_stats).");
        _budget.Take(layer.Place, mean.Count + variance.Count);
        float factor = divisor.Floats[0] == 0 ? 0 : 1 / divisor.Floats[0];
        return ChannelAffine.BatchNormalization(
            layer.Place, null, null, [.. mean.Floats.Select(sum => sum * factor)], [.. variance.Floats.Select(sum => sum * factor)], layer.Number("batch_norm_param.eps", 1e-5f));
    }

    private static ChannelAffine Scale(CaffeLayer layer)
    {
        CheckBias(layer, "scale_param", layer.Blobs.Length == 2);
        return layer.Blobs switch
        {
            [SourceTensor gamma] => ChannelAffine.Multiply(Doubles(gamma)),
            [SourceTensor gamma, SourceTensor beta] when beta.Count == gamma.Count => ChannelAffine.Multiply(Doubles(gamma)).Then(ChannelAffine.Add(Doubles(beta))),
            _ => throw new WeightsException($"{layer.Place}: {string.Join(" and ", layer.Blobs)} were found; factors, or as many factors and offsets, were expected."),
        };
    }

    private static double[] Doubles(SourceTensor tensor) => [.. tensor.Floats.Select(number => (double)number)];

    private static (SourceTensor Weights, SourceTensor? Bias) WeightsAndBias(CaffeLayer layer, string message)
    {
        (SourceTensor weights, SourceTensor? bias) = layer.Blobs switch
        {
            [SourceTensor only] => (only, null),
            [SourceTensor first, SourceTensor second] => (first, second.Reshape([second.Count], 0)),
            _ => throw new WeightsException(
                $"{layer.Place}, has {layer.Blobs.Length} blobs; weights, and perhaps biases, were expected. A .prototxt, or a network that was never trained, has none."),
        };
        CheckBias(layer, message, bias is not null);
        int outputs = weights.Shape is [.., var rows, _] && message == "inner_product_param" ? rows : weights.Shape.FirstOrDefault();
        return layer.Integer($"{message}.num_output", outputs) is var stated && stated != outputs
            ? throw new WeightsException($"{layer.Place}, has {weights} for the {stated} outputs that it states (num_output). The file is damaged.")
            : (weights, bias);
    }

    private static void CheckBias(CaffeLayer layer, string message, bool isThere)
    {
        if (layer.Flag($"{message}.bias_term", isThere) != isThere)
            throw new WeightsException($"{layer.Place}, {(isThere ? "has biases and states that it has none" : "states that it has biases and has none")} (bias_term). The file is damaged.");
    }

    /// <summary>[out][in][height][width] as [out][height][width][in], or as [height][width][out] where in is 1.</summary>
    private SourceTensor Transpose(CaffeLayer layer, SourceTensor weights)
    {
        _budget.Take(layer.Place, weights.Count);
        return KernelOrder.Transpose(new Parameter(layer.Name, ParameterRole.Kernel, weights.Name, weights.Shape, weights.Floats), KernelLayout.OutputFirst).Weights;
    }

    private GraphValue Read(CaffeLayer layer, int bottom)
    {
        string? name = layer.Bottom(bottom);
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
