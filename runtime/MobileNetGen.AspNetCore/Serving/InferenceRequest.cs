using System.Collections.Generic;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>A request, however it came.</summary>
/// <param name="Input">Its tensor. Each network takes one.</param>
/// <param name="Outputs">The outputs that are asked for; null for all.</param>
/// <param name="Id">What the answer repeats; empty where the request has none.</param>
/// <param name="Threshold">The least score of what a detector finds, or null for the network's own.</param>
internal sealed record InferenceRequest(InputTensor Input, IReadOnlyList<RequestedOutput>? Outputs, string Id = "", float? Threshold = null)
{
    /// <summary>Whether outputs are wanted as binary data where none is asked for by name.</summary>
    public bool AllBinary { get; init; }
}
