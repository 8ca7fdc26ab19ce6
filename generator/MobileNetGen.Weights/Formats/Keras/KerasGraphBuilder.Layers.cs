using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>What a layer is called with.</summary>
/// <param name="Name">The argument's name, where that is written.</param>
/// <param name="Value">What another layer gives; null for a constant.</param>
/// <param name="Constant">The constant.</param>
internal readonly record struct KerasOperand(string? Name, GraphValue? Value, JsonElement Constant);

/// <content>The layers that compute.</content>
internal sealed partial class KerasGraphBuilder
{
    private const string Understood =
        "Conv2D, DepthwiseConv2D, SeparableConv2D, Dense, BatchNormalization, ReLU, Activation, Softmax, ZeroPadding2D, Add, the poolings of whole maps, Flatten, Reshape, Permute, "
        + "Rescaling, Normalization, arithmetic with constants, and what does nothing after training";

    private const string PutInto = "Build the model of Keras' own layers, copy the weights, and save that.";

    private GraphValue Compute(KerasLayer layer, KerasOptions options, ImmutableArray<KerasOperand> operands)
    {
        string place = layer.Place;
        if (Operation(layer, options) is { } operation)
            return Compute(operation, place, options, operands);
        if (Advice(layer.Class) is { } advice)
            throw NotUnderstood(place, advice);
        GraphValue value = Sole(place, operands);
        return layer.Class switch
        {
            KerasNames.Convolution => Convolution(layer, options, value),
            KerasNames.Depthwise => Depthwise(layer, options, value),
            KerasNames.Separable => Separable(layer, options, value),
            KerasNames.Dense => Dense(layer, options, value),
            _ when KerasNames.IsBatchNormalization(layer.Class) => BatchNormalization(layer, options, value),
            KerasNames.Normalization => Normalization(layer, options, value),
            "Rescaling" => Rescaling(place, options, value),
            "ReLU" or "Activation" or "Softmax" => Activation(layer.Class, place, options, value),
            "ZeroPadding2D" => Pad(place, options, value),
            "GlobalAveragePooling2D" => GlobalPool(options, keep => _builder.Mean(place, value, [1, 2], keep)),
            "GlobalMaxPooling2D" => GlobalPool(options, keep => _builder.Max(place, value, [1, 2], keep)),
            "AveragePooling2D" => Pool(options, (size, stride, padding) => _builder.AveragePool(place, value, size.Height, size.Width, stride.Height, stride.Width, padding)),
            "MaxPooling2D" => Pool(options, (size, stride, padding) => _builder.MaxPool(place, value, size.Height, size.Width, stride.Height, stride.Width, padding)),
            "Flatten" => Flatten(place, options, value),
            "Reshape" => Reshape(place, options, value),
            "Permute" => Permute(place, options, value),
            "Resizing" or "CenterCrop" or "RandomCrop" => SameSize(layer, options, value),
            "Dropout" or "SpatialDropout2D" or "SpatialDropout1D" or "GaussianNoise" or "GaussianDropout" or "AlphaDropout" or "ActivityRegularization" => Nothing(layer, options, value),
            "RandomFlip" or "RandomRotation" or "RandomZoom" or "RandomTranslation" or "RandomContrast" or "RandomBrightness" or "RandomHeight" or "RandomWidth"
                or "RandomShear" or "RandomHue" or "RandomSaturation" or "RandomSharpness" or "RandomGrayscale" or "RandomColorJitter" or "RandomErasing" => Nothing(layer, options, value),
            _ => throw NotUnderstood(place, PutInto),
        };
    }

    private static WeightsException NotUnderstood(string place, string advice) => new($"{place}, is not one of a MobileNet's: {Understood}. {advice}");

    /// <summary>What to do about layers that no MobileNet has and that many a model has; null of others.</summary>
    private static string? Advice(string kind) => kind switch
    {
        "Lambda" => $"A Lambda is Python code, which is never run: Rescaling, for example, does what one before the first layer mostly does. {PutInto}",
        "LeakyReLU" or "PReLU" or "ELU" or "ThresholdedReLU" => "A MobileNet's activations are ReLU, ReLU6 and hard swish.",
        "SlicingOpLambda" or "GetItem" => "It takes a part of its input, or turns the order of channels, as preprocess_input does for networks that came from Caffe: build the model without it, and write the order in the text: input bgr.",
        "QuantizeLayer" or "QuantizeWrapper" or "QuantizeWrapperV2" => "The network was trained to be quantised: convert it to TensorFlow Lite, which computes with the integers that it was trained for.",
        "PruneLowMagnitude" => "It is for training with pruning: save what strip_pruning makes of the model.",
        "KerasLayer" => "It is a module of TensorFlow Hub, whose layers the file does not have: convert the model to TensorFlow Lite, and give that.",
        "Concatenate" or "Dot" or "Average" or "Maximum" or "Minimum" or "Subtract" => "A MobileNet only adds two maps, or multiplies one by factors.",
        _ => null,
    };

