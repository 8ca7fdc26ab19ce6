using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Keras;
using MobileNetGen.Weights.Formats.TensorFlow;

namespace MobileNetGen.Weights.Formats.TensorFlowJs;

/// <summary>Reads the graph of a graph model: TensorFlow's message GraphDef as JSON, with the values of its constants left to the manifest.</summary>
internal static class GraphNodes
{
    private const int MaximumNodes = 65_536;

    /// <summary>Reads the nodes of a graph.</summary>
    /// <param name="json">The list of nodes.</param>
    /// <param name="tensors">The constants, by the names of their nodes.</param>
    /// <param name="budget">What limits copies of weights.</param>
    public static List<NodeDef> Read(JsonElement json, List<StoredTensor> tensors, WeightsBudget budget)
    {
        if (json.GetArrayLength() > MaximumNodes)
            throw new WeightsException($"The graph has {json.GetArrayLength()} nodes; a MobileNet has a few hundred, and at most {MaximumNodes} are read.");
        Dictionary<string, StoredTensor> constants = tensors.ToDictionary(tensor => tensor.Specification.Name, StringComparer.Ordinal);
        return [.. json.EnumerateArray().Select(node => Node(node, constants, budget))];
    }

    private static NodeDef Node(JsonElement json, Dictionary<string, StoredTensor> constants, WeightsBudget budget)
    {
        string name = Json.Text(Json.Required(json, "name"), "a node's name");
        string op = Json.Text(Json.Required(json, "op"), $"the operator of \"{name}\"");
        JsonElement sources = Json.Property(json, "input");
        ImmutableArray<string> inputs = sources.ValueKind == JsonValueKind.Undefined ? [] : [.. Json.Items(sources, $"the inputs of \"{name}\"").Select(input => Json.Text(input, "an input"))];
        var attributes = new Dictionary<string, NodeAttribute>(StringComparer.Ordinal);
        if (Json.Property(json, "attr") is { ValueKind: JsonValueKind.Object } stored)
        {
            foreach (JsonProperty attribute in stored.EnumerateObject())
                attributes[attribute.Name] = Attribute(attribute.Value);
        }

        if (op == "Const")
        {
            attributes["value"] = new NodeAttribute.Constant(constants.TryGetValue(name, out StoredTensor? tensor)
                ? Constant(tensor, budget)
                : throw new WeightsException($"The constant \"{name}\" is not among the weights. Convert the model again."));
        }

        return new NodeDef(name, op, inputs, attributes);
    }

    private static NodeConstant Constant(StoredTensor tensor, WeightsBudget budget)
    {
        (string name, ImmutableArray<int> shape, bool isInteger) = (tensor.Specification.Name, tensor.Specification.Shape, tensor.Specification.IsInteger);
        budget.Take(name, tensor.Specification.Count);
        return isInteger ? new NodeConstant.Whole(tensor.Integers(), shape) : new NodeConstant.Real(new SourceTensor(name, shape, tensor.Floats()));
    }

    /// <summary>An attribute. Strings are in base 64 and integers are strings, as JSON has neither bytes nor 64-bit numbers.</summary>
    private static NodeAttribute Attribute(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return new NodeAttribute.Other();
        foreach (JsonProperty value in json.EnumerateObject())
        {
            switch (value.Name)
            {
                case "s":
                    return new NodeAttribute.Text(Decode(value.Value));
                case "i":
                    return new NodeAttribute.Integer(Integer(value.Value));
                case "f":
                    return new NodeAttribute.Number((float)Json.Number(value.Value, "an attribute"));
                case "b":
                    return new NodeAttribute.Flag(value.Value.ValueKind == JsonValueKind.True);
                case "type":
                    return new NodeAttribute.Type(Type(value.Value));
                case "shape":
                    return new NodeAttribute.Shape([.. List(value.Value, "dim").Select(size => Integer(Json.Required(size, "size")))]);
                case "list" when value.Value.ValueKind == JsonValueKind.Object && value.Value.EnumerateObject().All(list => list.Name is "s" or "i" || IsEmpty(list.Value)):
                    ImmutableArray<string> texts = [.. List(value.Value, "s").Select(Decode)];
                    return texts.IsEmpty ? new NodeAttribute.Integers([.. List(value.Value, "i").Select(Integer)]) : new NodeAttribute.Texts(texts);
            }
        }

        return new NodeAttribute.Other();
    }

    /// <summary>An element type, by its name in TensorFlow or its number; 0 for one that no MobileNet has.</summary>
    private static DataType Type(JsonElement json) => json.ValueKind == JsonValueKind.Number ? (DataType)Integer(json) : Json.Text(json, "an element type") switch
    {
        "DT_FLOAT" => DataType.Float,
        "DT_DOUBLE" => DataType.Double,
        "DT_INT32" => DataType.Int32,
        "DT_UINT8" => DataType.UInt8,
        "DT_INT64" => DataType.Int64,
        "DT_BFLOAT16" => DataType.BFloat16,
        "DT_HALF" => DataType.Half,
        _ => default,
    };

    private static IEnumerable<JsonElement> List(JsonElement json, string name) =>
        Json.Property(json, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>Some converters write lists of all types, of which one has something in it.</summary>
    private static bool IsEmpty(JsonElement json) => json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 0;

    private static long Integer(JsonElement json)
    {
        string? text = json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.Number => json.GetRawText(),
            _ => null,
        };
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? integer : throw Json.Unexpected($"{json} is not an integer");
    }

    /// <summary>A string: in base 64, or byte by byte, as old converters wrote them.</summary>
    private static string Decode(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String && json.TryGetBytesFromBase64(out byte[]? bytes))
            return Encoding.UTF8.GetString(bytes);
        return json.ValueKind == JsonValueKind.Array
            ? Encoding.UTF8.GetString([.. json.EnumerateArray().Select(item => Integer(item) is >= 0 and <= byte.MaxValue and var value ? (byte)value : throw NoString())])
            : throw NoString();

        WeightsException NoString() => Json.Unexpected($"{json} is not a string in base 64 or of bytes");
    }
}
