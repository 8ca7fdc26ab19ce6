using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>From requests to answers, for both protocols.</summary>
/// <param name="networks">The networks.</param>
/// <param name="queue">Where they are computed.</param>
/// <param name="metrics">Counts what comes.</param>
internal sealed class InferenceEngine(MobileNets networks, InferenceQueue queue, InferenceMetrics metrics)
{
    /// <summary>The server's name.</summary>
    public const string Name = "mobilenetgen";

    /// <summary>The extensions of the protocol that it has.</summary>
    public static readonly string[] Extensions = ["binary_tensor_data", "classification", "model_repository"];

    /// <summary>The server's version: the package's.</summary>
    public static string Version { get; } = typeof(InferenceEngine).Assembly.GetName().Version!.ToString(3);

    /// <summary>How much is taken on.</summary>
    public InferenceLimits Limits => networks.Limits;

    /// <summary>All networks, in the order of their names.</summary>
    public IEnumerable<ServedModel> Models => networks.Models.Values.OrderBy(model => model.Name, StringComparer.Ordinal);

    /// <summary>Finds a network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version, or null or empty for any.</param>
    /// <exception cref="InferenceException">There is none.</exception>
    public ServedModel Find(string? name, string? version)
    {
        if (name is null || !networks.Models.TryGetValue(name, out ServedModel? model))
            throw new InferenceException(Problem.NotFound, $"There is no network '{InferenceException.Quoted(name)}'.");
        return string.IsNullOrEmpty(version) || version == ServedModel.Version
            ? model
            : throw new InferenceException(Problem.NotFound, $"The network '{name}' has no version '{InferenceException.Quoted(version)}'; it has '{ServedModel.Version}'.");
    }

    /// <summary>Answers a request, and counts it.</summary>
    /// <param name="protocol">How it came, for metrics.</param>
    /// <param name="name">The network.</param>
    /// <param name="version">Its version, or null or empty for any.</param>
    /// <param name="read">Reads the request, once it is known that there is such a network.</param>
    /// <param name="answer">Makes the answer of the outputs that are asked for. What it throws is counted too.</param>
    /// <param name="cancellation">When nobody waits any more.</param>
    /// <exception cref="InferenceException">It has no result.</exception>
    public async Task<TAnswer> InferAsync<TAnswer>(
        string protocol, string? name, string? version, Func<ServedModel, ValueTask<InferenceRequest>> read, Func<ServedModel, InferenceRequest, OutputTensor[], TAnswer> answer, CancellationToken cancellation)
    {
        string known = "";
        try
        {
            ServedModel model = Find(name, version);
            known = model.Name;
            InferenceRequest request = await read(model);
            long start = Stopwatch.GetTimestamp();
            int images = model.Check(request.Input, Limits);
            CheckOutputs(model, request);
            (OutputTensor[] all, TimeSpan waited) = await queue.RunAsync(token => model.Run(request.Input, images, request.Threshold, token), cancellation);
            TAnswer result = answer(model, request, Select(model, request.Outputs, all));
            metrics.Succeeded(known, protocol, images, Stopwatch.GetElapsedTime(start), waited);
            return result;
        }
        catch (Exception failure)
        {
            metrics.Failed(known, protocol, failure);
            throw;
        }
    }

    private static void CheckOutputs(ServedModel model, InferenceRequest request)
    {
        if (request.Threshold is { } threshold && threshold is not (>= 0 and <= 1))
            throw new InferenceException(Problem.Invalid, "The parameter 'threshold' is not 0 to 1.");
        foreach (RequestedOutput output in request.Outputs ?? [])
        {
            TensorDescription description = Array.Find(model.Outputs, tensor => tensor.Name == output.Name) ?? throw new InferenceException(
                Problem.Invalid, $"The network '{model.Name}' has no output '{InferenceException.Quoted(output.Name)}'; it has {string.Join(", ", model.Outputs.Select(tensor => tensor.Name))}.");
            if (output.Classes is { } classes && (!description.HasClasses || classes < 1))
                throw new InferenceException(Problem.Invalid, $"The parameter 'classification' is {classes}, of the output '{output.Name}': it is 1 or more, of the scores of a classifier.");
        }
    }

    private static OutputTensor[] Select(ServedModel model, IReadOnlyList<RequestedOutput>? requested, OutputTensor[] all)
        => requested is null or [] ? all : [.. requested.Select(output => Select(model, output, Array.Find(all, tensor => tensor.Name == output.Name)!))];

    private static OutputTensor Select(ServedModel model, RequestedOutput output, OutputTensor tensor)
        => output.Classes is { } classes ? BestClasses.Of(tensor, model.Labels, classes) : tensor;
}
