using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>A service in this process, on ports of its own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private TestService(WebApplication app)
    {
        App = app;
        Uri[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];
        Http = new HttpClient { BaseAddress = addresses[0], Timeout = TimeSpan.FromSeconds(20) };
        Grpc = GrpcChannel.ForAddress(addresses[1]);
    }

    public WebApplication App { get; }

    public HttpClient Http { get; }

    public GrpcChannel Grpc { get; }

    /// <summary>Is released for each request over HTTP/1.1 that the service knows to be given up.</summary>
    public SemaphoreSlim Abandoned { get; } = new(0);

    public int HttpPort => Http.BaseAddress!.Port;

    /// <summary>Starts one with the networks of the tests.</summary>
    public static Task<TestService> StartAsync(Action<InferenceLimits>? limit = null) => StartWithAsync(networks =>
    {
        networks
            .AddClassifier<Cifar10_1_0_32_Int8>("cifar10").AddDetector<Digits_1_0_128>("digits").AddFeatures<Embedder>("embedder").AddClassifier<Swapped>("swapped")
            .AddRaw<float>("cifar10_raw", Cifar10_1_0_32.RunRaw, [32, 32, 3], Cifar10_1_0_32.OutputLength)
            .AddRaw<sbyte>("cifar10_int8", Cifar10_1_0_32_Int8.RunRaw, [32, 32, 3], Cifar10_1_0_32_Int8.OutputLength);
        limit?.Invoke(networks.Limits);
    });

    /// <summary>Starts one with networks of the caller's.</summary>
    public static async Task<TestService> StartWithAsync(Action<MobileNets> add)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddMobileNets(networks =>
        {
            networks.Limits.ShutdownDelay = TimeSpan.Zero;
            add(networks);
        });
        WebApplication app = builder.Build();
        TestService? service = null;
        app.Use(async (context, next) =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(() => (HttpProtocol.IsHttp11(context.Request.Protocol) ? service?.Abandoned : null)?.Release());
            await next(context);
        });
        app.MapInference();
        await app.StartAsync();
        return service = new TestService(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
