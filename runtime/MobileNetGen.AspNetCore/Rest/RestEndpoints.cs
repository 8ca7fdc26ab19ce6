using System;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>The protocol over HTTP.</summary>
/// <param name="engine">Answers requests.</param>
/// <param name="readiness">Knows whether requests should come.</param>
/// <param name="budget">The memory of bodies.</param>
/// <param name="logger">Is told of failures that are the service's own.</param>
internal sealed class RestEndpoints(InferenceEngine engine, Readiness readiness, BodyBudget budget, ILogger<RestEndpoints> logger)
{
    private const string Json = "application/json", Binary = "application/octet-stream";

    private const string RetryAfterSeconds = "1";

    /// <summary>Adds the endpoints.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (string name in (string[])["/v2/models/{model}", "/v2/models/{model}/versions/{version}"])
        {
            routes.MapGet(name, Answering(context => WriteAsync(context, json => WriteModel(json, Model(context)))));
            routes.MapGet(name + "/ready", Answering(ModelReadyAsync));
            routes.MapPost(name + "/infer", Answering(InferAsync));
        }

        routes.MapGet("/v2", Answering(context => WriteAsync(context, WriteServer)));
        routes.MapGet("/v2/health/live", Answering(context => WriteAsync(context, json => json.WriteBoolean("live"u8, true))));
        routes.MapGet("/v2/health/ready", Answering(ReadyAsync));
        routes.MapPost("/v2/repository/index", Answering(context => WriteBodyAsync(context, WriteIndex)));
        routes.MapPost("/v2/repository/models/{model}/load", Answering(context => WriteAsync(context, _ => Model(context))));
        routes.MapPost("/v2/repository/models/{model}/unload", Answering(context => throw RepositoryIndex.CannotUnload(Model(context))));
        routes.Map("/v2/{**rest}", Answering(context => throw new InferenceException(Problem.NotFound, $"There is no {context.Request.Method} {InferenceException.Quoted(context.Request.Path)}.")));
    }

    /// <summary>Makes an answer of what a handler throws.</summary>
    private RequestDelegate Answering(RequestDelegate handler) => async context =>
    {
        try
        {
            if (readiness.IsStopping && HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.Headers.Connection = "close";
            await handler(context);
        }
        catch (InferenceException problem)
        {
            await WriteErrorAsync(context, StatusOf(problem.Problem), problem.Message);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            Log.Failed(logger, context.Request.Path, failure);
            await WriteErrorAsync(context, StatusCodes.Status500InternalServerError, "The service failed; its log says how.");
        }
    };

    private static int StatusOf(Problem problem) => problem switch
    {
        Problem.NotFound => StatusCodes.Status404NotFound,
        Problem.TooLarge => StatusCodes.Status413PayloadTooLarge,
        Problem.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        Problem.Slow => StatusCodes.Status408RequestTimeout,
        Problem.Busy => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return WriteAsync(context, json => json.WriteString("error"u8, message));
    }

    private ServedModel Model(HttpContext context) => engine.Find((string?)context.GetRouteValue("model"), (string?)context.GetRouteValue("version"));

    private Task ReadyAsync(HttpContext context)
    {
        bool isReady = readiness.IsReady;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

        // The specification's text has "live" here, its OpenAPI document "ready".
        return WriteAsync(context, json =>
        {
            json.WriteBoolean("ready"u8, isReady);
            json.WriteBoolean("live"u8, true);
        });
    }

    private Task ModelReadyAsync(HttpContext context)
    {
        ServedModel model = Model(context);
        bool isReady = readiness.IsReady;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(context, json =>
        {
            json.WriteString("name"u8, model.Name);
            json.WriteBoolean("ready"u8, isReady);
        });
    }

    private async Task InferAsync(HttpContext context)
    {
        RequestBody? body = null;
        try
        {
            InferenceAnswer answer = await engine.InferAsync(
                "http",
                (string?)context.GetRouteValue("model"),
                (string?)context.GetRouteValue("version"),
                async model => RestRequest.Read(context.Request, model, (body = await RequestBody.ReadAsync(context, engine.Limits, budget)).Bytes),
                JsonInferenceWriter.Write,
                context.RequestAborted);
            if (answer.JsonLength is { } length)
                context.Response.Headers[RestRequest.JsonLength] = length.ToString(CultureInfo.InvariantCulture);
            await SendAsync(context, answer.Body, answer.JsonLength is null ? Json : Binary);
        }
        finally
        {
            body?.Dispose();
        }
    }

    private static void WriteServer(Utf8JsonWriter json)
    {
        json.WriteString("name"u8, InferenceEngine.Name);
        json.WriteString("version"u8, InferenceEngine.Version);
        json.WriteStartArray("extensions"u8);
        foreach (string extension in InferenceEngine.Extensions)
            json.WriteStringValue(extension);
        json.WriteEndArray();
    }

    private static void WriteModel(Utf8JsonWriter json, ServedModel model)
    {
        json.WriteString("name"u8, model.Name);
        json.WriteStartArray("versions"u8);
        json.WriteStringValue(ServedModel.Version);
        json.WriteEndArray();
        json.WriteString("platform"u8, ServedModel.Platform);
        json.WriteStartArray("inputs"u8);
        WriteTensor(json, model.Input);
        json.WriteEndArray();
        json.WriteStartArray("outputs"u8);
        foreach (TensorDescription tensor in model.Outputs)
            WriteTensor(json, tensor);
        json.WriteEndArray();
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorDescription tensor)
    {
        TensorHead.Write(json, tensor.Name, tensor.Type, tensor.Shape);
        json.WriteEndObject();
    }

    private void WriteIndex(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (RepositoryIndex.Entry entry in RepositoryIndex.Of(engine))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, entry.Name);
            json.WriteString("version"u8, entry.Version);
            json.WriteString("state"u8, entry.State);
            json.WriteString("reason"u8, entry.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> writeMembers) => WriteBodyAsync(context, json =>
    {
        json.WriteStartObject();
        writeMembers(json);
        json.WriteEndObject();
    });

    private static Task WriteBodyAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, JsonInferenceWriter.Options))
            write(json);
        return SendAsync(context, body.ToArray(), Json);
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
