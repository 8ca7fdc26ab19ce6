using System;
using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>Whatever a node states is understood, known to change nothing, or refused with its name and value.</summary>
public class OnnxStatementsTests
{
    private static readonly float[] s_weights = [.. Enumerable.Range(0, 54).Select(i => i * 0.01f)];

    public static TheoryData<string, string> UnknownAttributes => new()
    {
        { "integer", "node 0, Conv \"a\", has the attribute \"integer\" = 3, which is not understood and may change its result. Export the network without it." },
        { "number", "has the attribute \"number\" = 0.5," },
        { "text", "has the attribute \"text\" = \"SAME\"," },
        { "list", "has the attribute \"list\" = [1, 2]," },
        { "tensor", "has the attribute \"tensor\" = \"t\" [1]," },
        { "graph", "has the attribute \"graph\" = something of type 5," },
    };

    [Theory]
    [MemberData(nameof(UnknownAttributes))]
    public void An_attribute_that_is_not_known_is_refused_with_its_value(string name, string message) => Fails(message, Convolution(name switch
    {
        "integer" => OnnxFile.Integer(name, 3),
        "number" => OnnxFile.Number(name, 0.5f),
        "text" => OnnxFile.Text(name, "SAME"),
        "list" => OnnxFile.Integers(name, 1, 2),
        "tensor" => OnnxFile.TensorAttribute(name, OnnxFile.Tensor("t", [1], 1f)),
        _ => new ProtobufBytes().Text(1, name).Message(6, new ProtobufBytes()).Integer(20, 5),
    }));

    [Fact]
    public void An_attribute_of_another_type_than_its_operators_is_refused() => Fails("its attribute \"group\" is 2; one of type Integer was expected", Convolution(OnnxFile.Number("group", 2)));

    [Fact]
    public void Attributes_without_a_type_are_of_that_which_they_have()
    {
        Assert.Single(Convolution(new ProtobufBytes().Text(1, "strides").Integers(8, 2, 2)).Read().Operators);
        Fails("its attribute \"strides\" is 2; one of type Integers was expected", Convolution(new ProtobufBytes().Text(1, "strides").Integer(3, 2)));
    }

    public static TheoryData<string, string, string, long> OtherOperators => new()
    {
        { "Relu", "a", "alpha", 1 },
        { "Add", "a a", "axis", 1 },
        { "Reshape", "a shape", "allow", 1 },
        { "Identity", "a", "x", 0 },
        { "GlobalAveragePool", "a", "auto", 0 },
        { "MaxPool", "a", "window", 0 },
        { "Sigmoid", "a", "x", 0 },
        { "Transpose", "a", "x", 0 },
        { "Cast", "a", "x", 0 },
        { "Constant", "", "value_strings", 0 },
    };

    [Theory]
    [MemberData(nameof(OtherOperators))]
    public void Attributes_of_any_operator_are_refused_if_they_are_not_known(string type, string inputs, string name, long value)
    {
        ProtobufBytes[] own = type switch
        {
            "MaxPool" => [OnnxFile.Integers("kernel_shape", 8, 8)],
            "Transpose" => [OnnxFile.Integers("perm", 0, 1, 2, 3)],
            "Cast" => [OnnxFile.Integer("to", 1)],
            "Constant" => [OnnxFile.Integers("value_ints", 1)],
            _ => [],
        };
        OnnxFile file = Constants().Constant("shape", [4], 1L, 2L, 8L, 8L).Node("Conv", "x w", "a", OnnxFile.Integers("pads", 1, 1, 1, 1)).Node(type, inputs, "y", [.. own, OnnxFile.Integer(name, value)]);
        file = type == "Constant" ? file.Node("Mul", "a y", "z").Output("z") : file.Output("y");
        Fails($"has the attribute \"{name}\" = {value}, which is not understood", file);
    }

