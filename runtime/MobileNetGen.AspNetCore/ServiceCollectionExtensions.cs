using System;
using Grpc.HealthCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MobileNetGen.AspNetCore.Grpc;
using MobileNetGen.AspNetCore.Rest;
using MobileNetGen.AspNetCore.Serving;

namespace MobileNetGen.AspNetCore;

/// <summary>Networks as a service, in dependency injection.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds networks, which <see cref="EndpointRouteBuilderExtensions.MapInference"/> serves. Once for a program.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Adds the networks, and sets limits.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">Networks were added already, or none is now.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddMobileNets(networks => networks.AddClassifier&lt;MobileNetV2_0_5_160&gt;("mobilenet"));
    /// </code>
    /// </example>
    public static IServiceCollection AddMobileNets(this IServiceCollection services, Action<MobileNets> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        foreach (ServiceDescriptor service in services)
        {
            if (service.ServiceType == typeof(MobileNets))
                throw new InvalidOperationException("Networks were added already; add all of them in one call.");
        }

        var networks = new MobileNets();
        configure(networks);
        if (networks.Models.Count == 0)
            throw new InvalidOperationException("No network was added.");

        services.AddSingleton(networks);
        services.AddSingleton(networks.Limits);
        services.AddSingleton<InferenceQueue>();
        services.AddSingleton<InferenceMetrics>();
        services.AddSingleton<InferenceEngine>();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<RestEndpoints>();
        services.AddSingleton<HealthServiceImpl>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Readiness>());
        services.AddMetrics();
        services.AddGrpc().AddServiceOptions<GrpcInferenceService>(options => options.MaxReceiveMessageSize = networks.Limits.MaximumBodyBytes);
        return services;
    }
}
