using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Onnx;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>The forms in which exporters write the same network, and what is refused.</summary>
public class OnnxReaderTests
{
    private static readonly float[] s_weights = [.. Enumerable.Range(0, 2 * 3 * 3 * 3).Select(i => i * 0.01f)];

    [Theory]
    [InlineData("NOTSET", 0, 0, 0, 0)]
    [InlineData("VALID", 0, 0, 0, 0)]
    [InlineData("SAME_LOWER", 1, 1, 0, 0)]
    public void Padding_by_name_is_padding(string name, int top, int left, int bottom, int right)
    {
        OnnxFile file = Convolution([OnnxFile.Text("auto_pad", name), OnnxFile.Integers("strides", 2, 2)]);
        Assert.Equal(SourcePadding.Explicit(top, left, bottom, right), First(file).Padding);
    }

    [Fact]
    public void SAME_UPPER_is_TensorFlows_SAME() => Assert.True(First(Convolution([OnnxFile.Text("auto_pad", "SAME_UPPER")])).Padding.IsSame);

    [Fact]
    public void Pads_are_top_left_bottom_right() =>
        Assert.Equal(SourcePadding.Explicit(1, 2, 3, 4), First(Convolution([OnnxFile.Integers("pads", 1, 2, 3, 4)])).Padding);

    [Fact]
    public void Weights_are_transposed_from_ONNXs_order()
    {
        SourceConvolution step = First(Convolution([]));
        Assert.Equal([2, 3, 3, 3], step.Weights.Shape.AsEnumerable());

        // Output 1, row 2, column 0, input channel 2.
        Assert.Equal(s_weights[(1 * 27) + (2 * 9) + (2 * 3) + 0], step.Weights.Floats[(1 * 27) + (2 * 9) + (0 * 3) + 2]);
    }

    [Fact]
    public void Initialisers_that_are_also_inputs_are_no_inputs()
    {
        SourceNetwork network = Convolution([]).Input("w", [2, 3, 3, 3]).Read();
        Assert.Equal("x", network.Values[Assert.Single(network.Inputs)].Name);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(16)]
    [InlineData(1)]
    public void Weights_of_any_width_are_read_raw_or_listed(int type)
    {
        float[] numbers = [1.5f, -0.25f, 3];
        ProtobufBytes listed = OnnxFile.Header("w", type, [1, 3, 1, 1]), raw = OnnxFile.Header("w", type, [1, 3, 1, 1]);
        listed = type switch
        {
            1 => listed.Singles(4, numbers),
            11 => listed.Bytes(10, [.. numbers.SelectMany(n => BitConverter.GetBytes((double)n))]),
            10 => listed.Integers(5, numbers.Select(n => (long)BitConverter.HalfToUInt16Bits((Half)n))),
            _ => listed.Integers(5, numbers.Select(n => (long)(BitConverter.SingleToUInt32Bits(n) >> 16))),
        };
        raw = raw.Bytes(9, [.. numbers.SelectMany(n => type switch
        {
            1 => BitConverter.GetBytes(n),
            11 => BitConverter.GetBytes((double)n),
            10 => BitConverter.GetBytes((Half)n),
            _ => BitConverter.GetBytes(n)[2..],
        })]);
        Assert.Equal(numbers, First(Pointwise(listed)).Weights.Floats);
        Assert.Equal(numbers, First(Pointwise(raw)).Weights.Floats);
    }

    [Fact]
    public void Weights_in_a_file_beside_it_are_found_at_their_offset()
    {
        byte[] data = [.. new byte[8], .. ProtobufBytes.Little([1, 2, 3])];
        OnnxFile file = Pointwise(External(8, 12));
        Assert.Equal([1, 2, 3], ((SourceConvolution)file.Read(name => name == "model.data" ? data : throw new WeightsException(name)).Operators[0]).Weights.Floats);
    }