    private GraphValue Convolution(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        string place = layer.Place;
        int filters = options.Count("filters"), channels = value.Size(MapAxis.Channels), groups = options.Count("groups", 1);
        ((int height, int width), (int strideHeight, int strideWidth), SourcePadding padding) = Window(place, options);
        bool isDepthwise = groups > 1 && groups == channels;
        if (groups != 1 && !isDepthwise)
            throw new WeightsException($"{place}, has {groups} groups of {channels} channels; one, or one a channel, were expected.");
        SourceTensor weights = Kernel(layer, isDepthwise ? ParameterRole.DepthwiseKernel : ParameterRole.Kernel, [height, width, isDepthwise ? 1 : channels, filters], KerasNames.Kernel);
        SourceTensor? bias = Bias(layer, options, filters);
        GraphValue result = isDepthwise
            ? _builder.Depthwise(place, value, weights, bias, strideHeight, strideWidth, padding)
            : _builder.Convolution(place, value, weights, bias, strideHeight, strideWidth, padding);
        return Activate(place, options["activation"], result);
    }

    private GraphValue Depthwise(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        string place = layer.Place;
        int channels = value.Size(MapAxis.Channels), multiplier = options.Count("depth_multiplier", 1);
        options.Expect("groups", "1");
        ((int height, int width), (int strideHeight, int strideWidth), SourcePadding padding) = Window(place, options);
        SourceTensor weights = Kernel(layer, ParameterRole.DepthwiseKernel, [height, width, channels, multiplier], KerasNames.DepthwiseKernel, KerasNames.Kernel);
        GraphValue result = _builder.Depthwise(place, value, weights, Bias(layer, options, (long)channels * multiplier), strideHeight, strideWidth, padding);
        return Activate(place, options["activation"], result);
    }

    private GraphValue Separable(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        string place = layer.Place;
        int filters = options.Count("filters"), channels = value.Size(MapAxis.Channels), multiplier = options.Count("depth_multiplier", 1);
        options.Expect("groups", "1");
        ((int height, int width), (int strideHeight, int strideWidth), SourcePadding padding) = Window(place, options);
        SourceTensor depthwise = Kernel(layer, ParameterRole.DepthwiseKernel, [height, width, channels, multiplier], KerasNames.DepthwiseKernel);
        value = _builder.Depthwise(place, value, depthwise, null, strideHeight, strideWidth, padding);
        SourceTensor pointwise = Kernel(layer, ParameterRole.Kernel, [1, 1, value.Size(MapAxis.Channels), filters], KerasNames.PointwiseKernel);
        value = _builder.Convolution(place, value, pointwise, Bias(layer, options, filters), 1, 1, SourcePadding.None);
        return Activate(place, options["activation"], value);
    }

    private GraphValue Dense(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        string place = layer.Place;
        int units = options.Count("units");
        SourceTensor weights = Kernel(layer, ParameterRole.Kernel, [value.Shape[^1], units], KerasNames.Kernel);
        SourceTensor? bias = Bias(layer, options, units);

        // Along the channels of a map it is a convolution of single pixels.
        bool isMap = value.Shape.Length == 4 && value.Count > value.Shape[^1];
        GraphValue result = isMap
            ? _builder.Convolution(place, value, weights.Reshape([units, 1, 1, value.Shape[^1]], 0), bias, 1, 1, SourcePadding.None)
            : _builder.Dense(place, value, weights, bias);
        return Activate(place, options["activation"], result);
    }

