using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>What an answer was.</summary>
internal sealed record RestAnswer(int Status, string? ContentType, JsonNode? Json, byte[] Binary, HttpResponseMessage Response)
{
    public string Error => (string?)Json?["error"] ?? "";

    public JsonNode Output(string name) => Json!["outputs"]!.AsArray().Single(output => (string?)output!["name"] == name)!;

    public float[] Floats(string name) => [.. Output(name)["data"]!.AsArray().Select(number => float.Parse(number!.ToJsonString(), CultureInfo.InvariantCulture))];

    public string[] Strings(string name) => [.. Output(name)["data"]!.AsArray().Select(text => (string)text!)];
}

/// <summary>A client of the protocol over HTTP.</summary>
internal static class RestClient
{
    public const string JsonLength = "Inference-Header-Content-Length";

    public static async Task<RestAnswer> SendAsync(this TestService service, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage response = await service.Http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        int json = response.Headers.TryGetValues(JsonLength, out IEnumerable<string>? values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : body.Length;
        return new RestAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, JsonNode.Parse(body.AsSpan(0, json)), body[json..], response);
    }

    public static Task<RestAnswer> GetAsync(this TestService service, string path) => service.SendAsync(HttpMethod.Get, path);

    /// <summary>Sends JSON to a network.</summary>
    public static Task<RestAnswer> InferAsync(this TestService service, string model, string json)
        => service.SendAsync(HttpMethod.Post, $"/v2/models/{model}/infer", new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Sends a file.</summary>
    public static Task<RestAnswer> InferFileAsync(this TestService service, string model, byte[] file, string query = "")
        => service.SendAsync(HttpMethod.Post, $"/v2/models/{model}/infer{query}", new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } });

    /// <summary>Sends JSON with binary data behind it.</summary>
    public static Task<RestAnswer> InferBinaryAsync(this TestService service, string model, string json, params ReadOnlySpan<byte> data)
    {
        byte[] head = Encoding.UTF8.GetBytes(json);
        var content = new ByteArrayContent([.. head, .. data]);
        content.Headers.Add(JsonLength, head.Length.ToString(CultureInfo.InvariantCulture));
        return service.SendAsync(HttpMethod.Post, $"/v2/models/{model}/infer", content);
    }

    /// <summary>A request with one tensor in JSON.</summary>
    public static string Request<T>(string name, string type, int[] shape, T[] data, string rest = "")
        => $$"""{"inputs":[{"name":"{{name}}","datatype":"{{type}}","shape":{{JsonSerializer.Serialize(shape)}},"data":{{JsonSerializer.Serialize(data)}}}]{{rest}}}""";

    /// <summary>A request with one tensor of bytes in JSON, which System.Text.Json would write in base64.</summary>
    public static string Pixels(int[] shape, byte[] pixels, string rest = "") => Request("image", "UINT8", shape, Array.ConvertAll(pixels, pixel => (int)pixel), rest);
}
