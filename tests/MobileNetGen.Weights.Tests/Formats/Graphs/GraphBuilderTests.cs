using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Tests.Formats.Graphs;

/// <summary>What frameworks write in several operators is one, and what no MobileNet has is refused by its place.</summary>
public class GraphBuilderTests
{
    private static readonly Quantization s_bytes = new([0.02f], [3], 0);
    private static readonly Quantization s_other = new([0.05f], [7], 0);

    private readonly GraphBuilder _builder = new(new SourceFormat("Test", PaddingConvention.Same), MapOrder.ChannelsLast, new WeightsBudget(1 << 16));
    private readonly GraphValue _image;

    public GraphBuilderTests() => _image = _builder.Input("image", [-1, 5, 5, 2]);

    [Fact]
    public void A_convolution_takes_in_padding_bias_normalisation_and_activation()
    {
        GraphValue padded = _builder.Pad("pad", _image, [0, 0, 0, 0], [0, 1, 1, 0]);
        GraphValue x = _builder.Convolution("conv", padded, Ones(3, 3, 3, 2), null, 2, 2, SourcePadding.None);
        x = _builder.Normalize("bias", x, ChannelAffine.Add([1, 2, 3]));
        x = _builder.Normalize("norm", x, ChannelAffine.BatchNormalization("norm", [1, 2, 3], [10, 20, 30], [1, 1, 1], [3, 3, 3], 1));
        x = _builder.Clamp("six", _builder.Clamp("relu", x, 0, float.PositiveInfinity), float.NegativeInfinity, 6);

        var step = Assert.IsType<SourceConvolution>(Assert.Single(Build(x).Operators));
        Assert.Equal(SourcePadding.Explicit(0, 0, 1, 1), step.Padding);
        Assert.Equal(SourceActivation.Relu6, step.Activation);
        Assert.Equal([0.5f, 1, 1.5f], Enumerable.Range(0, 3).Select(i => step.Weights.Floats[18 * i]));
        Assert.Equal([10, 21, 33], step.Bias!.Floats);
    }

    [Fact]
    public void A_depthwise_convolution_folds_along_its_last_dimension()
    {
        GraphValue x = _builder.Depthwise("conv", _image, Ones(1, 1, 4), null, 1, 1, SourcePadding.Same);
        x = _builder.Normalize("mul", x, ChannelAffine.Multiply([1, 2, 3, 4]));

        var step = Assert.IsType<SourceDepthwise>(Assert.Single(Build(x).Operators));
        Assert.Equal([1, 2, 3, 4], step.Weights.Floats);
        Assert.Equal(2, step.Multiplier);
        Assert.True(step.Padding.IsSame);
    }

    [Fact]
    public void A_padding_before_SAME_is_added_to_what_SAME_amounts_to()
    {
        GraphValue padded = _builder.Pad("pad", _image, [0, 1, 0, 0], [0, 0, 0, 0]);
        var step = (SourceConvolution)Build(_builder.Convolution("conv", padded, Ones(1, 3, 3, 2), null, 2, 2, SourcePadding.Same)).Operators[0];
        Assert.Equal(SourcePadding.Explicit(1, 1, 1, 1), step.Padding);
    }

    [Fact]
    public void A_depthwise_convolution_of_one_channel_is_a_convolution()
    {
        GraphValue grey = _builder.Input("grey", [1, 4, 4, 1]);
        var weights = new SourceTensor("w", [1, 2, 3], [1, 2, 3, 4, 5, 6]);
        SourceNetwork network = Build(_builder.Depthwise("conv", grey, weights, null, 1, 1, SourcePadding.Same));
        var step = Assert.IsType<SourceConvolution>(Assert.Single(network.Operators));
        Assert.True(step.StoredAsDepthwise);
        Assert.Equal([3, 1, 2, 1], step.Weights.Shape.AsEnumerable());
        Assert.Equal([1, 4, 2, 5, 3, 6], step.Weights.Floats);
    }

