using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>What a file does to its input, and what it shows of who made it.</summary>
public class OnnxInputTests
{
    [Theory]
    [InlineData(new long[] { 1, 1, 5, 1 }, 5, 1)]
    [InlineData(new long[] { 1, 1, 1, 5 }, 1, 5)]
    public void A_map_of_one_row_or_column_keeps_its_height_and_width(long[] sizes, int height, int width)
    {
        SourceNetwork network = new OnnxFile().Input("x", sizes).Constant("w", [1, 1, 3, 3], new float[9])
            .Node("Conv", "x w", "c", OnnxFile.Integers("pads", 1, 1, 1, 1)).Node("GlobalAveragePool", "c", "p").Node("Flatten", "p", "y").Output("y").Read();
        Assert.Equal([1, height, width, 1], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Equal([1, height, width, 1], network.Values[network.Operators[0].Output].Shape.AsEnumerable());
    }

    [Theory]
    [InlineData("Transpose")]
    [InlineData("Reshape")]
    public void One_channel_goes_to_the_front_by_either_operator(string type)
    {
        OnnxFile file = new OnnxFile().Input("x", [0, 5, 7, 1]).Constant("w", [2, 1, 3, 3], new float[18]).Constant("shape", [4], -1L, 1L, 5L, 7L);
        file = type == "Transpose" ? file.Node(type, "x", "t", OnnxFile.Integers("perm", 0, 3, 1, 2)) : file.Node(type, "x shape", "t");
        SourceNetwork network = file.Node("Conv", "t w", "y").Output("y").Read();
        Assert.Equal([1, 5, 7, 1], network.Values[network.Inputs[0]].Shape.AsEnumerable());
    }

    [Fact]
    public void Arithmetic_before_channels_go_to_the_front_is_preprocessing()
    {
        OnnxFile file = Last().Constant("scale", [], 0.5f).Constant("offset", [3], 1f, 2f, 3f)
            .Node("Mul", "scale x", "m").Node("Sub", "offset m", "s").Node("Transpose", "s", "t", OnnxFile.Integers("perm", 0, 3, 1, 2)).Node("Conv", "t w", "y").Output("y");
        SourcePreprocessing preprocessing = file.Read().Preprocessing!;
        Assert.Equal([-0.5, -0.5, -0.5], preprocessing.Factors.AsEnumerable());
        Assert.Equal([1, 2, 3], preprocessing.Offsets.AsEnumerable());
        Assert.False(preprocessing.TakesPixels);
    }

    [Fact]
    public void Bytes_that_are_cast_are_pixels()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 4, 4, 3], 2).Constant("w", [2, 3, 1, 1], new float[6]).Constant("std", [3], 2f, 4f, 8f)
            .Node("Cast", "x", "f", OnnxFile.Integer("to", 1)).Node("Div", "f std", "d").Node("Transpose", "d", "t", OnnxFile.Integers("perm", 0, 3, 1, 2)).Node("Conv", "t w", "y").Output("y");
        SourceNetwork network = file.Read();
        Assert.Equal(ElementType.Float32, network.Values[network.Inputs[0]].Type);
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal([0.5, 0.25, 0.125], network.Preprocessing.Factors.AsEnumerable());
    }

    [Fact]
    public void A_cast_between_signed_and_unsigned_bytes_is_refused()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 3, 4, 4], 2).Node("Cast", "x", "y", OnnxFile.Integer("to", 3)).Output("y");
        Assert.Contains("makes type 3 of a value", Assert.Throws<WeightsException>(() => file.Read()).Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_normalisation_of_the_input_is_preprocessing()
    {
        OnnxFile file = First().Constant("one", [3], 1f, 1f, 1f).Constant("mean", [3], 1f, 2f, 3f).Constant("variance", [3], 4f, 16f, 64f)
            .Node("BatchNormalization", "x one one mean variance", "n", OnnxFile.Number("epsilon", 0)).Node("Conv", "n w", "y").Output("y");
        SourcePreprocessing preprocessing = file.Read().Preprocessing!;
        Assert.Equal([0.5, 0.25, 0.125], preprocessing.Factors.AsEnumerable());
        Assert.Equal([0.5, 0.5, 0.625], preprocessing.Offsets.AsEnumerable());
    }

    public static TheoryData<string, string, string, string> Producers => new()
    {
        { "pytorch", "x", "y", "torchvision's" },
        { "PaddlePaddle", "x", "y", "torchvision's" },
        { "tf2onnx", "x", "y", "TensorFlow's" },
        { "keras2onnx", "x", "y", "TensorFlow's" },
        { "", "x", "y", "torchvision's" },
        { "onnx.quantize", "StatefulPartitionedCall/model/Conv1/Conv2D", "y", "TensorFlow's" },
        { "", "MobilenetV1/MobilenetV1/Conv2d_0/Relu6", "y", "TensorFlow's" },
        { "pytorch", "/mobilenet_v2/conv_stem/first_conv/convolution/Conv", "y", "transformers'" },
        { "pytorch", "x", "mobilenet_v1.conv_stem.convolution.weight", "transformers'" },
    };

    [Theory]
    [MemberData(nameof(Producers))]
    public void What_is_assumed_of_pixels_is_the_producers(string producer, string node, string constant, string expected)
    {
        OnnxFile file = new OnnxFile().Producer(producer).Input("x", [1, 3, 4, 4]).Constant(constant, [2, 3, 1, 1], new float[6]).Named(node, "Conv", $"x {constant}", "out").Output("out");
        Assert.Equal(expected, file.Read().Conventions.Producer);
    }

    [Fact]
    public void TensorFlows_padding_shows_where_weights_come_from()
    {
        Assert.Equal("TensorFlow's", First().Node("Conv", "x w", "y", OnnxFile.Text("auto_pad", "SAME_UPPER")).Output("y").Read().Conventions.Producer);
        Assert.Equal("TensorFlow's", First().Producer("pytorch").Node("Conv", "x w", "y", OnnxFile.Integers("pads", 0, 0, 1, 1)).Output("y").Read().Conventions.Producer);
        Assert.Equal("torchvision's", First().Producer("pytorch").Node("Conv", "x w", "y", OnnxFile.Integers("pads", 1, 1, 1, 1)).Output("y").Read().Conventions.Producer);
    }

    [Fact]
    public void What_the_metadata_say_of_pixels_is_stated()
    {
        OnnxFile Model(string range) => First().Metadata("Image.NominalPixelRange", range).Metadata("Image.BitmapPixelFormat", "Bgr8").Node("Conv", "x w", "y").Output("y");
        Assert.Equal(SourceNormalization.ToOne, Model("Normalized_0_1").Read().Normalization);
        Assert.Equal(SourceNormalization.AroundZero, Model("Normalized_1_1").Read().Normalization);
        Assert.Equal(SourceNormalization.Pixels, Model("NominalRange_0_255").Read().Normalization);
        Assert.Null(Model("NominalRange_16_235").Read().Normalization);
        Assert.True(Model("Normalized_0_1").Read().Conventions.IsBgr);
        Assert.Null(First().Node("Conv", "x w", "y").Output("y").Read().Normalization);
    }

    private static OnnxFile First() => new OnnxFile().Input("x", [1, 3, 4, 4]).Constant("w", [2, 3, 1, 1], new float[6]);

    private static OnnxFile Last() => new OnnxFile().Input("x", [0, 4, 4, 3]).Constant("w", [2, 3, 1, 1], new float[6]);
}
