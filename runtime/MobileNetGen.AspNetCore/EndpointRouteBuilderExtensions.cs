using System;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MobileNetGen.AspNetCore.Grpc;
using MobileNetGen.AspNetCore.Rest;

namespace MobileNetGen.AspNetCore;

/// <summary>The Open Inference Protocol among a program's endpoints.</summary>
public static class EndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the networks of <see cref="ServiceCollectionExtensions.AddMobileNets"/> by the Open Inference Protocol: over HTTP under <c>/v2</c>, and over gRPC as
    /// <c>inference.GRPCInferenceService</c> with <c>grpc.health.v1.Health</c>. There is no authentication: add it to what is returned, or put the service behind something that has it.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <returns>All these endpoints, for conventions such as <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="InvalidOperationException">No networks were added.</exception>
    public static IEndpointConventionBuilder MapInference(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RestEndpoints rest = endpoints.ServiceProvider.GetService<RestEndpoints>() ?? throw new InvalidOperationException("No networks were added: call AddMobileNets on the services.");
        RouteGroupBuilder all = endpoints.MapGroup("");
        rest.Map(all);
        all.MapGrpcService<GrpcInferenceService>();
        all.MapGrpcService<HealthServiceImpl>();
        return all;
    }
}