    [Fact]
    public void Attributes_of_training_and_of_one_window_change_nothing()
    {
        OnnxFile file = Constants().Constant("n", [2], 1f, 1f).Node("Conv", "x w", "a")
            .Node("BatchNormalization", "a n n n n", "b", OnnxFile.Number("momentum", 0.9f), OnnxFile.Number("epsilon", 1e-3f), OnnxFile.Integer("spatial", 1))
            .Node("AveragePool", "b", "p", OnnxFile.Integers("kernel_shape", 6, 6), OnnxFile.Integer("count_include_pad", 1), OnnxFile.Integer("ceil_mode", 1))
            .Node("Dropout", "p", "y", OnnxFile.Number("ratio", 0.5f)).Output("y");
        Assert.Equal(["SourceConvolution", "SourcePool"], file.Read().Operators.Select(step => step.GetType().Name));
    }

    [Fact]
    public void An_input_that_is_not_known_is_refused() =>
        Fails("node 1, Relu \"y\", reads \"w\" as its input 1, which is not understood and may change its result.", Constants().Node("Conv", "x w", "a").Node("Relu", "a w", "y").Output("y"));

    [Fact]
    public void A_result_beside_the_first_is_refused_where_it_is_read()
    {
        OnnxFile Model() => Constants().Node("MaxPool", "x", "m places", OnnxFile.Integers("kernel_shape", 8, 8));
        Assert.Single(Model().Output("m").Read().Operators);
        Fails("node 0, MaxPool \"m\": its result 1, \"places\", is read", Model().Output("m").Output("places"));
    }

    [Fact]
    public void Dropping_by_chance_is_refused()
    {
        OnnxFile Model(byte training) => Constants().Constant("ratio", [], 0.5f).Constant(OnnxFile.Header("training", 9, []).Bytes(9, [training]))
            .Node("Conv", "x w", "a").Node("Dropout", "a ratio training", "y").Output("y");
        Assert.Single(Model(0).Read().Operators);
        Fails("drops numbers by chance, as in training", Model(1));
    }

    [Fact]
    public void Both_of_two_ways_to_pad_are_refused()
    {
        Assert.Single(Convolution(OnnxFile.Text("auto_pad", "SAME_UPPER"), OnnxFile.Integers("pads", 0, 0, 0, 0)).Read().Operators);
        Fails("has both auto_pad \"SAME_UPPER\" and pads [1, 1, 1, 1]", Convolution(OnnxFile.Text("auto_pad", "SAME_UPPER"), OnnxFile.Integers("pads", 1, 1, 1, 1)));
    }

    [Fact]
    public void A_function_of_the_files_own_does_not_take_a_known_operators_name()
    {
        Assert.Single(Convolution().Function("mine", "Conv").Read().Operators);
        Fails("The file has its own definition of Conv", Convolution().Function("", "Conv"));
        Fails("node 0, mine.Conv \"y\", is not one of a MobileNet's", Constants().Function("mine", "Conv").Node("mine.Conv", "x w", "y").Output("y"));
    }

    [Fact]
    public void A_constant_of_old_operator_sets_runs_along_the_dimension_that_is_stated()
    {
        OnnxFile Model(int set, long axis) => new OnnxFile(set).Input("x", [1, 3, 8, 8]).Constant("w", [2, 3, 3, 3], s_weights).Constant("b", [2], 1f, 2f)
            .Node("Conv", "x w", "a").Node("Add", "a b", "y", OnnxFile.Integer("broadcast", 1), OnnxFile.Integer("axis", axis)).Output("y");
        Assert.Equal([1, 2], ((SourceConvolution)Model(6, 1).Read().Operators[0]).Bias!.Floats);
        Fails("do not fit", Model(6, 2));
        Fails("has \"b\"", Model(6, 4));
        Fails("has the attribute \"axis\" = 1", Constants().Constant("b", [2, 1, 1], 1f, 2f).Node("Conv", "x w", "a").Node("Add", "a b", "y", OnnxFile.Integer("axis", 1)).Output("y"));
    }

    private static OnnxFile Constants() => new OnnxFile().Input("x", [1, 3, 8, 8]).Constant("w", [2, 3, 3, 3], s_weights);

    private static OnnxFile Convolution(params ProtobufBytes[] attributes) => Constants().Node("Conv", "x w", "a", attributes).Output("a");

    private static void Fails(string message, OnnxFile file) => Assert.Contains(message, Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
}