    private GraphValue BatchNormalization(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        string place = layer.Place;
        int channels = value.Size(MapAxis.Channels);
        CheckAxis(place, options, value, missing: -1);
        options.Expect("renorm", "false");
        options.Ignore("momentum", "fused", "virtual_batch_size", "synchronized", "renorm_clipping", "renorm_momentum");
        float[]? gamma = options.Flag("scale", missing: true) ? Numbers(layer, KerasNames.Gamma, channels) : null;
        float[]? beta = options.Flag("center", missing: true) ? Numbers(layer, KerasNames.Beta, channels) : null;
        (float[] mean, float[] variance) = (Numbers(layer, KerasNames.MovingMean, channels), Numbers(layer, KerasNames.MovingVariance, channels));
        return _builder.Normalize(place, value, ChannelAffine.BatchNormalization(place, gamma, beta, mean, variance, options.Number("epsilon") ?? KerasNames.Epsilon));
    }

    private GraphValue Normalization(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        // What Keras divides by where a variance is smaller.
        const double least = 1e-7;
        string place = layer.Place;
        value = Real(place, value);
        int channels = value.Size(MapAxis.Channels);
        bool isOneForAll = Json.Property(layer.Config, "axis").ValueKind == JsonValueKind.Null;
        CheckAxis(place, options, value, missing: -1);
        options.Expect("invert", "false");
        (JsonElement statedMean, JsonElement statedVariance) = (options[KerasNames.Mean], options[KerasNames.Variance]);
        double[] mean, variance;
        if (statedMean.ValueKind != JsonValueKind.Undefined && statedVariance.ValueKind != JsonValueKind.Undefined)
        {
            (mean, variance) = (PerChannel(place, value, statedMean), PerChannel(place, value, statedVariance));
        }
        else
        {
            _weights.Take(layer, KerasNames.Count);
            (mean, variance) = (Statistics(KerasNames.Mean), Statistics(KerasNames.Variance));
        }

        double[] factors = [.. variance.Select(one => one >= 0 ? 1 / Math.Max(Math.Sqrt(one), least) : throw new WeightsException($"{place}: a variance is negative. The file is damaged; save the model again."))];
        return _builder.Normalize(place, value, ChannelAffine.Add([.. mean.Select(one => -one)]).Then(ChannelAffine.Multiply(factors)));

        double[] Statistics(string name)
        {
            if (_weights.Take(layer, name) is not { } tensor)
                throw new WeightsException($"{place}, has no {name}: it was never adapted to pictures. Call its adapt, or replace it by Rescaling, and save the model again.");
            if (tensor.Shape.Aggregate(1L, (count, size) => count * size) != (isOneForAll ? 1 : channels))
                throw Differs(layer, tensor, isOneForAll ? [] : [channels]);
            _budget.Take(place, channels);
            float[] numbers = tensor.Read();
            return [.. Enumerable.Range(0, channels).Select(c => (double)numbers[isOneForAll ? 0 : c])];
        }
    }

    private GraphValue Rescaling(string place, KerasOptions options, GraphValue value)
    {
        options.ChannelsLast();
        value = Real(place, value);
        (JsonElement scale, JsonElement offset) = (options["scale"], options["offset"]);
        if (scale.ValueKind != JsonValueKind.Undefined)
            value = _builder.Normalize(place, value, ChannelAffine.Multiply(PerChannel(place, value, scale)));
        return offset.ValueKind == JsonValueKind.Undefined ? value : _builder.Normalize(place, value, ChannelAffine.Add(PerChannel(place, value, offset)));
    }

    private GraphValue Activation(string kind, string place, KerasOptions options, GraphValue value)
    {
        switch (kind)
        {
            case "Activation":
                return Activate(place, options["activation"], value);
            case "Softmax":
                JsonElement axis = options["axis"];
                return _builder.Softmax(place, value, axis.ValueKind == JsonValueKind.Undefined ? -1 : KerasOptions.Whole(axis).ToArray() is [var one] ? one : throw options.Differs("axis", axis, "one dimension"));
            default:
                options.Expect("negative_slope", "0", "0.0");
                options.Expect("threshold", "0", "0.0");
                return _builder.Clamp(place, value, 0, (float)(options.Number("max_value") ?? double.PositiveInfinity));
        }
    }

