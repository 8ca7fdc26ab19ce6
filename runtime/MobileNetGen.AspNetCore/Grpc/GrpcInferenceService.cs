using System;
using System.Linq;
using System.Threading.Tasks;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Grpc;

/// <summary>The protocol over gRPC.</summary>
/// <param name="engine">Answers requests.</param>
/// <param name="readiness">Knows whether requests should come.</param>
/// <param name="logger">Is told of failures that are the service's own.</param>
[BindServiceMethod(typeof(CheckedBinding), nameof(CheckedBinding.BindService))]
internal sealed class GrpcInferenceService(InferenceEngine engine, Readiness readiness, ILogger<GrpcInferenceService> logger) : GRPCInferenceService.GRPCInferenceServiceBase
{
    /// <inheritdoc/>
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) => Task.FromResult(new ServerLiveResponse { Live = true });

    /// <inheritdoc/>
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context)
        => Task.FromResult(new ServerReadyResponse { Ready = readiness.IsReady });

    /// <inheritdoc/>
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) => AnswerAsync(context, () =>
    {
        engine.Find(request.Name, request.Version);
        return Task.FromResult(new ModelReadyResponse { Ready = readiness.IsReady });
    });

    /// <inheritdoc/>
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
        => Task.FromResult(new ServerMetadataResponse { Name = InferenceEngine.Name, Version = InferenceEngine.Version, Extensions = { InferenceEngine.Extensions } });

    /// <inheritdoc/>
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) => AnswerAsync(context, () =>
    {
        ServedModel model = engine.Find(request.Name, request.Version);
        return Task.FromResult(new ModelMetadataResponse
        {
            Name = model.Name,
            Versions = { ServedModel.Version },
            Platform = ServedModel.Platform,
            Inputs = { Describe(model.Input) },
            Outputs = { model.Outputs.Select(Describe) },
        });
    });

    /// <inheritdoc/>
    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => AnswerAsync(context, () => engine.InferAsync(
        "grpc", request.ModelName, request.ModelVersion, _ => ValueTask.FromResult(GrpcTensors.Read(request)), (model, _, outputs) => GrpcTensors.Write(model, request, outputs), context.CancellationToken));

    /// <inheritdoc/>
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) => Task.FromResult(new RepositoryIndexResponse
    {
        Models =
        {
            Serving.RepositoryIndex.Of(engine).Select(entry => new RepositoryIndexResponse.Types.ModelIndex { Name = entry.Name, Version = entry.Version, State = entry.State, Reason = entry.Reason }),
        },
    });

    /// <inheritdoc/>
    public override Task<RepositoryModelLoadResponse> RepositoryModelLoad(RepositoryModelLoadRequest request, ServerCallContext context) => AnswerAsync(context, () =>
    {
        engine.Find(request.ModelName, version: null);
        return Task.FromResult(new RepositoryModelLoadResponse());
    });

    /// <inheritdoc/>
    public override Task<RepositoryModelUnloadResponse> RepositoryModelUnload(RepositoryModelUnloadRequest request, ServerCallContext context)
        => AnswerAsync<RepositoryModelUnloadResponse>(context, () => throw Serving.RepositoryIndex.CannotUnload(engine.Find(request.ModelName, version: null)));

    private async Task<TAnswer> AnswerAsync<TAnswer>(ServerCallContext context, Func<Task<TAnswer>> answer)
    {
        try
        {
            return await answer();
        }
        catch (InferenceException problem)
        {
            throw new RpcException(new Status(StatusOf(problem.Problem), problem.Message));
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(Status.DefaultCancelled);
        }
        catch (Exception failure)
        {
            Log.Failed(logger, context.Method, failure);
            throw new RpcException(new Status(StatusCode.Internal, "The service failed; its log says how."));
        }
    }

    private static StatusCode StatusOf(Problem problem) => problem switch
    {
        Problem.NotFound => StatusCode.NotFound,
        Problem.Busy => StatusCode.ResourceExhausted,
        Problem.Slow => StatusCode.DeadlineExceeded,
        _ => StatusCode.InvalidArgument,
    };

    private static ModelMetadataResponse.Types.TensorMetadata Describe(TensorDescription tensor)
        => new() { Name = tensor.Name, Datatype = tensor.Type.Name(), Shape = { tensor.Shape.Select(length => (long)length) } };
}
