using System;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowJs;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

/// <summary>What the nodes of a graph model state.</summary>
public class GraphNodesTests
{
    [Theory]
    [InlineData("""{ "i": "3" }""", "= 3,")]
    [InlineData("""{ "b": true }""", "= true,")]
    [InlineData("""{ "s": "T0lIVw==" }""", "= \"OIHW\",")]
    [InlineData("""{ "list": { "i": ["1", "2"] } }""", "= [1, 2],")]
    [InlineData("""{ "type": "DT_UINT8" }""", "= UInt8,")]
    [InlineData("""{ "list": { "b": [true] } }""", "= something else than numbers or names,")]
    [InlineData("""{ "func": { "name": "f" } }""", "= something else than numbers or names,")]
    public void An_attribute_that_is_not_known_is_refused_with_its_value(string attribute, string value)
    {
        Assert.Contains($"has the attribute \"x\" {value} which is not understood", Read("x", attribute, isRefused: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_output_shapes", """{ "list": { "shape": [{ }] } }""")]
    [InlineData("TArgs", """{ "list": { "type": ["DT_FLOAT"] } }""")]
    [InlineData("explicit_paddings", """{ "list": { } }""")]
    [InlineData("dilations", """{ "list": { "i": ["1", "1", "1", "1"] } }""")]
    public void Notes_types_and_defaults_change_nothing(string name, string attribute) => Read(name, attribute, isRefused: false);

    [Fact]
    public void An_input_of_integers_is_refused() =>
        Assert.Contains("(Placeholder), is of type Int32", Read("dtype", """{ "type": "DT_INT32" }""", isRefused: true, op: "Placeholder"), StringComparison.Ordinal);

    /// <summary>Reads a network whose first node of an operator has another attribute; gives the message where it is refused.</summary>
    private static string Read(string name, string attribute, bool isRefused, string op = "Conv2D")
    {
        JsonNode model = JsonNode.Parse(MadeFiles.Bytes("tensorflowjs/graph.json"))!;
        JsonNode node = model["modelTopology"]!["node"]!.AsArray().First(node => ((string)node!["op"]!).EndsWith(op, StringComparison.Ordinal))!;
        node["attr"]![name] = JsonNode.Parse(attribute);
        var input = new WeightsInput("graph.json", Encoding.UTF8.GetBytes(model.ToJsonString()), file => MadeFiles.Bytes($"tensorflowjs/{file}"));
        if (isRefused)
            return Assert.Throws<WeightsException>(() => new TensorFlowJsReader().Read(input)).Message;
        Assert.IsType<SourceNetwork>(new TensorFlowJsReader().Read(input));
        return "";
    }
}
