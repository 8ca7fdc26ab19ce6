using System;
using System.Net.Http;
using System.Threading.Tasks;
using Json.Schema;
using MobileNetGen.AspNetCore.Tests.Support;

namespace MobileNetGen.AspNetCore.Tests.Rest;

/// <summary>Every answer over HTTP has a body that the specification allows.</summary>
[Collection(ServiceCollection.Name)]
public class SchemaTests(ServiceFixture fixture)
{
    private static readonly string[] s_models = ["cifar10", "cifar10_int8", "cifar10_raw", "digits", "embedder", "swapped"];

    private readonly TestService _service = fixture.Service;

    [Fact]
    public async Task Health_has_bodies()
    {
        Check(Schemas.Live, await _service.GetAsync("/v2/health/live"));
        RestAnswer ready = await _service.GetAsync("/v2/health/ready");
        Check(Schemas.Ready, ready);
        Assert.True((bool)ready.Json!["ready"]!);
        foreach (string model in s_models)
        {
            RestAnswer answer = await _service.GetAsync($"/v2/models/{model}/ready");
            Check(Schemas.ModelReady, answer);
            Assert.Equal((model, true), ((string?)answer.Json!["name"], (bool)answer.Json["ready"]!));
        }
    }

    [Fact]
    public async Task Metadata_are_complete()
    {
        Check(Schemas.Server, await _service.GetAsync("/v2"));
        foreach (string model in s_models)
        {
            Check(Schemas.Model, await _service.GetAsync($"/v2/models/{model}"));
            Check(Schemas.Model, await _service.GetAsync($"/v2/models/{model}/versions/1"));
        }
    }

    [Fact]
    public async Task The_repository_lists_networks_and_loads_what_is_loaded()
    {
        RestAnswer index = await _service.SendAsync(HttpMethod.Post, "/v2/repository/index", new StringContent("""{"ready":true}"""));
        Check(Schemas.Index, index);
        Assert.Equal(s_models.Length, index.Json!.AsArray().Count);
        Assert.Equal(200, (await _service.SendAsync(HttpMethod.Post, "/v2/repository/models/digits/load")).Status);
        CheckError(400, await _service.SendAsync(HttpMethod.Post, "/v2/repository/models/digits/unload"));
        CheckError(404, await _service.SendAsync(HttpMethod.Post, "/v2/repository/models/none/load"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","parameters":{"binary_data_output":true}""")]
    [InlineData(""","outputs":[]""")]
    public async Task Results_of_every_network(string rest)
    {
        foreach (string model in (string[])["cifar10", "digits", "embedder", "swapped"])
            Check(Schemas.Inference, await _service.InferAsync(model, RestClient.Pixels([2, 3, 3, 3], Pictures.Noise(54), rest)));
        Check(Schemas.Inference, await _service.InferAsync("cifar10_raw", RestClient.Request("input", "FP32", [32, 32, 3], new float[3072], rest)));
        Check(Schemas.Inference, await _service.InferAsync("cifar10_int8", RestClient.Request("input", "INT8", [1, 32, 32, 3], new sbyte[3072], rest)));
    }

    [Fact]
    public async Task Outputs_come_in_the_order_in_which_they_are_asked_for_each_as_it_is_asked_for()
    {
        RestAnswer answer = await _service.InferAsync("digits", RestClient.Pixels([3, 3, 3], Pictures.Noise(27), """
            ,"outputs":[{"name":"counts"},{"name":"boxes","parameters":{"binary_data":true}},{"name":"labels","parameters":{"binary_data":false}}],"parameters":{"binary_data_output":false}
            """));
        Check(Schemas.Inference, answer);
        Assert.Equal(["counts", "boxes", "labels"], Array.ConvertAll([.. answer.Json!["outputs"]!.AsArray()], output => (string)output!["name"]!));
        Assert.NotNull(answer.Output("boxes")["parameters"]);
        Assert.NotNull(answer.Output("labels")["data"]);
    }

    [Fact]
    public async Task Errors_have_bodies_too()
    {
        CheckError(404, await _service.GetAsync("/v2/models/none"));
        CheckError(404, await _service.GetAsync("/v2/models/none/ready"));
        CheckError(404, await _service.GetAsync("/v2/models/cifar10/versions/2"));
        CheckError(404, await _service.GetAsync("/v2/models/cifar10/infer"));
        CheckError(404, await _service.SendAsync(HttpMethod.Post, "/v2/health/live"));
        CheckError(404, await _service.InferAsync("none", "{}"));
        CheckError(400, await _service.InferAsync("cifar10", "{}"));
        CheckError(415, await _service.SendAsync(HttpMethod.Post, "/v2/models/cifar10/infer", new StringContent("{}") { Headers = { ContentEncoding = { "gzip" } } }));
    }

    private static void Check(JsonSchema schema, RestAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Schemas.Matches(schema, answer.Json);
    }

    private static void CheckError(int status, RestAnswer answer)
    {
        Assert.Equal(status, answer.Status);
        Schemas.Matches(Schemas.Error, answer.Json);
    }
}
