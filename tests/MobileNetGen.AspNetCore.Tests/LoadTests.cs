using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;
using Grpc.Health.V1;
using MobileNetGen.AspNetCore.Grpc;
using MobileNetGen.AspNetCore.Tests.Support;

namespace MobileNetGen.AspNetCore.Tests;

/// <summary>More work than there is room for, work that nobody waits for any more, and the end of a service.</summary>
[Collection(ServiceCollection.Name)]
public class LoadTests
{
    private const string Model = "blocking";

    [Fact]
    public async Task What_finds_the_queue_full_is_told_to_come_back()
    {
        await using TestService service = await StartAsync(limits => (limits.Concurrency, limits.QueueLength) = (1, 1));
        Task<RestAnswer> first = InferAsync(service, 1);
        Assert.True(await BlockingNetwork.BegunAsync());

        // One is computed, one waits, whichever comes first; all others are refused.
        var others = Enumerable.Range(0, 4).Select(_ => InferAsync(service, 2)).ToList();
        while (others.Count > 1)
        {
            Task<RestAnswer> done = await Task.WhenAny(others);
            others.Remove(done);
            RestAnswer refused = await done;
            Assert.Equal(503, refused.Status);
            Assert.Equal("1", Assert.Single(refused.Response.Headers.GetValues("Retry-After")));
            Assert.NotEmpty(refused.Error);
        }

        var client = new GRPCInferenceService.GRPCInferenceServiceClient(service.Grpc);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(GrpcRequest()))).StatusCode);

        // Busy is not dead.
        Assert.Equal(200, (await service.GetAsync("/v2/health/live")).Status);
        BlockingNetwork.End(2);
        Assert.Equal("[1,1]", Scores(await first));
        Assert.Equal("[2,2]", Scores(await others[0]));
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_is_not_done()
    {
        await using TestService service = await StartAsync(limits => (limits.Concurrency, limits.QueueLength) = (1, 4));
        Task<RestAnswer> first = InferAsync(service, 1);
        Assert.True(await BlockingNetwork.BegunAsync());

        using var gone = new CancellationTokenSource();
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(service.Grpc);
        AsyncUnaryCall<ModelInferResponse> cancelled = client.ModelInferAsync(GrpcRequest(), deadline: DateTime.UtcNow.AddMilliseconds(200));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await cancelled)).StatusCode);

        // A batch is given up between its images.
        Task<HttpResponseMessage> batch = service.Http.PostAsync($"/v2/models/{Model}/infer", new StringContent(RestClient.Pixels([9, 1, 1, 3], new byte[27])), gone.Token);
        BlockingNetwork.End(1);
        Assert.Equal(200, (await first).Status);
        Assert.True(await BlockingNetwork.BegunAsync());
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batch);
        Assert.True(await service.Abandoned.WaitAsync(TimeSpan.FromSeconds(10)));
        Task<RestAnswer> last = InferAsync(service, 3);
        BlockingNetwork.End(2);
        Assert.Equal("[3,3]", Scores(await last));
    }

    [Fact]
    public async Task A_service_that_is_told_to_stop_answers_what_it_has_accepted_and_says_that_it_stops()
    {
        TestService service = await StartAsync(limits => (limits.Concurrency, limits.ShutdownDelay) = (1, TimeSpan.FromSeconds(1.5)));
        Task<RestAnswer>[] waiting = [.. Enumerable.Range(1, 5).Select(value => InferAsync(service, (byte)value))];
        Assert.True(await BlockingNetwork.BegunAsync());

        service.App.Lifetime.StopApplication();
        RestAnswer ready = await service.GetAsync("/v2/health/ready");
        Assert.Equal((503, false), (ready.Status, (bool)ready.Json!["ready"]!));
        Assert.True(ready.Response.Headers.ConnectionClose);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await new Health.HealthClient(service.Grpc).CheckAsync(new HealthCheckRequest())).Status);
        Task stopping = service.App.StopAsync();
        await Task.Delay(100);
        waiting = [.. waiting, InferAsync(service, 6)];
        await Task.Delay(1_700);
        Assert.False(stopping.IsCompleted);
        BlockingNetwork.End(6);
        RestAnswer[] answers = await Task.WhenAll(waiting);
        Assert.All(answers, (answer, index) => Assert.Equal($"[{index + 1},{index + 1}]", Scores(answer)));
        await stopping;
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_failure_of_the_services_own_is_a_500_that_tells_nothing_else()
    {
        await using TestService service = await StartAsync(_ => { });
        BlockingNetwork.Flow();
        RestAnswer answer = await InferAsync(service, 255);
        Assert.Equal(500, answer.Status);
        Assert.DoesNotContain("as the test wants it", answer.Error, StringComparison.Ordinal);
        Assert.Equal(200, (await InferAsync(service, 1)).Status);
    }

    [Fact]
    public async Task Under_load_each_request_gets_its_own_answer_or_is_refused()
    {
        await using TestService service = await TestService.StartAsync(limits => limits.QueueLength = 4);
        byte[][] pictures = [.. Enumerable.Range(0, 8).Select(seed => Pictures.Noise(3072, seed))];
        var expected = new byte[pictures.Length][];
        for (int i = 0; i < pictures.Length; i++)
            expected[i] = (await SendAsync(service, pictures[i])).Binary;

        int answered = 0, refused = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            for (int i = client; clock.Elapsed < TimeSpan.FromSeconds(2); i++)
            {
                RestAnswer answer = await SendAsync(service, pictures[i % pictures.Length]);
                if (answer.Status == 200)
                    Assert.Equal(expected[i % pictures.Length], answer.Binary);
                else
                    Assert.Equal(503, answer.Status);
                Interlocked.Increment(ref answer.Status == 200 ? ref answered : ref refused);
            }
        })));

        // Sixteen clients want more than two or three and four can hold.
        Assert.InRange(answered, 16, int.MaxValue);
        Assert.InRange(refused, 1, int.MaxValue);

        static Task<RestAnswer> SendAsync(TestService service, byte[] picture) => service.InferBinaryAsync(
            "cifar10", """{"inputs":[{"name":"image","shape":[32,32,3],"datatype":"UINT8","parameters":{"binary_data_size":3072}}],"parameters":{"binary_data_output":true}}""", picture);
    }

    private static async Task<TestService> StartAsync(Action<InferenceLimits> limit)
    {
        BlockingNetwork.Flow();
        TestService service = await TestService.StartWithAsync(networks =>
        {
            networks.AddClassifier<BlockingNetwork>(Model);
            limit(networks.Limits);
        });
        BlockingNetwork.Block();
        return service;
    }

    private static Task<RestAnswer> InferAsync(TestService service, byte value) => service.InferAsync(Model, RestClient.Pixels([1, 1, 3], [value, 0, 0]));

    private static string Scores(RestAnswer answer) => answer.Output("scores")["data"]!.ToJsonString();

    private static ModelInferRequest GrpcRequest() => new()
    {
        ModelName = Model,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "image", Datatype = "UINT8", Shape = { 1, 1, 3 }, Contents = new InferTensorContents { UintContents = { 1, 2, 3 } } } },
    };
}
