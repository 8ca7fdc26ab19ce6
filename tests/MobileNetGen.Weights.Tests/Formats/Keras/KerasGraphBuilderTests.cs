using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using static MobileNetGen.Weights.Tests.Formats.Keras.KerasConfiguration;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>What a configuration states is taken over, or refused by name.</summary>
public class KerasGraphBuilderTests
{
    private const string Pointwise1 = "\"filters\": 2, \"kernel_size\": [1, 1]";

    [Theory]
    [InlineData("Conv2D", Pointwise1 + ", \"dilation_rate\": [2, 2]", "layer \"x\", Conv2D, is dilated by 2×2; a MobileNet classifier has none dilated.")]
    [InlineData("Conv2D", Pointwise1 + ", \"data_format\": \"channels_first\"", "layer \"x\", Conv2D, has \"data_format\" \"channels_first\"; \"channels_last\" was expected.")]
    [InlineData("Conv2D", Pointwise1 + ", \"padding\": \"causal\"", "has \"padding\" \"causal\"; \"valid\" or \"same\" was expected.")]
    [InlineData("Conv2D", Pointwise1 + ", \"groups\": 2", "has 2 groups of 3 channels; one, or one a channel, were expected.")]
    [InlineData("Conv2D", Pointwise1 + ", \"activation\": \"swish\"", "has the activation swish; linear, relu, relu6, hard_swish, softmax, sigmoid or tanh was expected.")]
    [InlineData("Conv2D", Pointwise1 + ", \"output_padding\": 1", "has \"output_padding\" 1; an option that is known was expected.")]
    [InlineData("Conv2D", Pointwise1 + ", \"dtype\": {\"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"name\": \"int8_from_float32\"}}", "computes with \"int8_from_float32\"; float32")]
    [InlineData("Conv2D", Pointwise1 + ", \"strides\": [0, 1]", "has \"strides\" [0, 1]; one number from 1 to 65535, or two was expected.")]
    [InlineData("Conv2D", "\"filters\": 2", "does not say \"kernel_size\"")]
    [InlineData("Conv2D", "\"filters\": 3, \"kernel_size\": 1", "\"x/kernel\" has the shape [1, 1, 3, 2], and by the configuration it is [1, 1, 3, 3]")]
    [InlineData("Conv2D", "\"filters\": 2, \"kernel_size\": 3", "\"x/kernel\" has the shape [1, 1, 3, 2], and by the configuration it is [3, 3, 3, 2]")]
    [InlineData("Conv2D", Pointwise1 + ", \"use_bias\": false", "has the weights \"x/bias\", which by its options it does not use")]
    [InlineData("DepthwiseConv2D", "\"kernel_size\": 1", "\"x/kernel\" has the shape [1, 1, 3, 2], and by the configuration it is [1, 1, 3, 1]")]
    [InlineData("Conv2DTranspose", Pointwise1, "layer \"x\", Conv2DTranspose, is not one of a MobileNet's: Conv2D,")]
    [InlineData("BatchNormalization", "\"axis\": [1]", "is along the dimensions [1] of [1, 4, 4, 3]; along the last, the channels, was expected.")]
    [InlineData("BatchNormalization", "\"renorm\": true", "has \"renorm\" true; false was expected.")]
    [InlineData("BatchNormalization", "\"axis\": -1", "has no gamma among the weights.")]
    [InlineData("ReLU", "\"negative_slope\": 0.1", "has \"negative_slope\" 0.1; 0 or 0.0 was expected.")]
    [InlineData("ReLU", "\"threshold\": 1.0", "has \"threshold\" 1.0; 0 or 0.0 was expected.")]
    [InlineData("LeakyReLU", "\"alpha\": 0.3", "layer \"x\", LeakyReLU, is not one of a MobileNet's")]
    [InlineData("Lambda", "\"function\": [\"4wEAAA\", null, null]", "A Lambda is Python code, which is never run")]
    [InlineData("Resizing", "\"height\": 8, \"width\": 8", "makes 8×8 of [1, 4, 4, 3]; pictures are resized outside.")]
    [InlineData("ZeroPadding2D", "\"padding\": [[1, 2, 3], [1, 1]]", "has \"padding\" [[1, 2, 3], [1, 1]]; one number, one for height and width, or two for each was expected.")]
    [InlineData("AveragePooling2D", "\"pool_size\": [2, 2]", "has a window of 2×2 on a map of 4×4; a MobileNet pools the whole map.")]
    [InlineData("Concatenate", "\"axis\": -1", "A MobileNet only adds two maps, or multiplies one by factors.")]
    [InlineData("Rescaling", "\"scale\": [0.1, 0.2]", "the constant [0.1, 0.2] and [1, 4, 4, 3] do not fit")]
    [InlineData("Rescaling", "\"scale\": [[1], [2], [3]]", "is not a number")]
    [InlineData("Normalization", "\"axis\": -1, \"mean\": null, \"variance\": null", "has no mean: it was never adapted to pictures.")]
    [InlineData("Normalization", "\"mean\": 1, \"variance\": 2, \"invert\": true", "has \"invert\" true; false was expected.")]
    public void What_no_MobileNet_has_is_refused_by_the_name_of_the_layer(string kind, string options, string message) =>
        Fails(message, Sequential(Layer(kind, "x", options)), Pointwise("x"));

