using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlow;
using static MobileNetGen.Weights.Tests.Formats.TensorFlow.GraphDefFile;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

/// <summary>What a graph's nodes state, what it does to its input, and what it ends in.</summary>
public class GraphStatementsTests
{
    private const int UInt8 = 4, Float = 1, Int32 = 3;

    public static TheoryData<string, string> Unknown => new()
    {
        { "integer", "has the attribute \"x\" = 3, which is not understood and may change its result. Export the network without it." },
        { "number", "has the attribute \"x\" = 0.5," },
        { "text", "has the attribute \"x\" = \"OIHW\"," },
        { "flag", "has the attribute \"x\" = true," },
        { "list", "has the attribute \"x\" = [1, 2]," },
        { "type", "has the attribute \"x\" = UInt8," },
        { "function", "has the attribute \"x\" = something else than numbers or names," },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public void An_attribute_that_is_not_known_is_refused_with_its_value(string kind, string message)
    {
        ProtobufBytes value = kind switch
        {
            "integer" => new ProtobufBytes().Integer(3, 3),
            "number" => Single(0.5f),
            "text" => Text("OIHW"),
            "flag" => Flag(true),
            "list" => List(1, 2),
            "type" => Type(UInt8),
            _ => new ProtobufBytes().Message(10, new ProtobufBytes()),
        };
        Assert.StartsWith("node \"conv\" (Conv2D), ", Fails(message, file => Convolution(file, Image(file), ("x", value))), StringComparison.Ordinal);
        Fails(message, file => file.Node("relu", "Relu", [Convolution(file, Image(file))], ("x", value)));
        Fails(message, file => file.Node("identity", "Identity", [Convolution(file, Image(file))], ("x", value)));
    }

    [Fact]
    public void Types_notes_and_defaults_change_nothing()
    {
        (string, ProtobufBytes)[] attributes =
        [
            ("T", Type(Float)), ("use_cudnn_on_gpu", Flag(true)), ("explicit_paddings", List()), ("dilations", List(1, 1, 1, 1)), ("data_format", Text("NHWC")),
            ("_output_shapes", new ProtobufBytes().Message(1, new ProtobufBytes().Message(7, new ProtobufBytes()))), ("_class", Texts("loc:@a")),
        ];
        Assert.Single(Read(file => Convolution(file, Image(file), attributes)).Operators);
    }

    [Fact]
    public void Attributes_that_a_padding_does_not_use_are_refused_unless_they_are_nothing() =>
        Fails("has the attribute \"explicit_paddings\" = [0, 0, 1, 1", file => Convolution(file, Image(file), ("explicit_paddings", List(0, 0, 1, 1, 1, 1, 0, 0))));

    [Fact]
    public void Sparse_and_transposed_products_are_refused()
    {
        Fails("has the attribute \"b_is_sparse\" = true", file => file.Node("dense", "MatMul", [Row(file), file.Constant("w", [1, 1], [1])], ("b_is_sparse", Flag(true))));
        Fails("transposes its input", file => file.Node("dense", "MatMul", [Row(file), file.Constant("w", [1, 1], [1])], ("transpose_a", Flag(true))));
    }

    [Fact]
    public void An_input_that_is_not_known_is_refused() =>
        Fails("node \"relu\" (Relu), reads \"b\" as its input 1, which is not understood", file => file.Node("relu", "Relu", [Convolution(file, Image(file)), file.Number("b", [], 1)]));

    [Fact]
    public void Constants_of_a_fused_node_that_nothing_reads_are_refused() =>
        Fails("reads \"b\" as its input 2, which is not understood", file => file.Node(
            "conv", "_FusedConv2D", [Image(file), file.Constant("w", [1, 1, 1, 1], [1]), file.Constant("b", [1], [1])],
            ("strides", List(1, 1, 1, 1)), ("padding", Text("SAME")), ("fused_ops", Texts("Relu"))));

    [Fact]
    public void Maps_in_two_orders_are_refused() => Fails("node \"conv\" (Conv2D), reads a map as NHWC; NCHW was expected", file =>
    {
        string conv = Convolution(file, Image(file), ("data_format", Text("NHWC")));
        return file.Node("pool", "MaxPool", [conv], ("data_format", Text("NCHW")), ("ksize", List(1, 1, 2, 2)), ("strides", List(1, 1, 1, 1)), ("padding", Text("VALID")));
    });

    [Fact]
    public void Sizes_are_joined_to_a_list_alone() => Fails("node \"pack\" (Pack), makes a list of 2", file =>
        file.Node("reshape", "Reshape", [Image(file), file.Node("pack", "Pack", [file.Integer("one", 1), file.Integer("four", 4)], ("axis", new ProtobufBytes().Integer(3, 1)))]));

    [Theory]
    [InlineData("ResizeBilinear", "Pictures have to be brought to the network's size before")]
    [InlineData("LeakyRelu", "Activations of MobileNets are ReLU, ReLU6, hard swish and hard sigmoid")]
    [InlineData("ConcatV2", "Layers of a MobileNet pass whole maps on")]
    public void What_no_MobileNet_has_is_refused_with_advice(string op, string message) => Fails(message, file => file.Node("node", op, [Image(file)]));

    [Fact]
    public void Arithmetic_on_the_input_is_preprocessing()
    {
        SourceNetwork network = Read(file =>
        {
            string x = file.Node("sub", "Sub", [Image(file), file.Number("mean", [], 127.5f)]);
            x = file.Node("div", "RealDiv", [x, file.Node("std", "Cast", [file.Integer("integer", 2)], ("SrcT", Type(Int32)), ("DstT", Type(Float)))]);
            x = file.Node("mul", "Mul", [file.Number("scale", [1], 4), x]);
            return Convolution(file, file.Node("one", "Sub", [file.Number("1", [], 1), x]));
        });
        Assert.Equal([-2], network.Preprocessing!.Factors.AsEnumerable());
        Assert.Equal([256], network.Preprocessing.Offsets.AsEnumerable());
        Assert.False(network.Preprocessing.TakesPixels);
    }

    [Fact]
    public void Bytes_that_are_cast_are_pixels()
    {
        SourceNetwork network = Read(file => Convolution(file, file.Node("cast", "Cast", [Image(file, UInt8)], ("SrcT", Type(UInt8)), ("DstT", Type(Float)), ("Truncate", Flag(false)))));
        Assert.Equal(ElementType.Float32, network.Values[network.Inputs[0]].Type);
        Assert.True(network.Preprocessing!.TakesPixels);
        Fails("node \"cast\" (Cast), makes Int32 of a value", file => file.Node("cast", "Cast", [Image(file)], ("DstT", Type(Int32))));
        Fails("node \"input\" (Placeholder), is of type Int32; real numbers or uint8 were expected", file => Convolution(file, Image(file, Int32)));
    }

    [Theory]
    [InlineData("Sigmoid", SourceFunction.Sigmoid)]
    [InlineData("Tanh", SourceFunction.Tanh)]
    public void A_function_of_each_number_is_an_operator_also_if_fused(string op, SourceFunction function)
    {
        SourceNetwork[] networks =
        [
            Read(file => file.Node("function", op, [file.Node("dense", "MatMul", [Row(file), file.Constant("w", [1, 1], [1])])])),
            Read(file => file.Node("dense", "_FusedMatMul", [Row(file), file.Constant("w", [1, 1], [1])], ("fused_ops", Texts(op)), ("num_args", new ProtobufBytes().Integer(3, 0)))),
        ];
        Assert.All(networks, network => Assert.Equal(function, Assert.IsType<SourceElementwise>(network.Operators[^1]).Function));
    }

    [Fact]
    public void The_largest_of_a_map_is_a_pool()
    {
        SourceNetwork[] networks =
        [
            Read(file => file.Node("max", "Max", [Image(file), file.Integers("axes", 1, 2)], ("keep_dims", Flag(true)), ("Tidx", Type(Int32)))),
            Read(file => file.Node("max", "MaxPool", [Image(file)], ("ksize", List(1, 2, 2, 1)), ("strides", List(1, 2, 2, 1)), ("padding", Text("VALID")), ("data_format", Text("NHWC")))),
        ];
        Assert.All(networks, network => Assert.Equal(SourcePoolKind.Max, Assert.IsType<SourcePool>(Assert.Single(network.Operators)).Kind));
    }

    [Fact]
    public void A_whole_map_before_a_fully_connected_layer_is_a_row()
    {
        SourceNetwork network = Read(Flattened);
        Assert.Equal(["SourceFlatten", "SourceDense"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal([1, 2, 3, 4], ((SourceDense)network.Operators[1]).Weights.Floats);
    }

    /// <summary>Preprocessing, a convolution, a row of a map, and a sigmoid.</summary>
    internal static byte[] Everything()
    {
        var file = new GraphDefFile();
        string x = file.Node("cast", "Cast", [Image(file, UInt8)], ("SrcT", Type(UInt8)), ("DstT", Type(Float)));
        x = Convolution(file, file.Node("sub", "Sub", [x, file.Number("mean", [], 127.5f)]));
        x = file.Node("reshape", "Reshape", [x, file.Integers("shape", -1, 4)]);
        file.Node("sigmoid", "Sigmoid", [file.Node("dense", "MatMul", [x, file.Constant("dense/w", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8])])]);
        return file.Build();
    }

    private static string Flattened(GraphDefFile file) =>
        file.Node("dense", "MatMul", [file.Node("reshape", "Reshape", [Image(file), file.Integers("shape", -1, 4)]), file.Constant("w", [4, 1], [1, 2, 3, 4])], ("grad_a", Flag(false)));

    private static string Image(GraphDefFile file, int type = Float) => file.Node("input", "Placeholder", [], ("dtype", Type(type)), ("shape", Shape(1, 2, 2, 1)));

    private static string Row(GraphDefFile file) => file.Node("mean", "Mean", [Image(file), file.Integers("axes", 1, 2)], ("keep_dims", Flag(false)));

    private static string Convolution(GraphDefFile file, string input, params (string, ProtobufBytes)[] attributes) =>
        file.Node("conv", "Conv2D", [input, file.Constant("weights", [1, 1, 1, 1], [1])], [("strides", List(1, 1, 1, 1)), ("padding", Text("SAME")), .. attributes]);

    private static SourceNetwork Read(Func<GraphDefFile, string> build)
    {
        var file = new GraphDefFile();
        build(file);
        return (SourceNetwork)new FrozenGraphReader().Read(file.Input());
    }

    private static string Fails(string message, Func<GraphDefFile, string> build)
    {
        var error = Assert.Throws<WeightsException>(() => Read(build));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
