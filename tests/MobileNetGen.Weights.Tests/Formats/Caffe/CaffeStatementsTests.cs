using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Caffe;

namespace MobileNetGen.Weights.Tests.Formats.Caffe;

/// <summary>What layers state, what is done to the picture, and what networks end in.</summary>
public class CaffeStatementsTests
{
    public static TheoryData<int, int, int, string> Unknown => new()
    {
        { 106, 16, 2, "convolution_param.axis" },
        { 106, 40, 7, "convolution_param.40" },
        { 121, 2, 3, "pooling_param.kernel_size" },
        { 0, 200, 1, "field 200" },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public void A_setting_that_is_not_known_is_refused_with_its_value(int message, int field, int value, string setting)
    {
        ProtobufBytes layer = Convolution();
        layer = message == 0 ? layer.Integer(field, value) : layer.Message(message, new ProtobufBytes().Integer(field, value));
        Fails($"layer \"conv\" (Convolution), has the attribute \"{setting}\" = {value}, which is not understood and may change its result.", Input(), layer);
    }

    [Fact]
    public void Settings_of_training_and_of_how_it_is_computed_change_nothing()
    {
        ProtobufBytes layer = Convolution().Single(5, 1).Message(6, new ProtobufBytes().Single(3, 1)).Message(8, new ProtobufBytes().Integer(1, 0)).Integer(11, 1)
            .Message(106, new ProtobufBytes().Integer(1, 1).Integer(2, 0).Message(7, new ProtobufBytes().Text(1, "msra")).Integer(15, 2).Integer(16, 1).Integer(17, 0).Integer(18, 1));
        ProtobufBytes pool = CaffeFile.Layer("pool", "Pooling", ["conv"], ["pool"]).Message(121, new ProtobufBytes().Integer(1, 1).Integer(2, 2).Integer(3, 2).Integer(11, 1).Integer(13, 0));
        Assert.Equal(2, Read(Input(), layer, pool).Operators.Length);
    }

    [Fact]
    public void A_bottom_that_is_not_known_is_refused() =>
        Fails("layer \"relu\" (ReLU), reads \"data\" as its input 1, which is not understood", Input(), Convolution(), CaffeFile.Layer("relu", "ReLU", ["conv", "data"], ["relu"]));

    [Fact]
    public void Numbers_that_differ_from_what_is_stated_of_them_are_refused()
    {
        Fails("layer \"conv\" (Convolution), states that it has biases and has none (bias_term)", Input(), Convolution().Message(106, new ProtobufBytes().Integer(2, 1)));
        Fails("layer \"conv\" (Convolution), has \"conv, blob 0\", Float32 [1, 1, 1, 1] for the 2 outputs that it states (num_output)", Input(), Convolution().Message(106, new ProtobufBytes().Integer(1, 2)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Batch_normalisation_by_the_batch_itself_is_that_of_training_alone(int phase, bool isRead)
    {
        ProtobufBytes norm = Normalization(CaffeFile.Layer("norm", "BatchNorm", ["conv"], ["conv"], CaffeFile.Blob([1], [0]), CaffeFile.Blob([1], [3]), CaffeFile.Blob([1], [1])), 1)
            .Integer(10, phase).Message(139, new ProtobufBytes().Integer(1, 0));
        if (isRead)
            Assert.Equal([0.5f], Assert.IsType<SourceConvolution>(Assert.Single(Read(Input(), Convolution(), norm).Operators)).Weights.Floats);
        else
            Fails("layer \"norm\" (BatchNorm), normalises by the batch itself", Input(), Convolution(), norm);
    }

    [Theory]
    [InlineData("Sigmoid", SourceFunction.Sigmoid)]
    [InlineData("TanH", SourceFunction.Tanh)]
    public void A_function_of_each_number_is_an_operator(string type, SourceFunction function)
    {
        SourceNetwork network = Read(Input(), Pool(0), CaffeFile.Layer("function", type, ["pool"], ["function"]).Message(124, new ProtobufBytes().Integer(1, 1)).Message(127, new ProtobufBytes().Integer(1, 1)));
        Assert.Equal(function, Assert.IsType<SourceElementwise>(network.Operators[1]).Function);
    }

    [Fact]
    public void The_largest_of_a_map_is_a_pool_and_a_choice_by_chance_is_refused()
    {
        Assert.Equal(SourcePoolKind.Max, Assert.IsType<SourcePool>(Assert.Single(Read(Input(), Pool(0)).Operators)).Kind);
        ProtobufBytes window = CaffeFile.Layer("pool", "Pooling", ["data"], ["pool"]).Message(121, new ProtobufBytes().Integer(2, 2));
        Assert.Equal(SourcePoolKind.Max, Assert.IsType<SourcePool>(Assert.Single(Read(Input(), window).Operators)).Kind);
        Fails("layer \"pool\" (Pooling), takes neither the average nor the maximum", Input(), Pool(2));
    }

    [Theory]
    [InlineData("Flatten")]
    [InlineData("Reshape")]
    [InlineData("")]
    public void A_whole_map_before_an_inner_product_is_in_the_order_of_its_weights(string type)
    {
        // Two channels of one row of two pixels.
        ProtobufBytes input = Shaped(1, 2, 1, 2);
        string bottom = type.Length > 0 ? "row" : "data";
        ProtobufBytes dense = CaffeFile.Layer("dense", "InnerProduct", [bottom], ["dense"], CaffeFile.Blob([1, 4], [1, 2, 3, 4])).Message(117, new ProtobufBytes().Integer(1, 1).Integer(2, 0).Integer(5, 1));
        ProtobufBytes row = CaffeFile.Layer("row", type, ["data"], ["row"]);
        if (type == "Reshape")
            row.Message(133, new ProtobufBytes().Message(1, new ProtobufBytes().Integers(1, 0, -1)));
        SourceNetwork network = type.Length > 0 ? Read(input, row, dense) : Read(input, dense);
        Assert.IsType<SourceFlatten>(network.Operators[0]);
        Assert.Equal([1, 3, 2, 4], ((SourceDense)network.Operators[1]).Weights.Floats);
    }

    [Fact]
    public void Another_shape_than_a_row_is_refused()
    {
        Fails("layer \"row\" (Reshape), makes [1, 2, 2, 7] of [1, 2, 1, 2]", Shaped(1, 2, 1, 2), CaffeFile.Layer("row", "Reshape", ["data"], ["row"]).Message(133, new ProtobufBytes().Message(1, new ProtobufBytes().Integers(1, 0, 2, 2, 7))));
        Fails("layer \"row\" (Reshape), has no shape", Shaped(1, 2, 1, 2), CaffeFile.Layer("row", "Reshape", ["data"], ["row"]));
    }

    [Fact]
    public void Batch_normalisation_beside_an_inner_product_is_part_of_it()
    {
        ProtobufBytes dense = CaffeFile.Layer("dense", "InnerProduct", ["pool"], ["dense"], CaffeFile.Blob([1, 1], [5]));
        ProtobufBytes before = CaffeFile.Layer("before", "Scale", ["pool"], ["pool"], CaffeFile.Blob([1], [3]), CaffeFile.Blob([1], [1]));
        ProtobufBytes after = Normalization(CaffeFile.Layer("after", "BatchNorm", ["dense"], ["dense"], CaffeFile.Blob([1], [2]), CaffeFile.Blob([1], [3]), CaffeFile.Blob([1], [1])), 1);

        // (5 · (3 · x + 1) − 2) / 2.
        var step = Assert.IsType<SourceDense>(Read(Input(), Pool(1), before, dense, after).Operators[1]);
        Assert.Equal([7.5f], step.Weights.Floats);
        Assert.Equal([1.5f], step.Bias!.Floats);
    }

    [Fact]
    public void Arithmetic_on_the_picture_is_preprocessing()
    {
        ProtobufBytes power = CaffeFile.Layer("power", "Power", ["data"], ["data"]).Message(122, new ProtobufBytes().Single(2, 0.5f).Single(3, -1));
        SourceNetwork network = Read(Input(), power, Convolution());
        Assert.Equal([0.5], network.Preprocessing!.Factors.AsEnumerable());
        Assert.Equal([-1], network.Preprocessing.Offsets.AsEnumerable());
        Fails("layer \"power\" (Power), takes a power of a value", Input(), CaffeFile.Layer("power", "Power", ["data"], ["data"]).Message(122, new ProtobufBytes().Single(1, 2)), Convolution());
    }

    [Fact]
    public void What_a_data_layer_does_to_pixels_is_stated()
    {
        ProtobufBytes Data(ProtobufBytes transform) => CaffeFile.Layer("data", "Data", [], ["data", "label"]).Message(100, transform);
        SourceNetwork Read(ProtobufBytes data) => (SourceNetwork)new CaffeReader().Read(new WeightsInput("net.caffemodel", Net(data, Convolution(3))) { InputSize = new(2, 2, 3) });
        SourceNormalization stated = Read(Data(new ProtobufBytes().Single(1, 0.017f).Integer(2, 1).Integer(3, 224).Single(5, 103.94f).Single(5, 116.78f).Single(5, 123.68f))).Normalization!;
        Assert.Equal([103.94m, 116.78m, 123.68m], stated.Mean.AsEnumerable());
        Assert.Equal([58.8235294118m], stated.Std.AsEnumerable());
        Assert.Equal([127.5m], Read(Data(new ProtobufBytes().Single(5, 127.5f))).Normalization!.Mean.AsEnumerable());
        Assert.Null(Read(Data(new ProtobufBytes().Single(1, 0.017f).Text(4, "mean.binaryproto"))).Normalization);
        Assert.Null(Read(Data(new ProtobufBytes().Integer(2, 1))).Normalization);
        Assert.Contains("has the scale 0 and 2 means", Assert.Throws<WeightsException>(() => Read(Data(new ProtobufBytes().Single(1, 0).Single(5, 1).Single(5, 2)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PReLU", "Activations of a MobileNet in Caffe are ReLU and ReLU6")]
    [InlineData("Concat", "Layers of a MobileNet pass whole maps on")]
    public void What_no_MobileNet_has_is_refused_with_advice(string type, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(Input(), CaffeFile.Layer("layer", type, ["data"], ["layer"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_of_old_files_are_checked_too()
    {
        ProtobufBytes Old(int field, ProtobufBytes settings) => new ProtobufBytes().Text(2, "data").Text(3, "relu").Text(4, "relu").Integer(5, 18).Message(field, settings);
        SourceNetwork Read(ProtobufBytes layer) => (SourceNetwork)new CaffeReader().Read(new WeightsInput(
            "net.caffemodel", new ProtobufBytes().Text(3, "data").Integer(4, 1).Integer(4, 1).Integer(4, 2).Integer(4, 2).Message(2, layer).ToArray()));
        Assert.Contains("does not directly and alone follow", Assert.Throws<WeightsException>(() => Read(Old(30, new ProtobufBytes().Integer(2, 1)))).Message, StringComparison.Ordinal);
        Assert.Contains("has the attribute \"field 16\"", Assert.Throws<WeightsException>(() => Read(Old(16, new ProtobufBytes()))).Message, StringComparison.Ordinal);
    }

    /// <summary>A data layer's arithmetic, a row of a map, and a sigmoid.</summary>
    internal static byte[] Everything() => Net(
        CaffeFile.Layer("data", "Data", [], ["data"]).Message(100, new ProtobufBytes().Single(1, 0.5f).Single(5, 100)),
        CaffeFile.Layer("power", "Power", ["data"], ["data"]).Message(122, new ProtobufBytes().Single(2, 0.5f).Single(3, -1)),
        Convolution(3),
        CaffeFile.Layer("row", "Reshape", ["conv"], ["row"]).Message(133, new ProtobufBytes().Message(1, new ProtobufBytes().Integers(1, 0, -1))),
        CaffeFile.Layer("dense", "InnerProduct", ["row"], ["dense"], CaffeFile.Blob([2, 64], Enumerable.Range(0, 128).Select(i => (float)i))).Message(117, new ProtobufBytes().Integer(1, 2)),
        CaffeFile.Layer("sigmoid", "Sigmoid", ["dense"], ["sigmoid"]));

    private static ProtobufBytes Normalization(ProtobufBytes layer, float epsilon) => layer.Message(139, new ProtobufBytes().Single(3, epsilon));

    private static ProtobufBytes Pool(int method) => CaffeFile.Layer("pool", "Pooling", ["data"], ["pool"]).Message(121, new ProtobufBytes().Integer(1, method).Integer(12, 1));

    private static ProtobufBytes Input() => Shaped(1, 1, 2, 2);

    private static ProtobufBytes Shaped(params long[] sizes) => CaffeFile.Layer("input", "Input", [], ["data"]).Message(143, new ProtobufBytes().Message(1, new ProtobufBytes().Integers(1, sizes)));

    private static ProtobufBytes Convolution(int inputs = 1) =>
        CaffeFile.Layer("conv", "Convolution", ["data"], ["conv"], CaffeFile.Blob([1, inputs, 1, 1], Enumerable.Repeat(1f, inputs))).Message(106, new ProtobufBytes().Integer(4, 1));

    private static byte[] Net(params ProtobufBytes[] layers) => layers.Aggregate(new ProtobufBytes(), (net, layer) => net.Message(100, layer)).ToArray();

    private static SourceNetwork Read(params ProtobufBytes[] layers) => (SourceNetwork)new CaffeReader().Read(new WeightsInput("net.caffemodel", Net(layers)));

    private static void Fails(string message, params ProtobufBytes[] layers) =>
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => Read(layers)).Message, StringComparison.Ordinal);
}