    [Fact]
    public void What_is_of_training_is_nothing_to_the_network()
    {
        SourceNetwork network = Read(
            Sequential(
                Layer("RandomFlip", "flip", "\"mode\": \"horizontal\", \"seed\": 7"),
                Layer("Resizing", "resizing", "\"height\": 4, \"width\": 4, \"interpolation\": \"bilinear\", \"crop_to_aspect_ratio\": false"),
                Layer("Conv2D", "x", Pointwise1 + """
                    , "trainable": false, "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
                    "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.01}}, "bias_constraint": {"class_name": "MaxNorm", "config": {}}, "activity_regularizer": null, "lora_rank": null
                    """),
                Layer("Dropout", "dropout", "\"rate\": 0.2, \"noise_shape\": null, \"seed\": 1"),
                Layer("GaussianNoise", "noise", "\"stddev\": 1")),
            [.. Pointwise("x"), ("flip/StateVar", [3])]);
        var convolution = Assert.IsType<SourceConvolution>(Assert.Single(network.Operators));
        Assert.Equal(Enumerable.Range(0, 2).SelectMany(output => new float[] { 1 + output, 3 + output, 5 + output }), convolution.Weights.Floats);
        Assert.Equal([1f, 2f], convolution.Bias!.Floats);
        Assert.Empty(network.LeftAside);
    }

    [Theory]
    [InlineData("\"activation\": null", SourceActivation.None)]
    [InlineData("\"activation\": \"linear\"", SourceActivation.None)]
    [InlineData("\"activation\": \"relu\"", SourceActivation.Relu)]
    [InlineData("\"activation\": \"relu6\"", SourceActivation.Relu6)]
    [InlineData("\"activation\": {\"module\": \"builtins\", \"class_name\": \"function\", \"config\": \"relu6\", \"registered_name\": \"function\"}", SourceActivation.Relu6)]
    [InlineData("\"activation\": {\"class_name\": \"relu6\", \"config\": {}}", SourceActivation.Relu6)]
    [InlineData("\"activation\": \"hard_swish\"", SourceActivation.HSwish)]
    [InlineData("\"activation\": \"hard_silu\"", SourceActivation.HSwish)]
    [InlineData("\"activation\": {\"class_name\": \"ReLU\", \"config\": {\"name\": \"r\", \"max_value\": 6.0, \"negative_slope\": 0.0, \"threshold\": 0.0}}", SourceActivation.Relu6)]
    public void Activations_have_many_forms(string option, SourceActivation expected)
    {
        SourceNetwork inside = Read(Sequential(Layer("Conv2D", "x", $"{Pointwise1}, {option}")), Pointwise("x"));
        Assert.Equal(expected, Assert.IsType<SourceConvolution>(Assert.Single(inside.Operators)).Activation);
        SourceNetwork behind = Read(Sequential(Layer("Conv2D", "x", Pointwise1), Layer("Activation", "a", option)), Pointwise("x"));
        Assert.Equal(expected, Assert.IsType<SourceConvolution>(Assert.Single(behind.Operators)).Activation);
    }

    [Theory]
    [InlineData("\"max_value\": null, \"negative_slope\": 0, \"threshold\": 0", SourceActivation.Relu)]
    [InlineData("\"max_value\": 6", SourceActivation.Relu6)]
    public void ReLU_has_the_bound_that_it_states(string options, SourceActivation expected) => Assert.Equal(
        expected, Assert.IsType<SourceConvolution>(Assert.Single(Read(Sequential(Layer("Conv2D", "x", Pointwise1), Layer("ReLU", "r", options)), Pointwise("x")).Operators)).Activation);

