using System.Threading;
using System.Threading.Tasks;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Hosting;
using MobileNetGen.AspNetCore.Models;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>
/// Calls each network once before the server listens. When the program is told to stop, it says that the service is not ready, and lets it go on answering for a while: who
/// sends requests learns of it before connections are closed.
/// </summary>
/// <param name="engine">The networks.</param>
/// <param name="health">What says so over gRPC.</param>
/// <param name="program">Says when to stop.</param>
internal sealed class Readiness(InferenceEngine engine, HealthServiceImpl health, IHostApplicationLifetime program) : IHostedLifecycleService
{
    /// <summary>Services that a health check can ask for by name; the empty one is all of the server.</summary>
    private static readonly string[] s_services = ["", "inference.GRPCInferenceService"];

    private volatile bool _isWarm;

    /// <summary>Whether requests should come.</summary>
    public bool IsReady => _isWarm && !IsStopping;

    /// <summary>Whether the program was told to stop.</summary>
    public bool IsStopping => program.ApplicationStopping.IsCancellationRequested;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (ServedModel model in engine.Models)
            model.Warm();
        _isWarm = true;
        SetHealth(HealthCheckResponse.Types.ServingStatus.Serving);
        program.ApplicationStopping.Register(() => SetHealth(HealthCheckResponse.Types.ServingStatus.NotServing));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(engine.Limits.ShutdownDelay, cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void SetHealth(HealthCheckResponse.Types.ServingStatus status)
    {
        foreach (string service in s_services)
            health.SetStatus(service, status);
    }
}