    [Fact]
    public void Means_over_width_and_then_height_are_one_pool()
    {
        GraphValue x = _builder.Mean("rows", _builder.Mean("columns", _image, [2], keepDimensions: false), [1], keepDimensions: false);
        Assert.Equal([1, 2], x.Shape.AsEnumerable());
        SourceNetwork network = Build(_builder.Softmax("softmax", x, -1));
        Assert.Equal(["SourcePool", "SourceSoftmax"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(network.Inputs[0], network.Operators[0].Input);
    }

    [Fact]
    public void Transposes_and_reshapes_only_move_dimensions()
    {
        GraphValue x = GraphBuilder.Transpose("transpose", _image, [0, 3, 1, 2]);
        Assert.Equal([1, 2, 5, 5], x.Shape.AsEnumerable());
        Fails(() => Convolve("conv", x), "conv, reads [1, 2, 5, 5]; one map, [1, height, width, channels], was expected.");
        x = _builder.Mean("mean", x, [-1, -2], keepDimensions: true);
        x = _builder.Reshape("flatten", x, [1, -1]);
        Assert.Equal([1, 2], x.Shape.AsEnumerable());
        Assert.Single(Build(x).Operators);
    }

    [Fact]
    public void What_no_output_needs_may_be_anything()
    {
        GraphValue x = Convolve("conv", _image);
        _builder.Normalize("stray", _image, ChannelAffine.Add([1, 1]));
        Assert.Single(Build(x).Operators);
    }

    [Fact]
    public void An_output_that_the_network_goes_on_from_is_none()
    {
        GraphValue x = Convolve("conv", _image);
        _builder.Output(x);
        SourceNetwork network = Build(_builder.Clamp("relu", x, 0, float.PositiveInfinity));
        Assert.Single(network.Outputs);
        Assert.Equal(SourceActivation.Relu, ((SourceConvolution)Assert.Single(network.Operators)).Activation);
    }

    [Fact]
    public void A_group_between_conversions_is_one_quantised_operator()
    {
        GraphValue bytes = _builder.Quantize("quantize", _image, ElementType.UInt8, s_bytes);
        GraphValue x = _builder.Convolution("conv", Real(bytes, s_bytes), Signed([0.5f], 0), null, 1, 1, SourcePadding.None);
        x = _builder.Quantize("result", _builder.Clamp("relu", x, 0, float.PositiveInfinity), ElementType.UInt8, s_other);
        SourceNetwork network = Build(Real(x, s_other));

        Assert.Equal(["SourceQuantize", "SourceConvolution", "SourceDequantize"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal((ElementType.Int8, s_other with { ZeroPoints = [7 - 128] }), (network.Values[network.Operators[1].Output].Type, network.Values[network.Operators[1].Output].Quantization));
        Assert.Equal(SourceActivation.Relu, ((SourceConvolution)network.Operators[1]).Activation);
    }

    [Fact]
    public void Signed_weights_with_a_zero_point_are_those_of_a_uint8_network()
    {
        GraphValue bytes = _builder.Quantize("quantize", _image, ElementType.UInt8, s_bytes);
        GraphValue x = _builder.Convolution("conv", Real(bytes, s_bytes), Signed([0.5f], 5), null, 1, 1, SourcePadding.None);
        SourceNetwork network = Build(_builder.Quantize("result", x, ElementType.UInt8, s_other));
        SourceTensor weights = ((SourceConvolution)network.Operators[1]).Weights;
        Assert.Equal((ElementType.UInt8, 133), (weights.Type, weights.Quantization!.ZeroPoint));
        Assert.All(weights.Bytes, number => Assert.Equal(129, number));
        Assert.Equal(s_other, network.Values[network.Outputs[0]].Quantization);
    }

    [Fact]
    public void Quantised_weights_on_real_numbers_are_real()
    {
        var step = (SourceConvolution)Build(_builder.Convolution("conv", _image, Signed([0.5f, 2], 0), null, 1, 1, SourcePadding.None)).Operators[0];
        Assert.Equal([0.5f, 0.5f, 2, 2], step.Weights.Floats);
    }

    [Fact]
    public void Real_biases_of_a_quantised_filter_are_rounded_to_its_scale()
    {
        GraphValue bytes = _builder.Quantize("quantize", _image, ElementType.Int8, s_bytes);
        var bias = new SourceTensor("b", [2], [0.304f, -1]);
        GraphValue x = _builder.Convolution("conv", Real(bytes, s_bytes, ElementType.Int8), Signed([0.5f, 2], 0), bias, 1, 1, SourcePadding.None);
        var step = (SourceConvolution)Build(_builder.Quantize("result", x, ElementType.Int8, s_other)).Operators[1];
        Assert.Equal([30, -25], step.Bias!.Ints);
    }

    [Fact]
    public void A_softmax_left_real_has_the_result_of_TensorFlow_Lites()
    {
        GraphValue bytes = _builder.Input("bytes", [1, 4], ElementType.Int8);
        SourceNetwork network = Build(_builder.Softmax("softmax", Real(bytes, s_bytes, ElementType.Int8), 1));
        Assert.Equal(["SourceSoftmax", "SourceDequantize"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(new Quantization([1f / 256], [-128], 0), network.Values[network.Operators[0].Output].Quantization);
    }

    [Fact]
    public void A_clamp_between_equal_quantisations_is_taken_in()
    {
        GraphValue bytes = _builder.Quantize("quantize", _image, ElementType.Int8, s_bytes);
        GraphValue x = _builder.Convolution("conv", Real(bytes, s_bytes, ElementType.Int8), Signed([0.5f], 0), null, 1, 1, SourcePadding.None);
        x = Real(_builder.Quantize("result", x, ElementType.Int8, s_other), s_other, ElementType.Int8);
        x = _builder.Quantize("again", _builder.Clamp("clip", x, 0, 6), ElementType.Int8, s_other);
        SourceNetwork network = Build(x);
        Assert.Equal(SourceActivation.Relu6, ((SourceConvolution)network.Operators[1]).Activation);
        Assert.Equal(2, network.Operators.Length);
    }

    public static TheoryData<string, string> Strays => new()
    {
        { "clip", "clip, does not directly and alone follow a convolution" },
        { "norm", "norm, changes the network's input" },
        { "pad", "pad, is followed by the network's outputs; a convolution was expected." },
        { "late", "late, does not directly and alone follow" },
        { "mean", "mean, leaves 1×5 of its map" },
        { "bound", "bound: it bounds a result to [0, 3]" },
    };

    [Theory]
    [MemberData(nameof(Strays))]
    public void What_stands_alone_is_refused_by_its_place(string place, string message) => Fails(
        place switch
        {
            "clip" => _builder.Clamp(place, _image, 0, 6),
            "norm" => _builder.Normalize(place, _image, ChannelAffine.Add([1, 1])),
            "pad" => _builder.Pad(place, _image, [0, 1, 1, 0], [0, 1, 1, 0]),
            "late" => _builder.Normalize(place, _builder.Clamp("relu", Convolve("conv", _image), 0, 6), ChannelAffine.Add([1])),
            "mean" => _builder.Mean(place, _image, [1], keepDimensions: true),
            _ => _builder.Clamp(place, Convolve("conv", _image), 0, 3),
        },
        message);

    [Fact]
    public void A_normalisation_of_what_others_read_too_is_refused()
    {
        GraphValue x = Convolve("conv", _image);
        GraphValue normalized = _builder.Normalize("norm", x, ChannelAffine.Add([1]));
        Fails(_builder.Sum("sum", x, normalized), "norm, does not directly and alone follow");
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_the_place_of_the_operator()
    {
        Fails(() => _builder.Convolution("conv", _image, Ones(1, 3, 3, 4), null, 1, 1, SourcePadding.Same), "conv: weights of [1, 3, 3, 4] (out, height, width, in) do not fit a map of 5×5×2.");
        Fails(() => _builder.Convolution("conv", _image, Ones(1, 7, 7, 2), null, 1, 1, SourcePadding.None), "do not fit a map of 5×5×2.");
        Fails(() => _builder.Depthwise("conv", _image, Ones(3, 3, 3), null, 1, 1, SourcePadding.Same), "do not fit a map of 5×5×2.");
        Fails(() => _builder.Convolution("conv", _image, Ones(2, 1, 1, 2), Ones(1), 1, 1, SourcePadding.Same), "conv: biases of [1] do not fit 2 channels.");
        Fails(() => _builder.Dense("dense", _image, Ones(1, 50), null), "dense: weights of [1, 50] (out, in) do not fit [1, 5, 5, 2]");
        Fails(() => _builder.Sum("sum", _image, Convolve("conv", _image)), "sum, adds [1, 5, 5, 2] and [1, 5, 5, 1]");
        Fails(() => _builder.AveragePool("pool", _image, 3, 3, 1, 1, SourcePadding.None), "pool, has a window of 3×3 on a map of 5×5; a MobileNet pools the whole map.");
        Fails(() => _builder.Mean("mean", _image, [1, 2, 3], true), "mean, is over dimensions [1, 2, 3] of [1, 5, 5, 2]");
        Fails(() => _builder.Softmax("softmax", _image, 3), "softmax, is over dimension 3 of [1, 5, 5, 2]");
        Fails(() => _builder.Reshape("reshape", _image, [1, 50]), "reshape, makes [1, 50] of [1, 5, 5, 2]; in a MobileNet it only adds or drops dimensions of size 1.");
        Fails(() => _builder.Normalize("norm", _image, ChannelAffine.Add([1])), "norm, has numbers for 1 channels and reads 2");
        Fails(() => _builder.Input("images", [8, 5, 5, 3]), "8 images; one was expected");
        Fails(() => _builder.Input("open", [1, -1, 5, 3]), "The size of the input \"open\" is open");
    }

    [Fact]
    public void Quantisations_that_fit_neither_scheme_are_refused()
    {
        GraphValue x = Real(_builder.Quantize("quantize", _image, ElementType.UInt8, s_bytes), s_bytes);
        GraphValue y = _builder.Quantize("y", _builder.Convolution("one", x, Signed([0.5f, 1], 0), null, 1, 1, SourcePadding.None), ElementType.UInt8, s_bytes);
        GraphValue z = _builder.Quantize("z", _builder.Convolution("two", Real(y, s_bytes), Signed([0.5f], 4), null, 1, 1, SourcePadding.None), ElementType.UInt8, s_bytes);
        Fails(() => Real(z, s_other), "reads z with another type, scale or zero point");
        Fails(() => Convolve("conv", z), "conv, reads the integers of z; real numbers were expected");
        Fails(z, "one, has a scale per channel, as int8 networks have, and two, weights with a zero point");
    }

    [Fact]
    public void A_result_that_is_not_quantised_is_refused()
    {
        GraphValue x = Real(_builder.Quantize("quantize", _image, ElementType.UInt8, s_bytes), s_bytes);
        Fails(_builder.Convolution("conv", x, Signed([0.5f], 0), null, 1, 1, SourcePadding.None), "conv, reads quantised numbers and does not give such to all of its readers");
    }

    [Fact]
    public void Weights_named_by_thousands_of_operators_are_refused()
    {
        SourceTensor weights = Ones(1 << 12, 1, 1, 2);
        Fails(
            () =>
            {
                for (int i = 0; i < 1000; i++)
                    _builder.Output(_builder.Convolution("conv", _image, weights, null, 1, 1, SourcePadding.Same));
                _builder.Build();
            },
            "amount to several times the file");
    }

    private static SourceTensor Ones(params ImmutableArray<int> shape) =>
        new("w", shape, [.. Enumerable.Repeat(1f, shape.Aggregate(1, (product, size) => product * size))]);

    /// <summary>[scales.Length][1][1][2] of 1, at a scale an output channel.</summary>
    private static SourceTensor Signed(float[] scales, int zero) =>
        new("w", [scales.Length, 1, 1, 2], new Quantization([.. scales], [.. scales.Select(_ => zero)], 0), [.. Enumerable.Repeat((sbyte)1, 2 * scales.Length)]);

    private GraphValue Convolve(string place, GraphValue x) => _builder.Convolution(place, x, Ones(1, 1, 1, 2), null, 1, 1, SourcePadding.Same);

    private GraphValue Real(GraphValue bytes, Quantization quantization, ElementType type = ElementType.UInt8) => _builder.Dequantize("dequantize", bytes, type, quantization);

    private SourceNetwork Build(GraphValue output)
    {
        _builder.Output(output);
        return _builder.Build();
    }

    private void Fails(GraphValue output, string message) => Fails(() => Build(output), message);

    private static void Fails(Action action, string message) => Assert.Contains(message, Assert.Throws<WeightsException>(action).Message, StringComparison.Ordinal);
}