    [Fact]
    public void Another_bound_is_refused() => Fails("it bounds a result to [0, 4]", Sequential(Layer("Conv2D", "x", Pointwise1), Layer("ReLU", "r", "\"max_value\": 4")), Pointwise("x"));

    [Theory]
    [InlineData("1", 1, 1, 1, 1)]
    [InlineData("[1, 0]", 1, 0, 1, 0)]
    [InlineData("[[0, 1], [0, 1]]", 0, 0, 1, 1)]
    public void Padding_is_one_number_or_two_or_four(string padding, int top, int left, int bottom, int right)
    {
        SourceNetwork network = Read(
            Sequential(Layer("ZeroPadding2D", "p", $"\"padding\": {padding}, \"data_format\": \"channels_last\""), Layer("Conv2D", "x", "\"filters\": 2, \"kernel_size\": [3, 3], \"strides\": [2, 2]")),
            ("x/kernel", [3, 3, 3, 2]), ("x/bias", [2]));
        var convolution = Assert.IsType<SourceConvolution>(Assert.Single(network.Operators));
        Assert.Equal(SourcePadding.Explicit(top, left, bottom, right), convolution.Padding);
        Assert.Equal((2, 2), (convolution.StrideHeight, convolution.StrideWidth));
    }

    [Fact]
    public void A_convolution_of_one_group_a_channel_is_depthwise()
    {
        SourceNetwork network = Read(Sequential(Layer("Conv2D", "x", "\"filters\": 6, \"kernel_size\": [1, 1], \"groups\": 3, \"use_bias\": false")), ("x/kernel", [1, 1, 1, 6]));
        var depthwise = Assert.IsType<SourceDepthwise>(Assert.Single(network.Operators));
        Assert.Equal(2, depthwise.Multiplier);
        Assert.Equal([1f, 2, 3, 4, 5, 6], depthwise.Weights.Floats);
    }

    [Fact]
    public void A_separable_convolution_is_two_of_which_only_the_second_has_bias_and_activation()
    {
        SourceNetwork network = Read(
            Sequential(Layer("SeparableConv2D", "x", "\"filters\": 2, \"kernel_size\": [1, 1], \"depth_multiplier\": 2, \"strides\": [2, 2], \"activation\": \"relu\"")),
            ("x/depthwise_kernel", [1, 1, 3, 2]), ("x/pointwise_kernel", [1, 1, 6, 2]), ("x/bias", [2]));
        var depthwise = Assert.IsType<SourceDepthwise>(network.Operators[0]);
        var pointwise = Assert.IsType<SourceConvolution>(network.Operators[1]);
        Assert.Equal((2, 2, SourceActivation.None), (depthwise.Multiplier, depthwise.StrideHeight, depthwise.Activation));
        Assert.Null(depthwise.Bias);
        Assert.Equal((1, SourceActivation.Relu), (pointwise.StrideHeight, pointwise.Activation));
        Assert.Equal([1f, 2f], pointwise.Bias!.Floats);
    }

    [Theory]
    [InlineData("GlobalAveragePooling2D", "\"keepdims\": false", SourcePoolKind.Mean, false)]
    [InlineData("GlobalAveragePooling2D", "\"keepdims\": true, \"data_format\": \"channels_last\"", SourcePoolKind.Mean, true)]
    [InlineData("GlobalMaxPooling2D", "", SourcePoolKind.Max, false)]
    [InlineData("AveragePooling2D", "\"pool_size\": [4, 4], \"strides\": null, \"padding\": \"valid\"", SourcePoolKind.AveragePool, true)]
    [InlineData("MaxPooling2D", "\"pool_size\": 4, \"strides\": [1, 1], \"padding\": \"valid\"", SourcePoolKind.Max, true)]
    public void Pools_over_the_whole_map_are_told_apart(string kind, string options, SourcePoolKind expected, bool keepsDimensions)
    {
        var pool = Assert.IsType<SourcePool>(Assert.Single(Read(Sequential(Layer(kind, "p", options))).Operators));
        Assert.Equal((expected, keepsDimensions), (pool.Kind, pool.KeepDimensions));
    }

