using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>What networks end in, beside an average and a fully connected layer.</summary>
public class OnnxHeadTests
{
    [Theory]
    [InlineData("Sigmoid", SourceFunction.Sigmoid)]
    [InlineData("Tanh", SourceFunction.Tanh)]
    public void A_function_of_each_number_is_an_operator(string type, SourceFunction function)
    {
        SourceNetwork network = Map().Node("GlobalAveragePool", "x", "p").Node("Flatten", "p", "f").Node(type, "f", "y").Output("y").Read();
        Assert.Equal(function, Assert.IsType<SourceElementwise>(network.Operators[1]).Function);
    }

    [Theory]
    [InlineData("GlobalMaxPool")]
    [InlineData("MaxPool")]
    [InlineData("ReduceMax")]
    public void The_largest_of_a_map_is_a_pool(string type)
    {
        OnnxFile file = type switch
        {
            "MaxPool" => Map().Node(type, "x", "y", OnnxFile.Integers("kernel_shape", 2, 3), OnnxFile.Integers("strides", 2, 3), OnnxFile.Integers("pads", 0, 0, 0, 0)),
            "ReduceMax" => Map().Node(type, "x axes", "y", OnnxFile.Integer("keepdims", 0)).Constant("axes", [2], 2L, 3L),
            _ => Map().Node(type, "x", "y"),
        };
        Assert.Equal(SourcePoolKind.Max, Assert.IsType<SourcePool>(Assert.Single(file.Output("y").Read().Operators)).Kind);
    }

    [Fact]
    public void A_window_that_is_not_the_whole_map_is_refused()
    {
        OnnxFile file = Map().Node("MaxPool", "x", "y", OnnxFile.Integers("kernel_shape", 2, 2)).Output("y");
        Assert.Contains("has a window of 2×2 on a map of 2×3", Assert.Throws<WeightsException>(() => file.Read()).Message, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Flatten")]
    [InlineData("Reshape")]
    public void A_whole_map_before_a_fully_connected_layer_is_in_the_order_of_its_weights(string type)
    {
        OnnxFile file = Map().Constant("w", [1, 12], [.. Enumerable.Range(0, 12).Select(i => (float)i)]).Constant("shape", [2], 0L, -1L);
        file = type == "Flatten" ? file.Node(type, "x", "f") : file.Node(type, "x shape", "f");
        SourceNetwork network = file.Node("Gemm", "f w", "y", OnnxFile.Integer("transB", 1)).Output("y").Read();
        Assert.IsType<SourceFlatten>(network.Operators[0]);

        // Two channels of two rows of three pixels.
        Assert.Equal([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11], ((SourceDense)network.Operators[1]).Weights.Floats);
    }

    [Fact]
    public void A_mean_over_pixels_in_one_dimension_is_a_pool()
    {
        OnnxFile file = Map().Constant("shape", [3], 0L, 0L, -1L).Node("Reshape", "x shape", "r").Node("ReduceMean", "r", "y", OnnxFile.Integers("axes", -1), OnnxFile.Integer("keepdims", 0)).Output("y");
        Assert.Equal(SourcePoolKind.Mean, Assert.IsType<SourcePool>(Assert.Single(file.Read().Operators)).Kind);
    }

    [Fact]
    public void Batch_normalisation_beside_a_fully_connected_layer_is_part_of_it()
    {
        OnnxFile file = Map().Constant("w", [1, 2], 2f, 5f).Constant("one", [2], 1f, 1f).Constant("zero", [2], 0f, 0f).Constant("v", [2], 0.25f, 0.0625f)
            .Constant("g", [1], 2f).Constant("b", [1], 1f).Constant("m", [1], 3f).Constant("u", [1], 1f)
            .Node("GlobalAveragePool", "x", "p").Node("Flatten", "p", "f")
            .Node("BatchNormalization", "f one one zero v", "n", OnnxFile.Number("epsilon", 0)).Node("Gemm", "n w", "d", OnnxFile.Integer("transB", 1))
            .Node("BatchNormalization", "d g b m u", "y", OnnxFile.Number("epsilon", 0)).Output("y");

        // 2 · (2 · (2 · a + 1) + 5 · (4 · b + 1) − 3) + 1.
        var dense = Assert.IsType<SourceDense>(file.Read().Operators[1]);
        Assert.Equal([8, 40], dense.Weights.Floats);
        Assert.Equal([9], dense.Bias!.Floats);
    }

    /// <summary>Preprocessing of bytes, padding, every pool's form of reshaping, batch normalisation beside a fully connected layer, and a sigmoid.</summary>
    internal static OnnxFile Everything() => new OnnxFile().Producer("tf2onnx").Metadata("Image.NominalPixelRange", "NominalRange_0_255").Input("x", [0, 8, 8, 3], 2)
        .Constant("scale", [], 0.5f).Constant("offset", [3], 1f, 2f, 3f).Constant("w", [2, 3, 3, 3], [.. Enumerable.Range(0, 54).Select(i => i * 0.01f)]).Constant("n", [2], 1f, 2f)
        .Constant("shape", [2], 0L, -1L).Constant("d", [1, 32], [.. Enumerable.Range(0, 32).Select(i => i * 0.01f)]).Constant("v", [32], [.. Enumerable.Repeat(1f, 32)])
        .Node("Cast", "x", "f", OnnxFile.Integer("to", 1)).Node("Mul", "f scale", "m").Node("Sub", "offset m", "s")
        .Node("Transpose", "s", "t", OnnxFile.Integers("perm", 0, 3, 1, 2))
        .Node("Conv", "t w", "a", OnnxFile.Text("auto_pad", "SAME_UPPER"), OnnxFile.Integers("strides", 2, 2))
        .Node("BatchNormalization", "a n n n n", "b", OnnxFile.Number("momentum", 0.9f))
        .Node("Reshape", "b shape", "r").Node("BatchNormalization", "r v v v v", "z").Node("Gemm", "z d", "g", OnnxFile.Integer("transB", 1))
        .Node("Sigmoid", "g", "y").Output("y");

    private static OnnxFile Map() => new OnnxFile().Input("x", [1, 2, 2, 3]);
}
