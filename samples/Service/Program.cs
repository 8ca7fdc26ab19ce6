using System;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MobileNetGen.AspNetCore;
using MobileNetGen.Samples.Service;
using OpenTelemetry.Metrics;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);

// Nobody is asked who they are. So only this machine is listened to, and in a container, of which .NET's images say so, the network that it is put into.
IPAddress address = Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") == "true" ? IPAddress.IPv6Any : IPAddress.Loopback;

// A port each: without TLS, nothing tells HTTP/1.1 from HTTP/2. Knative says which with PORT.
builder.WebHost.ConfigureKestrel(server =>
{
    server.AddServerHeader = false;
    server.Limits.MaxConcurrentConnections = 1_000;
    server.Listen(address, Port("PORT", 8080), listen => listen.Protocols = HttpProtocols.Http1);
    server.Listen(address, Port("GRPC_PORT", 8081), listen => listen.Protocols = HttpProtocols.Http2);
});

// A line for each request would be most of the work of a service that answers in a millisecond; metrics count them.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);

builder.Services.AddMobileNets(networks => networks
    .AddClassifier<Cifar10_1_0_32_Int8>("cifar10")
    .AddDetector<Digits_1_0_128>("digits")
    .AddRaw<float>("cifar10_raw", Cifar10_1_0_32.RunRaw, [32, 32, 3], Cifar10_1_0_32.OutputLength));

// Read by Prometheus from /metrics, and sent by OTLP where the usual variable says to whom.
builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
{
    metrics.AddMeter("MobileNetGen.AspNetCore", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter();
    if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        metrics.AddOtlpExporter();
});

WebApplication app = builder.Build();
app.MapInference();
app.MapPrometheusScrapingEndpoint();
app.Run();

static int Port(string variable, int usual)
    => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