    [Theory]
    [InlineData(8, 16)]
    [InlineData(20, 4)]
    [InlineData(long.MaxValue, 12)]
    public void An_offset_outside_the_file_beside_it_is_refused(long offset, long length)
    {
        var error = Assert.Throws<WeightsException>(() => Pointwise(External(offset, length)).Read(_ => new byte[20]));
        Assert.Contains($"is said to be {length} bytes at byte {offset} of \"model.data\", which has 20", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Clip", "a lo hi")]
    [InlineData("Min", "hi r")]
    [InlineData("Clip", "r - hi")]
    public void Every_form_of_ReLU6_is_ReLU6(string type, string inputs)
    {
        OnnxFile file = Constants(new OnnxFile()).Node("Conv", "x w", "a").Node("Relu", "a", "r").Node(type, inputs, "y").Output("y");
        Assert.Equal(SourceActivation.Relu6, First(file).Activation);
    }

    [Fact]
    public void Old_operator_sets_have_bounds_and_paddings_as_attributes()
    {
        OnnxFile file = Constants(new OnnxFile(9))
            .Node("Pad", "x", "p", OnnxFile.Integers("pads", 0, 0, 1, 2, 0, 0, 0, 1))
            .Node("Conv", "p w", "a")
            .Node("Clip", "a", "y", OnnxFile.Number("min", 0), OnnxFile.Number("max", 6))
            .Output("y");
        SourceConvolution step = First(file);
        Assert.Equal(SourcePadding.Explicit(1, 2, 0, 1), step.Padding);
        Assert.Equal(SourceActivation.Relu6, step.Activation);
    }

    [Fact]
    public void A_multiplication_and_an_addition_by_constants_are_weights_and_biases()
    {
        OnnxFile file = Constants(new OnnxFile())
            .Constant("scale", [2, 1, 1], 2f, 4f).Constant("shift", [1, 2, 1, 1], 1f, -1f).Constant("half", [], 0.5f)
            .Node("Conv", "x w", "a").Node("Mul", "scale a", "b").Node("Sub", "b shift", "c").Node("Div", "c half", "y").Output("y");
        SourceConvolution step = First(file);
        Assert.Equal(8 * s_weights[27], step.Weights.Floats[27]);
        Assert.Equal([-2, 2], step.Bias!.Floats);
    }

    [Fact]
    public void Gemm_with_factors_and_MatMul_are_fully_connected_layers()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 3])
            .Constant("w", [3, 2], 1f, 2f, 3f, 4f, 5f, 6f).Constant("b", [1, 2], 10f, 20f).Constant("v", [2, 2], 1f, 2f, 3f, 4f).Constant("c", [2], 7f, 8f)
            .Node("Gemm", "x w b", "a", OnnxFile.Number("alpha", 2), OnnxFile.Number("beta", 0.5f))
            .Node("MatMul", "a v", "m").Node("Add", "m c", "y").Output("y");
        SourceNetwork network = file.Read();
        var gemm = (SourceDense)network.Operators[0];
        var product = (SourceDense)network.Operators[1];
        Assert.Equal([2, 6, 10, 4, 8, 12], gemm.Weights.Floats);
        Assert.Equal([5, 10], gemm.Bias!.Floats);
        Assert.Equal([1, 3, 2, 4], product.Weights.Floats);
        Assert.Equal([7, 8], product.Bias!.Floats);
        Assert.Equal(2, network.Operators.Length);
    }

    [Fact]
    public void One_bias_may_be_a_scalar()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 3]).Constant("w", [3, 1], 1f, 2f, 3f).Constant("b", [], 4f).Node("Gemm", "x w b", "y").Output("y");
        Assert.Equal([4], ((SourceDense)file.Read().Operators[0]).Bias!.Floats);
    }

    [Fact]
    public void Channels_that_go_to_the_front_first_were_last()
    {
        OnnxFile file = new OnnxFile().Input("x", [0, 5, 6, 3]).Constant("w", [2, 3, 3, 3], s_weights)
            .Node("Transpose", "x", "t", OnnxFile.Integers("perm", 0, 3, 1, 2))
            .Node("Conv", "t w", "a")
            .Node("ReduceMean", "a", "m", OnnxFile.Integers("axes", 2, 3), OnnxFile.Integer("keepdims", 1))
            .Node("Squeeze", "m", "s").Node("Unsqueeze", "s zero", "y").Constant("zero", [1], 0L).Output("y");
        SourceNetwork network = file.Read();
        Assert.Equal([1, 5, 6, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Equal(2, network.Operators.Length);
    }

    [Fact]
    public void A_reshape_computed_from_the_shape_is_none() => Assert.Equal(["SourceConvolution", "SourcePool", "SourceDense"], Shapes().Read().Operators.Select(step => step.GetType().Name));

    [Fact]
    public void Softmax_was_over_all_dimensions_from_its_axis_on()
    {
        OnnxFile Model(int set) => new OnnxFile(set).Input("x", [1, 4, 1, 1]).Node("Softmax", "x", "y").Output("y");
        Assert.Single(Model(12).Read().Operators);
        Assert.Contains("one row of classes was expected", Assert.Throws<WeightsException>(() => Model(13).Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_left_open_are_those_of_the_text()
    {
        OnnxFile file = new OnnxFile().Input("x", [0, 3, 0, 0]).Constant("w", [2, 3, 3, 3], s_weights).Node("Conv", "x w", "y").Output("y");
        var network = (SourceNetwork)new OnnxReader().Read(new WeightsInput("model.onnx", file.Build()) { InputSize = new Shape(9, 7, 3) });
        Assert.Equal([1, 9, 7, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Contains("leaves its size open", Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_may_be_empty_and_reach_outside()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 3, 8, 8]).Constant("row", [3], 7L, 3L, 1L).Constant("none", [0], Array.Empty<long>())
            .Constant("zero", [1], 0L).Constant("one", [1], 1L).Constant("many", [1], 100L).Constant("before", [1], -100L).Constant("back", [1], -1L)
            .Constant("map", [2], 8L, 8L)
            .Node("Slice", "none zero many zero back", "still_none")
            .Node("Slice", "row one many", "tail")
            .Node("Slice", "tail many before zero back", "turned")
            .Node("Concat", "still_none turned map", "shape", OnnxFile.Integer("axis", 0))
            .Constant("w", [2, 3, 3, 3], s_weights).Node("Reshape", "x shape", "same").Node("Conv", "same w", "y").Output("y");
        Assert.Single(file.Read().Operators);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "Mish", "node 1, Mish \"y\", is not one of a MobileNet's: Conv," },
        { "Mish", "Activations of MobileNets are ReLU, ReLU6, hard swish and hard sigmoid: this is another network." },
        { "HardSigmoid", "is a hard sigmoid of slope 0.2 and offset 0.5; MobileNetV3's has 1/6 and 1/2." },
        { "LeakyRelu", "hard swish and hard sigmoid: this is another network." },
        { "PRelu", "hard swish and hard sigmoid: this is another network." },
        { "Elu", "hard swish and hard sigmoid: this is another network." },
        { "Concat", "Layers of a MobileNet pass whole maps on" },
        { "Resize", "Pictures have to be brought to the network's size before" },
        { "LogSoftmax", "export the network with Softmax, or with neither" },
        { "DynamicQuantizeLinear", "quantise the network statically, with calibration images" },
        { "Shape", "The network's output \"y\" is not computed from its input" },
        { "com.microsoft.FusedConv", "node 1, com.microsoft.FusedConv \"y\", is not one of a MobileNet's" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_no_MobileNet_has_is_refused_with_advice(string type, string message)
    {
        OnnxFile file = Constants(new OnnxFile()).Node("Conv", "x w", "a").Node(type, "a", "y").Output("y");
        Assert.Contains(message, Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_and_dilation_are_refused()
    {
        Fails([OnnxFile.Integer("group", 3)], "has 3 groups of 3 channels on a map of 3");
        Fails([OnnxFile.Integers("dilations", 2, 2)], "has dilation [2, 2]; a MobileNet classifier has none");
        Fails([OnnxFile.Integers("kernel_shape", 5, 5)], "do not have the kernel of [5, 5] that it states");
        Fails([OnnxFile.Integers("strides", 0, 1)], "has strides [0, 1]; two from 1 to 1024 were expected");
        Fails([OnnxFile.Integers("pads", -1, 0, 0, 0)], "has pads [-1, 0, 0, 0]; four from 0 to 1024 were expected");

        static void Fails(ProtobufBytes[] attributes, string message) =>
            Assert.Contains(message, Assert.Throws<WeightsException>(() => Convolution(attributes).Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hundreds_of_inputs_are_refused()
    {
        OnnxFile file = Convolution([]);
        for (int i = 0; i < 300; i++)
            file.Input($"x{i}", [1, 3, 8, 8]);
        Assert.Contains("The network has 301 inputs; a classifier has one.", Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_normalisation_in_training_mode_is_refused()
    {
        OnnxFile file = Constants(new OnnxFile(14)).Constant("n", [2], 1f, 1f).Node("Conv", "x w", "a").Node("BatchNormalization", "a n n n n", "y", OnnxFile.Integer("training_mode", 1)).Output("y");
        Assert.Contains("Export the network in evaluation mode", Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused()
    {
        OnnxFile file = Pointwise(OnnxFile.Tensor("w", [1, 3, 1, 1], 1f, float.NaN, 2f));
        Assert.Contains("element 1 of \"w\" [1, 3, 1, 1] is not a finite number", Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        var reader = new OnnxReader();
        Assert.Contains("The file is damaged", Assert.Throws<WeightsException>(() => reader.Read(new WeightsInput("page.onnx", "<!DOCTYPE html><html>"u8.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("it has no graph", Assert.Throws<WeightsException>(() => reader.Read(new WeightsInput("empty.onnx", []))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_recognised_by_its_name_or_by_its_first_bytes()
    {
        var reader = new OnnxReader();
        byte[] file = Convolution([]).Build();
        Assert.True(reader.CanRead(file.AsSpan(0, 64), ".model"));
        Assert.True(reader.CanRead("anything"u8, ".onnx"));
        Assert.False(reader.CanRead([0x08, 0x01, 0x12, 0x04], ".pb"));
        Assert.False(reader.CanRead([0x0A, 0x01, 0x12], ".bin"));
    }

    /// <summary>A padding and a reshape as PyTorch writes them where it keeps a program's own arithmetic.</summary>
    internal static OnnxFile Shapes() => new OnnxFile(11).Input("x", [1, 3, 8, 8]).Constant("w", [2, 3, 3, 3], s_weights)
        .Node("Constant", "", "given", OnnxFile.TensorAttribute("value", OnnxFile.Tensor("", [4], 1L, 0L, 1L, 0L)))
        .Node("Constant", "", "four", OnnxFile.TensorAttribute("value", OnnxFile.Tensor("", [1], 4L)))
        .Node("ConstantOfShape", "four", "zeros", OnnxFile.TensorAttribute("value", OnnxFile.Tensor("", [1], 0L)))
        .Node("Concat", "given zeros", "all", OnnxFile.Integer("axis", 0))
        .Constant("pairs", [2], -1L, 2L).Constant("from", [1], -1L).Constant("to", [1], -long.MaxValue).Constant("axis", [1], 0L).Constant("back", [1], -1L).Constant("row", [1], -1L)
        .Node("Reshape", "all pairs", "table")
        .Node("Slice", "table from to axis back", "flipped")
        .Node("Transpose", "flipped", "turned", OnnxFile.Integers("perm", 1, 0))
        .Node("Reshape", "turned row", "flat")
        .Node("Cast", "flat", "pads", OnnxFile.Integer("to", 7))
        .Node("Pad", "x pads", "padded", OnnxFile.Text("mode", "constant"))
        .Node("Conv", "padded w", "a", OnnxFile.Integers("strides", 2, 2))
        .Node("GlobalAveragePool", "a", "pooled")
        .Node("Shape", "pooled", "shape", OnnxFile.Integer("start", 0)).Constant("first", [], 0L).Node("Gather", "shape first", "batch", OnnxFile.Integer("axis", 0))
        .Node("Unsqueeze", "batch", "batches", OnnxFile.Integers("axes", 0))
        .Node("Concat", "batches row", "sizes", OnnxFile.Integer("axis", 0))
        .Node("Reshape", "pooled sizes", "vector")
        .Constant("d", [2, 2], 1f, 2f, 3f, 4f).Node("Gemm", "vector d", "y").Output("y");

    private static OnnxFile Constants(OnnxFile file) => file.Input("x", [1, 3, 8, 8]).Constant("w", [2, 3, 3, 3], s_weights).Constant("lo", [], 0f).Constant("hi", [], 6f);

    private static OnnxFile Convolution(ProtobufBytes[] attributes) => Constants(new OnnxFile()).Node("Conv", "x w", "y", attributes).Output("y");

    private static OnnxFile Pointwise(ProtobufBytes weights) => new OnnxFile().Input("x", [1, 3, 8, 8]).Constant(weights).Node("Conv", "x w", "y").Output("y");

    private static ProtobufBytes External(long offset, long length) => OnnxFile.External("w", [1, 3, 1, 1], "model.data", offset, length);

    private static SourceConvolution First(OnnxFile file) => (SourceConvolution)file.Read().Operators[0];
}