    /// <summary>An activation as an option: a function's name, a function as an object, or a layer.</summary>
    private GraphValue Activate(string place, JsonElement activation, GraphValue value)
    {
        if (activation.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return value;
        JsonElement kind = Json.Property(activation, "class_name"), config = Json.Property(activation, "config");
        if (config.ValueKind == JsonValueKind.Object && kind.ValueKind == JsonValueKind.String && kind.GetString() is "ReLU" or "Softmax" or "Activation")
        {
            var options = new KerasOptions($"{place}, whose activation", config);
            value = Activation(kind.GetString()!, place, options, value);
            options.CheckAll();
            return value;
        }

        JsonElement stated = activation.ValueKind == JsonValueKind.String ? activation : config.ValueKind == JsonValueKind.String ? config : kind;
        string name = Json.Text(stated, $"{place}: its activation");
        return name[(name.LastIndexOf('>') + 1)..] switch
        {
            "linear" => value,
            "relu" => _builder.Clamp(place, value, 0, float.PositiveInfinity),
            "relu6" => _builder.Clamp(place, value, 0, 6),
            "softmax" => _builder.Softmax(place, value, -1),
            "sigmoid" => _builder.Sigmoid(place, value),
            "hard_swish" or "hard_silu" => _builder.HardSwish(place, value),
            "tanh" => _builder.Tanh(place, value),
            _ => throw new WeightsException($"{place}, has the activation {PrintableName.Of(name)}; linear, relu, relu6, hard_swish, softmax, sigmoid or tanh was expected."),
        };
    }

    private GraphValue Pad(string place, KerasOptions options, GraphValue value)
    {
        options.ChannelsLast();
        JsonElement padding = options["padding"];
        if (padding.ValueKind == JsonValueKind.Undefined)
            return _builder.Pad(place, value, [0, 1, 1, 0], [0, 1, 1, 0]);
        int[][] sides = padding.ValueKind == JsonValueKind.Array ? [.. padding.EnumerateArray().Select(side => KerasOptions.Whole(side).ToArray())] : [[.. KerasOptions.Whole(padding)]];
        return sides.Length is 1 or 2 && sides.All(side => side.Length is 1 or 2)
            ? _builder.Pad(place, value, [0, sides[0][0], sides[^1][0], 0], [0, sides[0][^1], sides[^1][^1], 0])
            : throw options.Differs("padding", padding, "one number, one for height and width, or two for each");
    }

    private static GraphValue GlobalPool(KerasOptions options, Func<bool, GraphValue> pool)
    {
        options.ChannelsLast();
        return pool(options.Flag("keepdims", missing: false));
    }

    private static GraphValue Pool(KerasOptions options, Func<(int Height, int Width), (int Height, int Width), SourcePadding, GraphValue> pool)
    {
        options.ChannelsLast();
        (int Height, int Width) size = options.Pair("pool_size", (2, 2));
        return pool(size, options.Pair("strides", size), Padding(options));
    }

    private GraphValue Flatten(string place, KerasOptions options, GraphValue value)
    {
        options.ChannelsLast();
        return _builder.Reshape(place, value, [1, value.Count]);
    }

    private GraphValue Reshape(string place, KerasOptions options, GraphValue value)
    {
        JsonElement shape = options["target_shape"];
        int[] sizes = [.. KerasOptions.Whole(shape)];
        return sizes.Length > 0 ? _builder.Reshape(place, value, [1, .. sizes.Select(size => (long)size)]) : throw options.Differs("target_shape", shape, "a list of sizes");
    }

    private static GraphValue Permute(string place, KerasOptions options, GraphValue value) =>
        GraphBuilder.Transpose(place, value, [0, .. KerasOptions.Whole(options["dims"]).Select(dimension => (long)dimension)]);

    private GraphValue SameSize(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        _weights.Drop(layer);
        int height = options.Count("height"), width = options.Count("width");
        options.ChannelsLast();
        options.Ignore("interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value", "antialias");
        return (height, width) == (value.Size(MapAxis.Height), value.Size(MapAxis.Width))
            ? value
            : throw new WeightsException($"{layer.Place}, makes {height}×{width} of {value}; pictures are resized outside. Save the model without it, with an input of {height}×{width}.");
    }

    /// <summary>Noise, dropout and changes of pictures are of training.</summary>
    private GraphValue Nothing(KerasLayer layer, KerasOptions options, GraphValue value)
    {
        options.Ignore([.. layer.Config.ValueKind == JsonValueKind.Object ? layer.Config.EnumerateObject().Where(option => option.Name != "dtype").Select(option => option.Name) : []]);
        _weights.Drop(layer);
        return value;
    }

    /// <summary>The only value that a layer is called with.</summary>
    private static GraphValue Sole(string place, ImmutableArray<KerasOperand> operands)
    {
        foreach (KerasOperand operand in operands.Where(operand => operand.Name is not (null or "inputs" or "input_tensor" or "x")))
        {
            // In training mode there would be dropout, and batch normalisations would take their statistics from the picture.
            bool isUsual = operand is { Value: null, Name: "training" or "mask" } && operand.Constant.ValueKind is JsonValueKind.Null or JsonValueKind.False;
            if (!isUsual)
                throw new WeightsException($"{place}, is called with \"{PrintableName.Of(operand.Name!)}\" {PrintableName.Of(operand.Constant.ToString())}; nothing but its input was expected, and training false.");
        }

        KerasOperand[] own = [.. operands.Where(operand => operand.Name is not ("training" or "mask"))];
        return own is [{ Value: { } value }] ? value : throw new WeightsException($"{place}, is called with {own.Length} inputs; one result of another layer was expected.");
    }

    private static ((int Height, int Width) Kernel, (int Height, int Width) Stride, SourcePadding Padding) Window(string place, KerasOptions options)
    {
        options.ChannelsLast();
        (int height, int width) = options.Pair("dilation_rate", (1, 1));
        if ((height, width) != (1, 1))
            throw new WeightsException($"{place}, is dilated by {height}×{width}; a MobileNet classifier has none dilated.");
        return (options.Pair("kernel_size"), options.Pair("strides", (1, 1)), Padding(options));
    }

    private static SourcePadding Padding(KerasOptions options) => options.Text("padding") switch
    {
        null or "valid" => SourcePadding.None,
        "same" => SourcePadding.Same,
        _ => throw options.Differs("padding", options["padding"], "\"valid\" or \"same\""),
    };

    private static void CheckAxis(string place, KerasOptions options, GraphValue value, int missing)
    {
        JsonElement axis = options["axis"];
        int[] axes = axis.ValueKind == JsonValueKind.Undefined ? [missing] : [.. KerasOptions.Whole(axis)];
        if (axes is not [var one] || (one < 0 ? one + value.Shape.Length : one) is var dimension && (dimension != value.Shape.Length - 1 || value.Axes[^1] is MapAxis.Height or MapAxis.Width))
            throw new WeightsException($"{place}, is along the dimensions [{string.Join(", ", axes)}] of {value}; along the last, the channels, was expected.");
    }

    private SourceTensor Kernel(KerasLayer layer, ParameterRole role, ImmutableArray<int> shape, params ReadOnlySpan<string> names)
    {
        KerasTensor? tensor = null;
        foreach (string name in names)
            tensor ??= _weights.Take(layer, name);
        if (tensor is null)
            throw NoWeights(layer, names[0]);
        if (!tensor.Shape.SequenceEqual(shape))
            throw Differs(layer, tensor, shape);
        _budget.Take(layer.Place, shape.Aggregate(1L, (count, size) => count * size));
        return KernelOrder.Transpose(new Parameter(layer.Path, role, PrintableName.Of(tensor.Name), shape, tensor.Read()), KernelLayout.OutputLast).Weights;
    }

    private SourceTensor? Bias(KerasLayer layer, KerasOptions options, long count) => options.Flag("use_bias", missing: true)
        ? new SourceTensor($"{PrintableName.Of(layer.Path)}/{KerasNames.Bias}", [(int)count], Numbers(layer, KerasNames.Bias, count))
        : null;

    private float[] Numbers(KerasLayer layer, string name, long count)
    {
        KerasTensor tensor = _weights.Take(layer, name) ?? throw NoWeights(layer, name);
        if (tensor.Shape is not [var length] || length != count)
            throw Differs(layer, tensor, [(int)count]);
        _budget.Take(layer.Place, count);
        return tensor.Read();
    }

    private static WeightsException NoWeights(KerasLayer layer, string name) =>
        new($"{layer.Place}, has no {name} among the weights. They are of another model than the configuration; save it again.");

    private static WeightsException Differs(KerasLayer layer, KerasTensor tensor, ImmutableArray<int> expected) => new(
        $"{layer.Place}: \"{PrintableName.Of(tensor.Name)}\" has the shape [{string.Join(", ", tensor.Shape)}], and by the configuration it is [{string.Join(", ", expected)}]. "
        + "The weights are of another model; save it again.");
}