    [Fact]
    public void A_head_is_what_it_states()
    {
        SourceNetwork network = Read(
            Sequential(
                Layer("Flatten", "f"), Layer("Dense", "d", "\"units\": 3, \"activation\": \"tanh\""), Layer("BatchNormalization", "b", "\"axis\": [1], \"scale\": false, \"center\": false"),
                Layer("Dense", "e", "\"units\": 1, \"use_bias\": false, \"activation\": \"sigmoid\"")),
            ("d/kernel", [48, 3]), ("d/bias", [3]), ("b/moving_mean", [3]), ("b/moving_variance", [3]), ("e/kernel", [3, 1]));
        Assert.Equal(["Flatten", "Dense", "Elementwise", "Dense", "Elementwise"], network.Operators.Select(step => step.GetType().Name["Source".Length..]));
        Assert.Equal([SourceFunction.Tanh, SourceFunction.Sigmoid], network.Operators.OfType<SourceElementwise>().Select(step => step.Function));
        var last = (SourceDense)network.Operators[3];
        for (int c = 1; c <= 3; c++)
            Assert.Equal(c / Math.Sqrt(c + 0.001), last.Weights.Floats[c - 1], 1e-6);
        Assert.Equal(-Enumerable.Range(1, 3).Sum(c => c * c / Math.Sqrt(c + 0.001)), last.Bias!.Floats[0], 1e-5);
    }

    [Fact]
    public void A_fully_connected_layer_along_the_channels_of_a_map_is_a_convolution_of_pixels()
    {
        SourceNetwork network = Read(Sequential(Layer("Dense", "x", "\"units\": 2, \"activation\": \"relu\"")), ("x/kernel", [3, 2]), ("x/bias", [2]));
        var convolution = Assert.IsType<SourceConvolution>(Assert.Single(network.Operators));
        Assert.Equal([2, 1, 1, 3], convolution.Weights.Shape.AsEnumerable());
        Assert.Equal([1f, 3, 5, 2, 4, 6], convolution.Weights.Floats);
    }

