using System.Linq;
using System.Text.Json.Nodes;
using Json.Schema;

namespace MobileNetGen.AspNetCore.Tests.Rest;

/// <summary>The answers of the Open Inference Protocol's specification as JSON schemas. Closed ones, so that a member of another name is seen.</summary>
internal static class Schemas
{
    private const string Shape = """{"type":"array","items":{"type":"integer","minimum":-1}}""";

    private const string DataType = """{"enum":["BOOL","UINT8","UINT16","UINT32","UINT64","INT8","INT16","INT32","INT64","FP16","FP32","FP64","BYTES"]}""";

    private const string Parameters = """{"type":"object","additionalProperties":{"type":["string","number","boolean"]}}""";

    private const string Tensor = $$$$"""
        {"type":"object","required":["name","datatype","shape"],"additionalProperties":false,
         "properties":{"name":{"type":"string"},"datatype":{{{{DataType}}}},"shape":{{{{Shape}}}}}}
        """;

    public static JsonSchema Live { get; } = Object("""{"live":{"type":"boolean"}}""", "live");

    /// <summary>The text has <c>live</c>, the OpenAPI document <c>ready</c>.</summary>
    public static JsonSchema Ready { get; } = Object("""{"ready":{"type":"boolean"},"live":{"type":"boolean"}}""", "ready", "live");

    public static JsonSchema ModelReady { get; } = Object("""{"name":{"type":"string"},"ready":{"type":"boolean"}}""", "name", "ready");

    public static JsonSchema Server { get; } = Object("""{"name":{"type":"string"},"version":{"type":"string"},"extensions":{"type":"array","items":{"type":"string"}}}""", "name", "version", "extensions");

    public static JsonSchema Model { get; } = Object(
        $$$$"""
        {"name":{"type":"string"},"versions":{"type":"array","items":{"type":"string"}},"platform":{"type":"string"},
         "inputs":{"type":"array","minItems":1,"items":{{{{Tensor}}}}},"outputs":{"type":"array","minItems":1,"items":{{{{Tensor}}}}}}
        """,
        "name", "platform", "inputs", "outputs");

    public static JsonSchema Index { get; } = JsonSchema.FromText("""
        {"type":"array","items":{"type":"object","required":["name","state","reason"],"additionalProperties":false,
         "properties":{"name":{"type":"string"},"version":{"type":"string"},"state":{"enum":["UNKNOWN","READY","UNAVAILABLE","LOADING","UNLOADING"]},"reason":{"type":"string"}}}}
        """);

    public static JsonSchema Inference { get; } = Object(
        $$$$"""
        {"model_name":{"type":"string"},"model_version":{"type":"string"},"id":{"type":"string"},"parameters":{{{{Parameters}}}},
         "outputs":{"type":"array","items":{"type":"object","required":["name","shape","datatype"],"additionalProperties":false,
          "properties":{"name":{"type":"string"},"shape":{{{{Shape}}}},"datatype":{{{{DataType}}}},"parameters":{{{{Parameters}}}},"data":{"type":"array","items":{"type":["number","string","boolean","array"]}}},
          "oneOf":[{"required":["data"]},{"required":["parameters"],"properties":{"parameters":{"required":["binary_data_size"]}}}]}}}
        """,
        "model_name", "outputs");

    public static JsonSchema Error { get; } = Object("""{"error":{"type":"string","minLength":10}}""", "error");

    /// <summary>Fails unless an answer is as a schema says.</summary>
    public static void Matches(JsonSchema schema, JsonNode? answer)
    {
        EvaluationResults results = schema.Evaluate(System.Text.Json.JsonSerializer.SerializeToElement(answer), new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, answer + "\n" + string.Join('\n', (results.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))));
    }

    private static JsonSchema Object(string properties, params string[] required)
        => JsonSchema.FromText($$"""{"type":"object","required":{{System.Text.Json.JsonSerializer.Serialize(required)}},"additionalProperties":false,"properties":{{properties}}}""");
}
