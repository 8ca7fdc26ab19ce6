using System;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>From a body to a request: JSON, JSON with binary data behind it, or the one tensor of the network alone.</summary>
internal static class RestRequest
{
    /// <summary>The header with the length of the JSON, where binary data follow it.</summary>
    public const string JsonLength = "Inference-Header-Content-Length";

    /// <summary>Reads a request.</summary>
    /// <exception cref="InferenceException">It is none.</exception>
    public static InferenceRequest Read(HttpRequest request, ServedModel model, ReadOnlyMemory<byte> body)
    {
        if (request.ContentType is { } type && type.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
            return OfTensorAlone(request, model, body);
        if (!request.Headers.TryGetValue(JsonLength, out var values))
            return JsonInferenceReader.Read(body, default);
        if (!int.TryParse(values, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > body.Length)
            throw new InferenceException(Problem.Invalid, $"{JsonLength} is '{InferenceException.Quoted(values)}'; the body has {body.Length} bytes.");
        return length == 0 ? OfTensorAlone(request, model, body) : JsonInferenceReader.Read(body[..length], body[length..]);
    }

    /// <summary>A body without JSON: a picture's file, or for a network that takes no pictures the numbers of one input. The query may ask for the best classes.</summary>
    private static InferenceRequest OfTensorAlone(HttpRequest request, ServedModel model, ReadOnlyMemory<byte> body)
    {
        InputTensor input = model is ImageModel
            ? new InputTensor(model.Input.Name, DataType.Bytes, [1]) { Items = [body] }
            : BinaryTensor.Of(new InputTensor(model.Input.Name, model.Input.Type, Array.ConvertAll(model.Input.Shape, length => (long)Math.Abs(length))), body);
        return new InferenceRequest(input, Classes(request) is { } classes ? [new RequestedOutput(model.Outputs[0].Name, classes)] : null, Threshold: Threshold(request));
    }

    private static int? Classes(HttpRequest request)
        => !request.Query.TryGetValue("classification", out var text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int classes) ? classes
            : throw new InferenceException(Problem.Invalid, "'classification' is no integer.");

    private static float? Threshold(HttpRequest request)
        => !request.Query.TryGetValue("threshold", out var text) ? null
            : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float threshold) ? threshold
            : throw new InferenceException(Problem.Invalid, "'threshold' is no number.");
}
