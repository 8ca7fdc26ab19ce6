using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Weights.Tests.Export;

/// <summary>Runs a model in ONNX Runtime.</summary>
internal static class OnnxModel
{
    /// <summary>The model's results by name, for an input in height × width × channels order.</summary>
    public static IReadOnlyDictionary<string, float[]> Run(byte[] model, Shape shape, float[] input)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        var tensor = new DenseTensor<float>([1, shape.Channels, shape.Height, shape.Width]);
        for (int i = 0; i < input.Length; i++)
            tensor[0, i % shape.Channels, i / shape.Channels / shape.Width, i / shape.Channels % shape.Width] = input[i];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor(Network.InputName, tensor)]);
        return results.ToDictionary(result => result.Name, result => result.AsEnumerable<float>().ToArray());
    }
}
