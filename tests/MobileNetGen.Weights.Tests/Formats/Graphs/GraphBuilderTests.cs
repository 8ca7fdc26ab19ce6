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
    private static readonly SourceQuantization s_bytes = new([0.02f], [3], 0);
    private static readonly SourceQuantization s_other = new([0.05f], [7], 0);

    private static readonly SourceFormat s_format = new("Test", PaddingConvention.Same);

    private readonly GraphBuilder _builder = new(s_format, MapOrder.ChannelsLast, new WeightsBudget(1 << 16));
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
        Assert.Equal(new SourceQuantization([1f / 256], [-128], 0), network.Values[network.Operators[0].Output].Quantization);
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

    /// <summary>In one operator, or in the parts that PyTorch, Keras and TF-slim write.</summary>
    [Theory]
    [InlineData("whole")]
    [InlineData("product with a hard sigmoid")]
    [InlineData("product with the parts of a hard sigmoid")]
    [InlineData("product, then a sixth")]
    [InlineData("product, then divided by six")]
    public void A_hard_swish_is_an_activation_however_it_is_written(string form)
    {
        GraphValue x = _builder.Normalize("norm", Convolve("conv", _image), ChannelAffine.Add([1]));
        GraphValue six = _builder.Clamp("relu6", _builder.Arithmetic("add", x, GraphArithmetic.Add, One(3), false), 0, 6);
        x = form switch
        {
            "whole" => _builder.HardSwish("swish", x),
            "product with a hard sigmoid" => _builder.Product("mul", _builder.HardSigmoid("sigmoid", x), x),
            "product with the parts of a hard sigmoid" => _builder.Product("mul", x, _builder.Arithmetic("sixth", six, GraphArithmetic.Multiply, One(1f / 6), true)),
            "product, then a sixth" => _builder.Arithmetic("sixth", _builder.Product("mul", x, six), GraphArithmetic.Multiply, One(1f / 6), false),
            _ => _builder.Arithmetic("sixth", _builder.Product("mul", x, six), GraphArithmetic.Divide, One(6), false),
        };

        var step = Assert.IsType<SourceConvolution>(Assert.Single(Build(x).Operators));
        Assert.Equal(SourceActivation.HSwish, step.Activation);
        Assert.Equal(1, step.Bias!.Floats[0]);
    }

    /// <summary>TF-slim multiplies by 0.16667, which is no sixth: what is too much is the next layer's.</summary>
    [Theory]
    [InlineData(1f / 6, 1f)]
    [InlineData(0.16667f, 1.00002f)]
    public void A_squeeze_multiplies_a_map_by_a_hard_sigmoid(float sixth, float weight)
    {
        GraphValue map = _builder.Depthwise("depthwise", _image, Ones(1, 1, 2), null, 1, 1, SourcePadding.Same);
        GraphValue x = _builder.Convolution("fc", _builder.Mean("mean", map, [1, 2], keepDimensions: true), Ones(2, 1, 1, 2), null, 1, 1, SourcePadding.Same);
        x = _builder.Clamp("relu6", _builder.Arithmetic("add", x, GraphArithmetic.Add, One(3), false), 0, 6);
        x = _builder.Product("mul", map, _builder.Arithmetic("sixth", x, GraphArithmetic.Multiply, One(sixth), false));
        SourceNetwork network = Build(_builder.Convolution("project", x, Ones(1, 1, 1, 2), null, 1, 1, SourcePadding.Same));

        Assert.Equal(["SourceDepthwise", "SourcePool", "SourceConvolution", "SourceMultiply", "SourceConvolution"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(SourceActivation.HSigmoid, ((SourceConvolution)network.Operators[2]).Activation);
        Assert.Equal([network.Operators[0].Output, network.Operators[2].Output], network.Operators[3].Inputs.AsEnumerable());
        Assert.Equal(weight, ((SourceConvolution)network.Operators[4]).Weights.Floats[0], 1e-6f);
    }

    [Fact]
    public void Products_of_other_values_are_refused()
    {
        GraphValue x = Convolve("conv", _image);
        Fails(() => _builder.Product("mul", x, Convolve("other", _image)), "mul, multiplies [1, 5, 5, 1] and [1, 5, 5, 1]; a map and one factor for each of its channels");
        Fails(() => _builder.HardSigmoid("sigmoid", x, 0.2), "sigmoid, is a hard sigmoid of slope 0.2 and offset 0.5; MobileNetV3's has 1/6 and 1/2.");
        Fails(_builder.HardSwish("late", _builder.Clamp("relu", x, 0, 6)), "late, does not directly and alone follow a convolution");
    }

    /// <summary>In bytes an activation is a function of bytes, of the operators that the file has.</summary>
    [Fact]
    public void An_activation_of_bytes_keeps_the_meaning_of_what_is_before_it()
    {
        GraphValue x = Real(_builder.Quantize("quantize", _image, ElementType.Int8, s_bytes), s_bytes, ElementType.Int8);
        x = Real(_builder.Quantize("linear", _builder.Convolution("conv", x, Signed([0.5f], 0), null, 1, 1, SourcePadding.None), ElementType.Int8, s_other), s_other, ElementType.Int8);
        x = Real(_builder.Quantize("swished", _builder.HardSwish("swish", x), ElementType.Int8, s_bytes), s_bytes, ElementType.Int8);
        GraphValue y = Real(_builder.Quantize("linear2", _builder.Convolution("fc", x, new SourceTensor("w", [1, 1, 1, 1], new SourceQuantization([0.5f], [0], 0), [(sbyte)1]), null, 1, 1, SourcePadding.None), ElementType.Int8, s_other), s_other, ElementType.Int8);
        y = _builder.Clamp("relu6", _builder.ByteArithmetic("add", y, SourceByteOperator.Add, Byte(100, 0.03f)), 0, 6);
        y = Real(_builder.Quantize("six", y, ElementType.Int8, s_bytes), s_bytes, ElementType.Int8);
        SourceNetwork network = Build(_builder.Quantize("gate", _builder.ByteArithmetic("sixth", y, SourceByteOperator.Multiply, Byte(127, 1f / 6 / 127)), ElementType.Int8, s_other));

        var swished = (SourceConvolution)network.Operators[1];
        Assert.Equal((SourceActivation.HSwish, s_other, s_bytes), (swished.Activation, network.Values[swished.ByteFunction!.Linear].Quantization, network.Values[swished.Output].Quantization));
        Assert.Equal([new SourceByteStep(SourceByteOperator.HardSwish, swished.ByteFunction.Linear, null, null, null, SourceActivation.None, swished.Output)], swished.ByteFunction.Steps.AsEnumerable());
        var gate = (SourceConvolution)network.Operators[2];
        Assert.Equal(SourceActivation.HSigmoid, gate.Activation);
        Assert.Equal(
            [(SourceByteOperator.Add, 100, SourceActivation.Relu6), (SourceByteOperator.Multiply, 127, SourceActivation.None)],
            gate.ByteFunction!.Steps.Select(step => (step.Operator, step.Constant!.Value, step.Activation)));
        Assert.Equal(3, network.Operators.Length);
    }

    private static SourceTensor One(float number) => new("constant", [], [number]);

    private static SourceTensor Byte(sbyte number, float scale) => new("constant", [], new SourceQuantization([scale], [0], 0), [number]);

    public static TheoryData<string, string> Strays => new()
    {
        { "clip", "clip, does not directly and alone follow a convolution" },
        { "norm", "norm, is neither the first thing that happens to the network's input nor directly and alone before or behind a convolution" },
        { "pad", "pad, is followed by the network's outputs; a convolution was expected." },
        { "late", "late, is neither the first thing" },
        { "mean", "mean, leaves 1×5 of its map" },
        { "bound", "bound: it bounds a result to [0, 3]" },
    };

    [Theory]
    [MemberData(nameof(Strays))]
    public void What_stands_alone_is_refused_by_its_place(string place, string message) => Fails(
        place switch
        {
            "clip" => _builder.Clamp(place, _image, 0, 6),
            "norm" => _builder.Normalize(place, _builder.Pad("pad", _image, [0, 1, 1, 0], [0, 1, 1, 0]), ChannelAffine.Add([1, 1])),
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
        Fails(_builder.Sum("sum", x, normalized), "norm, is neither the first thing");
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
        Fails(() => _builder.Reshape("reshape", _image, [1, 5, 10]), "reshape, makes [1, 5, 10] of [1, 5, 5, 2]; in a MobileNet it only adds or drops dimensions of size 1, or makes one row of a whole map.");
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

    [Fact]
    public void Arithmetic_on_the_input_is_preprocessing_in_the_order_it_is_done()
    {
        GraphValue x = _builder.Arithmetic("sub", _image, GraphArithmetic.Subtract, new SourceTensor("mean", [2], [10, 20]), isConstantFirst: false);
        x = _builder.Arithmetic("div", x, GraphArithmetic.Divide, new SourceTensor("std", [1, 1, 1, 2], [2, 4]), isConstantFirst: false);
        x = _builder.Normalize("norm", x, ChannelAffine.BatchNormalization("norm", [3, 3], [1, 2], [0, 0], [8, 8], 1));
        SourceNetwork network = Build(Convolve("conv", x));
        Assert.Equal(network.Inputs[0], Assert.IsType<SourceConvolution>(Assert.Single(network.Operators)).Input);
        Assert.Equal("norm", network.Preprocessing!.Place);
        Assert.Equal([0.5, 0.25], network.Preprocessing.Factors.AsEnumerable());
        Assert.Equal([-4, -3], network.Preprocessing.Offsets.AsEnumerable());
        Assert.False(network.Preprocessing.TakesPixels);
    }

    [Fact]
    public void A_constant_less_the_input_is_preprocessing_with_a_negative_factor()
    {
        SourceNetwork network = Build(Convolve("conv", _builder.Arithmetic("sub", _image, GraphArithmetic.Subtract, new SourceTensor("one", [], [1]), isConstantFirst: true)));
        Assert.Equal([-1, -1], network.Preprocessing!.Factors.AsEnumerable());
        Assert.Equal([1, 1], network.Preprocessing.Offsets.AsEnumerable());
    }

    [Fact]
    public void A_network_without_arithmetic_on_its_input_has_no_preprocessing() => Assert.Null(Build(Convolve("conv", _image)).Preprocessing);

    [Fact]
    public void Preprocessing_follows_the_channels_of_an_input_in_either_order()
    {
        GraphBuilder builder = ChannelsFirst();
        GraphValue x = builder.Input("image", [1, 2, 3, 3]);
        x = builder.Arithmetic("mul", x, GraphArithmetic.Multiply, new SourceTensor("scale", [2, 1, 1], [2, 3]), isConstantFirst: true);
        Assert.Equal([2, 3], Build(builder, Convolve("conv", x, builder)).Preprocessing!.Factors.AsEnumerable());

        builder = ChannelsFirst();
        x = builder.Input("image", [1, 3, 3, 2], mapOrder: MapOrder.ChannelsLast);
        x = builder.Arithmetic("mul", x, GraphArithmetic.Multiply, new SourceTensor("scale", [2], [2, 3]), isConstantFirst: false);
        x = builder.Arithmetic("add", GraphBuilder.Transpose("transpose", x, [0, 3, 1, 2]), GraphArithmetic.Add, new SourceTensor("offset", [1, 2, 1, 1], [4, 5]), isConstantFirst: false);
        SourceNetwork network = Build(builder, Convolve("conv", x, builder));
        Assert.Equal([2, 3], network.Preprocessing!.Factors.AsEnumerable());
        Assert.Equal([4, 5], network.Preprocessing.Offsets.AsEnumerable());
    }

    [Fact]
    public void Preprocessing_before_a_quantisation_or_zeros_around_is_preprocessing()
    {
        GraphValue x = _builder.Quantize("quantize", _builder.Normalize("norm", _image, ChannelAffine.Multiply([2, 3])), ElementType.UInt8, s_bytes);
        x = _builder.Convolution("conv", Real(x, s_bytes), Signed([0.5f], 0), null, 1, 1, SourcePadding.None);
        SourceNetwork network = Build(_builder.Quantize("result", x, ElementType.UInt8, s_other));
        Assert.Equal(["SourceQuantize", "SourceConvolution"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal([2, 3], network.Preprocessing!.Factors.AsEnumerable());

        GraphBuilder builder = ChannelsFirst();
        x = builder.Pad("pad", builder.Normalize("norm", builder.Input("image", [1, 2, 3, 3]), ChannelAffine.Add([2, 3])), [0, 0, 1, 1], [0, 0, 1, 1]);
        network = Build(builder, builder.Convolution("conv", x, Ones(1, 3, 3, 2), null, 1, 1, SourcePadding.None));
        Assert.Equal([2, 3], network.Preprocessing!.Offsets.AsEnumerable());
        Assert.Equal(SourcePadding.Explicit(1, 1, 1, 1), ((SourceConvolution)network.Operators[0]).Padding);
    }

    [Fact]
    public void Preprocessing_of_an_input_that_others_read_as_it_is_is_refused()
    {
        GraphValue normalized = _builder.Normalize("norm", _image, ChannelAffine.Add([1, 1]));
        Fails(_builder.Sum("sum", Convolve("one", _image), Convolve("two", normalized)), "norm, changes the network's input, which others read as it is");
    }

    [Fact]
    public void Arithmetic_that_is_none_of_a_MobileNets_is_refused()
    {
        var numbers = new SourceTensor("numbers", [2], [1, 0]);
        Fails(() => _builder.Arithmetic("div", _image, GraphArithmetic.Divide, numbers, isConstantFirst: false), "div, divides a constant by a value, or a value by 0");
        Fails(() => _builder.Arithmetic("div", _image, GraphArithmetic.Divide, Ones(2), isConstantFirst: true), "div, divides a constant by a value, or a value by 0");
        Fails(() => _builder.Arithmetic("add", _image, GraphArithmetic.Add, Ones(5, 1), isConstantFirst: true), "add: the constant \"w\"");
        Fails(() => _builder.Arithmetic("add", _image, GraphArithmetic.Add, Ones(1, 1, 1, 1, 1), isConstantFirst: true), "has more dimensions than [1, 5, 5, 2]");
    }

    [Fact]
    public void Bytes_that_are_cast_are_pixels()
    {
        GraphBuilder builder = new(s_format, MapOrder.ChannelsLast, new WeightsBudget(1 << 16));
        GraphValue bytes = builder.Input("bytes", [1, 4, 4, 2], ElementType.UInt8);
        Assert.Equal(ElementType.UInt8, builder.IntegerType(bytes));
        GraphValue real = builder.Cast("cast", bytes);
        Assert.Null(builder.IntegerType(real));
        SourceNetwork network = Build(builder, Convolve("conv", builder.Normalize("mul", builder.Cast("again", real), ChannelAffine.Multiply([2, 3])), builder));
        Assert.Equal(ElementType.Float32, network.Values[network.Inputs[0]].Type);
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal([2, 3], network.Preprocessing.Factors.AsEnumerable());
        Fails(() => _builder.Cast("cast", _image), "cast, casts the input \"image\" to real numbers; only an input of uint8 that has no scale was expected.");
    }

    [Fact]
    public void Bytes_that_are_cast_and_nothing_more_are_stated_to_be_pixels()
    {
        GraphBuilder builder = ChannelsFirst();
        SourcePreprocessing preprocessing = Build(builder, Convolve("conv", builder.Cast("cast", builder.Input("bytes", [1, 2, 4, 4], ElementType.UInt8)), builder)).Preprocessing!;
        Assert.True(preprocessing.TakesPixels);
        Assert.Equal([1, 1], preprocessing.Factors.AsEnumerable());
        Assert.Equal([0, 0], preprocessing.Offsets.AsEnumerable());
    }

    [Fact]
    public void A_map_as_a_row_has_the_weights_behind_it_brought_to_rows_columns_channels()
    {
        float[] numbers = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        var weights = new SourceTensor("w", [2, 12], numbers);

        // Two rows, three columns, two channels.
        GraphBuilder builder = ChannelsFirst();
        GraphValue x = builder.Reshape("flatten", builder.Input("map", [1, 2, 2, 3]), [1, -1]);
        Assert.Equal([1, 12], x.Shape.AsEnumerable());
        SourceNetwork network = Build(builder, builder.Dense("dense", x, weights, null));
        Assert.Equal(["SourceFlatten", "SourceDense"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal([1, 12], network.Values[network.Operators[0].Output].Shape.AsEnumerable());
        float[] read = ((SourceDense)network.Operators[1]).Weights.Floats;
        foreach ((int o, int row, int column, int channel) in from o in Enumerable.Range(0, 2) from r in Enumerable.Range(0, 2) from c in Enumerable.Range(0, 3) from k in Enumerable.Range(0, 2) select (o, r, c, k))
            Assert.Equal(numbers[(12 * o) + (6 * channel) + (3 * row) + column], read[(12 * o) + (2 * ((3 * row) + column)) + channel]);

        builder = new(s_format, MapOrder.ChannelsLast, new WeightsBudget(1 << 16));
        network = Build(builder, builder.Dense("dense", builder.Reshape("flatten", builder.Input("map", [1, 2, 3, 2]), [12]), weights, null));
        Assert.Equal(numbers, ((SourceDense)network.Operators[1]).Weights.Floats);
    }

    [Fact]
    public void A_row_in_the_order_of_channels_is_refused_where_no_weights_can_be_brought_into_another()
    {
        GraphBuilder builder = ChannelsFirst();
        GraphValue row = builder.Reshape("flatten", builder.Input("map", [1, 2, 2, 3]), [1, 12]);
        Fails(() => Build(builder, builder.Softmax("softmax", row, 1)), "flatten, makes a row of a map channel by channel and is followed by softmax");
    }

    [Fact]
    public void A_quantised_map_as_a_row_keeps_what_it_stands_for()
    {
        GraphValue row = _builder.Reshape("flatten", _builder.Quantize("quantize", _image, ElementType.Int8, s_bytes), [1, 50]);
        var weights = new SourceTensor("w", [1, 50], new SourceQuantization([0.5f], [0], 0), [.. Enumerable.Repeat((sbyte)1, 50)]);
        GraphValue x = _builder.Dense("dense", Real(row, s_bytes, ElementType.Int8), weights, null);
        SourceNetwork network = Build(_builder.Quantize("result", x, ElementType.Int8, s_other));
        Assert.Equal(["SourceQuantize", "SourceFlatten", "SourceDense"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(s_bytes, network.Values[network.Operators[1].Output].Quantization);
    }

    [Fact]
    public void Steps_before_a_fully_connected_layer_or_a_pointwise_convolution_are_weights_and_biases()
    {
        // 2 · (3 · a + 1) + 5 · (4 · b − 1) + 7.
        GraphValue x = _builder.Mean("mean", _image, [1, 2], keepDimensions: false);
        x = _builder.Normalize("add", _builder.Normalize("mul", x, ChannelAffine.Multiply([3, 4])), ChannelAffine.Add([1, -1]));
        SourceNetwork network = Build(_builder.Dense("dense", x, new SourceTensor("w", [1, 2], [2, 5]), new SourceTensor("b", [1], [7])));
        var dense = Assert.IsType<SourceDense>(network.Operators[1]);
        Assert.Equal([6, 20], dense.Weights.Floats);
        Assert.Equal([4], dense.Bias!.Floats);

        GraphBuilder builder = ChannelsFirst();
        x = Convolve("one", builder.Input("image", [1, 2, 3, 3]), builder, outputs: 2);
        x = builder.Clamp("relu", x, 0, float.PositiveInfinity);
        x = builder.Normalize("norm", x, ChannelAffine.Multiply([3, 4]).Then(ChannelAffine.Add([1, -1])));
        var convolution = (SourceConvolution)Build(builder, builder.Convolution("two", x, new SourceTensor("w", [1, 1, 1, 2], [2, 5]), null, 1, 1, SourcePadding.Same)).Operators[1];
        Assert.Equal([6, 20], convolution.Weights.Floats);
        Assert.Equal([-3], convolution.Bias!.Floats);
    }

    [Fact]
    public void A_step_before_a_convolution_that_reads_zeros_around_its_map_is_refused()
    {
        GraphValue x = _builder.Clamp("relu", Convolve("one", _image, outputs: 2), 0, 6);
        x = _builder.Normalize("norm", x, ChannelAffine.Add([1, 1]));
        Fails(_builder.Convolution("two", x, Ones(1, 3, 3, 2), null, 1, 1, SourcePadding.Same), "norm, is neither the first thing");
    }

    [Fact]
    public void Maxima_over_rows_and_columns_and_maximum_pools_are_pools()
    {
        GraphValue[] results =
        [
            _builder.Max("max", _builder.Max("rows", _image, [1], keepDimensions: false), [1], keepDimensions: false),
            _builder.Max("max", _image, [1, 2], keepDimensions: false),
            _builder.MaxPool("max", _image, 5, 5, 2, 2, SourcePadding.None),
            _builder.MaxPool("max", _image, null, null, 1, 1, SourcePadding.None),
        ];
        Assert.All(results, result => Assert.Equal(2, result.Count));
        foreach (GraphValue result in results)
            _builder.Output(result);
        SourceNetwork network = _builder.Build();
        Assert.Equal(4, network.Operators.Length);
        Assert.All(network.Operators, step => Assert.Equal((SourcePoolKind.Max, network.Inputs[0]), (Assert.IsType<SourcePool>(step).Kind, step.Input)));
        Fails(() => _builder.MaxPool("pool", _image, 2, 2, 2, 2, SourcePadding.None), "pool, has a window of 2×2 on a map of 5×5");
    }

    [Fact]
    public void A_mean_of_maxima_is_no_pool()
    {
        GraphValue x = _builder.Mean("mean", _builder.Max("max", _image, [1], keepDimensions: false), [1], keepDimensions: false);
        Fails(x, "max, leaves 1×5 of its map");
    }

    [Fact]
    public void A_maximum_pool_of_integers_keeps_what_they_stand_for()
    {
        GraphValue pooled = _builder.MaxPool("pool", _builder.Quantize("quantize", _image, ElementType.UInt8, s_bytes), 5, 5, 1, 1, SourcePadding.None);
        Assert.Equal(ElementType.UInt8, _builder.IntegerType(pooled));
        SourceNetwork network = Build(Real(pooled, s_bytes));
        Assert.Equal(["SourceQuantize", "SourcePool", "SourceDequantize"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(s_bytes, network.Values[network.Operators[1].Output].Quantization);
    }

    [Fact]
    public void Pixels_in_one_dimension_are_averaged_as_rows_and_columns_are()
    {
        GraphBuilder builder = ChannelsFirst();
        GraphValue x = builder.Reshape("reshape", builder.Input("map", [1, 4, 2, 3]), [1, 4, -1]);
        Assert.Equal([1, 4, 6], x.Shape.AsEnumerable());
        x = builder.Mean("mean", x, [2], keepDimensions: false);
        Assert.Equal([1, 4], x.Shape.AsEnumerable());
        Assert.Equal(SourcePoolKind.Mean, Assert.IsType<SourcePool>(Assert.Single(Build(builder, x).Operators)).Kind);
    }

    [Fact]
    public void A_map_of_one_channel_and_one_column_stays_what_it_is_under_another_order()
    {
        GraphBuilder builder = ChannelsFirst();
        GraphValue x = builder.Input("map", [1, 5, 1, 1], mapOrder: MapOrder.ChannelsLast);
        x = builder.Reshape("reshape", x, [1, 1, 5, 1]);
        SourceNetwork network = Build(builder, builder.Convolution("conv", x, Ones(1, 3, 3, 1), null, 1, 1, SourcePadding.Same));
        Assert.Equal([1, 5, 1, 1], network.Values[network.Inputs[0]].Shape.AsEnumerable());

        builder = ChannelsFirst();
        x = GraphBuilder.Transpose("swap", builder.Input("map", [1, 1, 5, 1]), [0, 1, 3, 2]);
        Fails(() => builder.Convolution("conv", x, Ones(1, 3, 3, 1), null, 1, 1, SourcePadding.Same), "conv, reads [1, 1, 1, 5]; one map, [1, channels, height, width], was expected.");
    }

    [Theory]
    [InlineData(SourceFunction.Sigmoid)]
    [InlineData(SourceFunction.Tanh)]
    public void A_function_of_real_numbers_is_an_operator(SourceFunction function)
    {
        SourceNetwork network = Build(Apply(function, _builder.Mean("mean", _image, [1, 2], keepDimensions: false)));
        var step = Assert.IsType<SourceElementwise>(network.Operators[1]);
        Assert.Equal(function, step.Function);
        Assert.Null(network.Values[step.Output].Quantization);
    }

    [Theory]
    [InlineData(SourceFunction.Sigmoid, 1f / 256, -128)]
    [InlineData(SourceFunction.Tanh, 1f / 128, 0)]
    public void A_function_of_quantised_numbers_has_the_result_of_TensorFlow_Lites_or_the_files_own(SourceFunction function, float scale, int zeroPoint)
    {
        GraphValue bytes = _builder.Input("bytes", [1, 4], ElementType.Int8);
        GraphValue real = Apply(function, Real(bytes, s_bytes, ElementType.Int8));
        _builder.Output(_builder.Quantize("quantize", Apply(function, Real(bytes, s_bytes, ElementType.Int8)), ElementType.Int8, s_other));
        SourceNetwork network = Build(real);
        Assert.Equal(["SourceElementwise", "SourceElementwise", "SourceDequantize"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(
            [new SourceQuantization([scale], [zeroPoint], 0), s_other],
            network.Operators.Take(2).Select(step => network.Values[step.Output].Quantization));
    }

    [Fact]
    public void What_a_softmax_multiplies_by_is_kept()
    {
        SourceNetwork network = Build(_builder.Softmax("softmax", _builder.Mean("mean", _image, [1, 2], keepDimensions: false), 1, beta: 0.5f));
        Assert.Equal(0.5f, ((SourceSoftmax)network.Operators[1]).Beta);
    }

    [Theory]
    [InlineData(true, new[] { "SourceQuantize", "SourceConvolution", "SourceQuantize" }, ElementType.UInt8)]
    [InlineData(false, new[] { "SourceConvolution" }, ElementType.Int8)]
    public void Ends_are_of_the_files_type_where_its_engine_converts_them_and_of_the_networks_where_not(bool keeps, string[] operators, ElementType type)
    {
        var builder = new GraphBuilder(s_format, MapOrder.ChannelsLast, new WeightsBudget(1 << 16)) { KeepsEndTypes = keeps };
        GraphValue x = builder.Dequantize("dequantize", builder.Input("image", [1, 5, 5, 2], ElementType.UInt8), ElementType.UInt8, s_bytes);
        x = builder.Convolution("conv", x, Signed([0.5f], 0), null, 1, 1, SourcePadding.None);
        SourceNetwork network = Build(builder, builder.Quantize("result", x, ElementType.UInt8, s_other));
        Assert.Equal(operators, network.Operators.Select(step => step.GetType().Name));
        Assert.Equal((type, type), (network.Values[network.Inputs[0]].Type, network.Values[network.Outputs[0]].Type));
        Assert.All(network.Operators.OfType<SourceConvolution>(), step => Assert.Equal(ElementType.Int8, network.Values[step.Input].Type));
    }

    private static GraphBuilder ChannelsFirst() => new(s_format, MapOrder.ChannelsFirst, new WeightsBudget(1 << 16));

    private GraphValue Apply(SourceFunction function, GraphValue x) => function == SourceFunction.Sigmoid ? _builder.Sigmoid("function", x) : _builder.Tanh("function", x);

    private static SourceTensor Ones(params ImmutableArray<int> shape) =>
        new("w", shape, [.. Enumerable.Repeat(1f, shape.Aggregate(1, (product, size) => product * size))]);

    /// <summary>[scales.Length][1][1][2] of 1, at a scale an output channel.</summary>
    private static SourceTensor Signed(float[] scales, int zero) =>
        new("w", [scales.Length, 1, 1, 2], new SourceQuantization([.. scales], [.. scales.Select(_ => zero)], 0), [.. Enumerable.Repeat((sbyte)1, 2 * scales.Length)]);

    private GraphValue Convolve(string place, GraphValue x, GraphBuilder? builder = null, int outputs = 1) =>
        (builder ?? _builder).Convolution(place, x, Ones(outputs, 1, 1, 2), null, 1, 1, SourcePadding.Same);

    private GraphValue Real(GraphValue bytes, SourceQuantization quantization, ElementType type = ElementType.UInt8) => _builder.Dequantize("dequantize", bytes, type, quantization);

    private SourceNetwork Build(GraphValue output) => Build(_builder, output);

    private static SourceNetwork Build(GraphBuilder builder, GraphValue output)
    {
        builder.Output(output);
        return builder.Build();
    }

    private void Fails(GraphValue output, string message) => Fails(() => Build(output), message);

    private static void Fails(Action action, string message) => Assert.Contains(message, Assert.Throws<WeightsException>(action).Message, StringComparison.Ordinal);
}