    /// <summary>As keras.applications builds MobileNetV3, with Keras 2's functions and Keras 3's layers.</summary>
    [Theory]
    [InlineData("TFOpLambda", "\"function\": \"__operators__.add\"", "\"function\": \"math.multiply\"", "[\"{0}\", 0, 0, {{\"y\": {1}, \"name\": null}}]")]
    [InlineData("", "", "", "")]
    public void A_squeeze_of_MobileNetV3_is_read_as_Keras_has_it(string kind, string add, string multiply, string call)
    {
        string plus = kind.Length > 0 ? Call(kind, "plus", $"[{string.Format(System.Globalization.CultureInfo.InvariantCulture, call, "fc", "3.0")}]", add)
            : """{"class_name": "Add", "module": "keras.src.ops.numpy", "name": "plus", "config": {"name": "plus"}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["fc", 0, 0]}}, 3.0], "kwargs": {}}]}""";
        string sixth = kind.Length > 0 ? Call(kind, "sixth", $"[{string.Format(System.Globalization.CultureInfo.InvariantCulture, call, "six", "0.16666666666666666")}]", multiply)
            : """{"class_name": "Multiply", "module": "keras.src.ops.numpy", "name": "sixth", "config": {"name": "sixth"}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["six", 0, 0]}}, 0.16666666666666666], "kwargs": {}}]}""";
        SourceNetwork network = Read(
            Functional(
                string.Join(
                    ", ", Input(), Call("Conv2D", "x", """[[["in", 0, 0, {}]]]""", Pointwise1), Call("GlobalAveragePooling2D", "m", """[[["x", 0, 0, {}]]]""", "\"keepdims\": true"),
                    Call("Conv2D", "fc", """[[["m", 0, 0, {}]]]""", Pointwise1), plus, Call("ReLU", "six", """[[["plus", 0, 0, {}]]]""", "\"max_value\": 6.0"), sixth,
                    Call("Multiply", "y", """[[["x", 0, 0, {}], ["sixth", 0, 0, {}]]]""")),
                "y"),
            [.. Pointwise("x"), .. Pointwise("fc", 2)]);
        Assert.Equal(["SourceConvolution", "SourcePool", "SourceConvolution", "SourceMultiply"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal(SourceActivation.HSigmoid, ((SourceConvolution)network.Operators[2]).Activation);
    }

    // Means and maxima, activations and shapes as functions, in Keras 2 and 3.
    [Theory]
    [InlineData("TFOpLambda", "\"function\": \"math.reduce_mean\"", """[["x", 0, 0, {"axis": [1, 2], "keepdims": true}]]""", "SourcePool")]
    [InlineData("TFOpLambda", "\"function\": \"nn.softmax\"", """[["d", 0, 0, {"axis": -1, "name": null}]]""", "SourceSoftmax")]
    [InlineData("TFOpLambda", "\"function\": \"math.sigmoid\"", """[["d", 0, 0, {}]]""", "SourceElementwise")]
    [InlineData("TFOpLambda", "\"function\": \"reshape\"", """[["x", 0, 0, {"shape": [-1, 32]}]]""", "SourceFlatten")]
    [InlineData("TFOpLambda", "\"function\": \"__operators__.add\"", """[["x", 0, 0, {"y": ["d", 0, 0]}]]""", "adds [1, 4, 4, 2] and [1, 2]")]
    [InlineData("TFOpLambda", "\"function\": \"__operators__.add\"", """[["d", 0, 0, {"y": ["d", 0, 0]}]]""", "SourceAdd")]
    [InlineData("TFOpLambda", "\"function\": \"nn.relu6\"", """[["d", 0, 0, {}]]""", "SourceDense")]
    public void Functions_behind_layers_are_what_layers_are(string kind, string options, string calls, string expected)
    {
        string model = Functional(string.Join(", ",
            Input(), Call("Conv2D", "x", """[[["in", 0, 0, {}]]]""", Pointwise1), Call("GlobalMaxPooling2D", "m", """[[["x", 0, 0, {}]]]"""),
            Call("Dense", "d", """[[["m", 0, 0, {}]]]""", "\"units\": 2"), Call(kind, "y", calls, options)), "y");
        (string, int[])[] weights = [.. Pointwise("x"), ("d/kernel", [2, 2]), ("d/bias", [2])];
        if (expected.StartsWith("Source", StringComparison.Ordinal))
            Assert.Equal(expected, Read(model, weights).Operators[^1].GetType().Name);
        else
            Fails(expected, model, weights);
    }

    [Theory]
    [InlineData("Rescaling", "\"scale\": 0.5, \"offset\": -1", 0.5, -1, 0.5, -1)]
    [InlineData("Rescaling", "\"scale\": [0.5, 1, 2], \"offset\": {\"class_name\": \"__numpy__\", \"config\": {\"value\": [1, 2, 3], \"dtype\": \"float32\"}}", 0.5, 1, 2, 3)]
    [InlineData("Normalization", "\"axis\": [-1], \"mean\": [[[[2, 3, 4]]]], \"variance\": [4, 9, 16]", 0.5, -1, 0.25, -1)]
    [InlineData("Normalization", "\"axis\": null, \"mean\": 2, \"variance\": 4, \"invert\": false", 0.5, -1, 0.5, -1)]
    public void Arithmetic_on_the_input_is_preprocessing(string kind, string options, double firstFactor, double firstOffset, double lastFactor, double lastOffset) =>
        Preprocesses(Read(Sequential(Layer(kind, "r", options), Layer("Conv2D", "x", Pointwise1)), Pointwise("x")), firstFactor, firstOffset, lastFactor, lastOffset);

    [Fact]
    public void Statistics_of_a_normalisation_may_be_weights() => Preprocesses(
        Read(
            Sequential(Layer("Normalization", "n", "\"axis\": -1, \"mean\": null, \"variance\": null"), Layer("Conv2D", "x", Pointwise1)),
            [.. Pointwise("x"), ("n/mean", [3]), ("n/variance", [3]), ("n/count", [1])]),
        1, -1, Math.Round(1 / Math.Sqrt(3), 12), Math.Round(-3 / Math.Sqrt(3), 12));

    // As preprocess_input of MobileNetV2 becomes in Keras 2, and of torch's statistics.
    [Theory]
    [InlineData("math.truediv", """[["in", 0, 0, {"y": 4, "name": null}]]""", "math.subtract", """[["a", 0, 0, {"y": 1.0, "name": null}]]""", 0.25, -1, 0.25, -1)]
    [InlineData("math.multiply", """[["in", 0, 0, {"y": [1, 2, 4]}]]""", "nn.bias_add", """[["a", 0, 0, {"bias": [5, 6, 7], "data_format": "NHWC"}]]""", 1, 5, 4, 7)]
    [InlineData("math.subtract", """[["_CONSTANT_VALUE", -1, 3, {"y": ["in", 0, 0], "name": null}]]""", "__operators__.add", """[["a", 0, 0, {"y": 1}]]""", -1, 4, -1, 4)]
    [InlineData("cast", """[["in", 0, 0, {"dtype": "float32"}]]""", "math.multiply", """[["_CONSTANT_VALUE", -1, 2, {"y": ["a", 0, 0]}]]""", 2, 0, 2, 0)]
    public void Functions_of_TensorFlow_on_the_input_are_preprocessing(string first, string firstCalls, string second, string secondCalls, double firstFactor, double firstOffset, double lastFactor, double lastOffset)
    {
        string layers = string.Join(", ",
            Input(), Call("TFOpLambda", "a", firstCalls, $"\"function\": \"{first}\", \"trainable\": true, \"dtype\": \"float32\""), Call("TFOpLambda", "b", secondCalls, $"\"function\": \"{second}\""),
            Call("Conv2D", "x", """[[["b", 0, 0, {}]]]""", Pointwise1));
        Preprocesses(Read(Functional(layers, "x"), Pointwise("x")), firstFactor, firstOffset, lastFactor, lastOffset);
    }

    [Fact]
    public void Operators_of_TensorFlow_2_3_on_the_input_are_preprocessing()
    {
        string layers = string.Join(", ",
            Input(), Call("TensorFlowOpLayer", "a", """[[["in", 0, 0, {}]]]""", """ "node_def": {"name": "RealDiv", "op": "RealDiv", "input": ["in", "RealDiv/y"], "attr": {"T": {"type": "DT_FLOAT"}}}, "constants": {"1": 4.0}"""),
            Call("TensorFlowOpLayer", "b", """[[["a", 0, 0, {}]]]""", """ "node_def": {"name": "Sub", "op": "Sub", "input": ["Sub/x", "a"]}, "constants": {"0": 1}"""),
            Call("Conv2D", "x", """[[["b", 0, 0, {}]]]""", Pointwise1));
        Preprocesses(Read(Functional(layers, "x"), Pointwise("x")), -0.25, 1, -0.25, 1);
    }

    [Theory]
    [InlineData("TrueDivide", "IN, 4", "Subtract", "A, 1.0", 0.25, -1)]
    [InlineData("Subtract", "IN, 2", "Divide", "A, 4", 0.25, -0.5)]
    [InlineData("Multiply", "0.5, IN", "Add", "A, [[[1, 1, 1]]]", 0.5, 1)]
    [InlineData("Negative", "IN", "Subtract", "3, A", 1, 3)]
    [InlineData("Cast", "IN", "Multiply", "A, {\"class_name\": \"__tensor__\", \"config\": {\"value\": [2.0, 2.0, 2.0]}}", 2, 0)]
    public void Functions_of_Keras_3_on_the_input_are_preprocessing(string first, string firstArguments, string second, string secondArguments, double factor, double offset)
    {
        string layers = string.Join(", ",
            Input("in", "\"batch_shape\": [null, 4, 4, 3]"), Operation(first, "a", firstArguments, first == "Cast" ? "\"dtype\": \"float32\"" : ""), Operation(second, "b", secondArguments),
            Call("Conv2D", "x", $$$"""[{"args": [{{{Tensor("b")}}}], "kwargs": {}}]""", Pointwise1));
        Preprocesses(Read(Functional(layers, "x"), Pointwise("x")), factor, offset, factor, offset);
    }

    [Fact]
    public void Bytes_that_are_cast_are_pixels()
    {
        string layers = string.Join(", ",
            Input("in", "\"batch_input_shape\": [null, 4, 4, 3], \"dtype\": \"uint8\""), Call("TFOpLambda", "a", """[["in", 0, 0, {"dtype": "float32"}]]""", "\"function\": \"cast\""),
            Call("Conv2D", "x", """[[["a", 0, 0, {}]]]""", Pointwise1));
        SourceNetwork network = Read(Functional(layers, "x"), Pointwise("x"));
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal(ElementType.Float32, network.Values[network.Inputs[0]].Type);
    }

    [Theory]
    [InlineData("SlicingOpLambda", "\"function\": \"__operators__.getitem\"", """[["in", 0, 0, {"slice_spec": 0}]]""", "or turns the order of channels")]
    [InlineData("TFOpLambda", "\"function\": \"math.exp\"", """[["in", 0, 0, {}]]""", "layer \"a\", TFOpLambda, calls the function math.exp of TensorFlow")]
    [InlineData("TFOpLambda", "\"function\": \"math.multiply\"", """[["in", 0, 0, {"y": ["in", 0, 0]}]]""", "a map and one factor for each of its channels, or a value and its hard sigmoid, were expected")]
    [InlineData("TFOpLambda", "\"function\": \"math.truediv\"", """[["in", 0, 0, {"y": 0}]]""", "divides by what is no constant, or by zero")]
    [InlineData("TFOpLambda", "\"function\": \"math.add\"", """[["in", 0, 0, {"y": 1, "z": 2}]]""", "is called with \"z\" 2, which is not understood")]
    [InlineData("Dropout", "\"rate\": 0.5", """[[["in", 0, 0, {"training": true}]]]""", "is called with \"training\" True; nothing but its input was expected, and training false.")]
    [InlineData("Add", "", """[[["in", 0, 0, {}]]]""", "combines 1 results of layers and 0 constants")]
    [InlineData("ReLU", "", """[[["in", 0, 1, {}]]]""", "Another result of the layer \"in\" than its first is read")]
    [InlineData("ReLU", "", """[[["in", 1, 0, {}]]]""", "reads call 1 of layer \"in\", InputLayer, which the configuration does not have")]
    [InlineData("ReLU", "", """[[["no", 0, 0, {}]]]""", "the layer \"no\" is not in the model")]
    [InlineData("ReLU", "", """[[["x", 0, 0, {}]]]""", "depends on itself by way of")]
    [InlineData("ReLU", "", "[]", "reads call 0 of layer \"a\", ReLU, which the configuration does not have")]
    [InlineData("ReLU", "", "[7]", "what a layer reads is Number")]
    [InlineData("ReLU", "", """[[["in", -1, 0]]]""", "the call of \"in\" is not a number")]
    public void What_a_layer_reads_is_checked(string kind, string options, string calls, string message) => Fails(
        message, Functional(string.Join(", ", Input(), Call(kind, "a", calls, options), Call("Conv2D", "x", """[[["a", 0, 0, {}]]]""", Pointwise1)), "x"), Pointwise("x"));

    [Theory]
    [InlineData("\"module\": \"mine.layers\", \"registered_name\": \"Conv2D\"")]
    [InlineData("\"module\": \"keras.layers\", \"registered_name\": \"Custom>Conv2D\"")]
    public void A_class_of_the_same_name_that_is_somebodys_own_is_refused(string origin)
    {
        string layer = Layer("Conv2D", "x", Pointwise1);
        Fails("is of a class of its own", Sequential($"{layer[..^1]}, {origin}}}"), Pointwise("x"));
    }

    [Fact]
    public void Two_inputs_are_refused_by_their_names() => Fails(
        "The model \"f\" has 2 inputs (\"in\", \"other\"); a classifier has one, the picture.",
        Functional(string.Join(", ", Input(), Input("other"), Call("Add", "a", """[[["in", 0, 0, {}], ["other", 0, 0, {}]]]""")), "a", "in", "other"));

    [Fact]
    public void A_layer_without_weights_may_be_called_again_and_one_with_weights_may_not()
    {
        string Network(string second) => Functional(string.Join(", ",
            Input(), Call("Conv2D", "x", """[[["in", 0, 0, {}]]]""", Pointwise1), Call("Conv2D", "y", """[[["r", 0, 0, {}]], [["r", 1, 0, {}]]]""", Pointwise1),
            Call("ReLU", "r", """[[["x", 0, 0, {}]], [["y", 0, 0, {}]]]"""), Call("Conv2D", "z", """[[["r", 1, 0, {}]]]""", Pointwise1)), second);
        (string, int[])[] weights = [.. Pointwise("x"), .. Pointwise("y", 2), .. Pointwise("z", 2)];
        Assert.Equal(
            [SourceActivation.Relu, SourceActivation.Relu, SourceActivation.None],
            Read(Network("z"), weights).Operators.Cast<SourceConvolution>().Select(step => step.Activation));
        Fails("layer \"y\", Conv2D, is called more than once", Network("z").Replace("""["z", 0, 0]""", """["y", 1, 0]""", StringComparison.Ordinal), weights);
    }

    [Fact]
    public void A_model_within_the_model_may_be_called_first_or_after_it_was_made()
    {
        string inner = Functional(string.Join(", ", Input("inner", "\"batch_input_shape\": [null, null, null, 3]"), Call("Conv2D", "x", """[[["inner", 0, 0, {}]]]""", Pointwise1)), "x", "inner");
        inner = $$$"""{{{inner.Trim()[..^1]}}}, "name": "f2", "inbound_nodes": [[["in", 0, 0, {}]]]}""".Replace("\"name\": \"f\"", "\"name\": \"f2\"", StringComparison.Ordinal);
        foreach (int call in new[] { 0, 1 })
        {
            string outer = Functional(string.Join(", ", Input(), inner, Call("GlobalAveragePooling2D", "p", $$"""[[["f2", {{call}}, 0, {}]]]""")), "p");
            Assert.Equal(2, Read(outer, Pointwise("f2/x")).Operators.Length);
            Assert.Equal(2, Read(outer, Pointwise("x")).Operators.Length);
        }
    }

    [Fact]
    public void Models_for_another_size_are_refused() => Fails(
        "layer \"s/in\", InputLayer, is for [0, 4, 4, 3] and reads [1, 4, 4, 2]",
        Sequential(Layer("Conv2D", "x", Pointwise1), Sequential(Layer("ReLU", "r"))), Pointwise("x"));

    [Theory]
    [InlineData("\"batch_input_shape\": [null, 6, 5, 3]", 6, 5)]
    [InlineData("\"batch_input_shape\": [32, 6, 5, 3]", 6, 5)]
    [InlineData("\"batch_shape\": [null, null, null, 3]", 4, 4)]
    [InlineData("\"shape\": [6, 5, 3]", 6, 5)]
    public void The_size_of_the_input_is_the_stated_one_and_where_that_is_open_the_texts(string options, int height, int width)
    {
        SourceNetwork network = Read(Functional(string.Join(", ", Input("in", options), Call("GlobalAveragePooling2D", "p", """[[["in", 0, 0, {}]]]""")), "p"));
        Assert.Equal([1, height, width, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
    }

    [Fact]
    public void A_sequential_model_may_have_its_size_in_its_first_layer_or_beside_them()
    {
        foreach (string model in new[]
        {
            """{"class_name": "Sequential", "config": [{"class_name": "GlobalMaxPooling2D", "config": {"name": "p", "batch_input_shape": [null, 6, 5, 3]}}]}""",
            """{"class_name": "Sequential", "config": {"name": "s", "build_input_shape": [null, 6, 5, 3], "layers": [{"class_name": "GlobalMaxPooling2D", "config": {"name": "p"}}]}}""",
            """{"class_name": "Sequential", "build_config": {"input_shape": [null, 6, 5, 3]}, "config": {"name": "s", "layers": [{"class_name": "GlobalMaxPooling2D", "config": {"name": "p"}}]}}""",
        })
        {
            SourceNetwork network = Read(model);
            Assert.Equal([1, 6, 5, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        }
    }

    [Fact]
    public void Layers_that_the_result_does_not_need_are_left_aside()
    {
        string layers = string.Join(", ", Input(), Call("Conv2D", "x", """[[["in", 0, 0, {}]]]""", Pointwise1), Call("Conv2DTranspose", "aside", """[[["in", 0, 0, {}]]]"""));
        Assert.Equal(["aside"], Read(Functional(layers, "x"), [.. Pointwise("x"), ("aside/kernel", [1])]).LeftAside.AsEnumerable());
    }

    [Theory]
    [InlineData("y/kernel", "The file has weights of a layer \"y\", which the model's configuration does not have")]
    [InlineData("x/kernel_scale", "has the weights \"x/kernel_scale\", which by its options it does not use")]
    public void Weights_that_the_configuration_does_not_know_are_refused(string name, string message) =>
        Fails(message, Sequential(Layer("Conv2D", "x", Pointwise1)), [.. Pointwise("x"), (name, [2])]);

    private static string Tensor(string layer) => $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [null], "dtype": "float32", "keras_history": ["{{{layer}}}", 0, 0]}}""";

    private static string Operation(string kind, string name, string arguments, string options = "")
    {
        string called = arguments.Replace("IN", Tensor("in"), StringComparison.Ordinal).Replace("A,", $"{Tensor("a")},", StringComparison.Ordinal).Replace(", A", $", {Tensor("a")}", StringComparison.Ordinal);
        string layer = Call(kind, name, $$$"""[{"args": [{{{called}}}], "kwargs": {}}]""", options);
        return $"{layer[..^1]}, \"module\": \"keras.src.ops.numpy\", \"registered_name\": \"{kind}\"}}";
    }

    private static void Preprocesses(SourceNetwork network, double firstFactor, double firstOffset, double lastFactor, double lastOffset)
    {
        Assert.Single(network.Operators);
        SourcePreprocessing preprocessing = network.Preprocessing!;
        Assert.Equal(
            [firstFactor, firstOffset, lastFactor, lastOffset],
            new[] { preprocessing.Factors[0], preprocessing.Offsets[0], preprocessing.Factors[^1], preprocessing.Offsets[^1] }.Select(number => Math.Round(number, 12)));
    }

    private static void Fails(string message, string model, params (string Name, int[] Shape)[] weights) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(model, weights)).Message, StringComparison.Ordinal);
}
