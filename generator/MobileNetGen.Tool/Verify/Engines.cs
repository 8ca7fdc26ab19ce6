using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Tool.Verify;

/// <summary>Another way to compute a network: the result of every layer by its name, height × width × channels, bytes in the network's own domain.</summary>
internal interface IEngine
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="input">The prepared image: normalised numbers of a float32 network, else bytes in the network's own domain.</param>
    /// <param name="generated">The results of the generated class, for an engine that computes each layer from what the class gave the one before.</param>
    IReadOnlyDictionary<string, float[]> Run(float[] input, IReadOnlyDictionary<string, float[]> generated);
}

/// <summary>
/// The network computed the obvious way, by the rules as they are written down. Real numbers each layer by itself, from what the class gave the layers before: sums in another order differ a
/// little, and what a clamp cuts off, of large sums, would make that much a few layers further on.
/// </summary>
internal sealed class NaiveEngine(TrainedNetwork trained) : IEngine
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Run(float[] input, IReadOnlyDictionary<string, float[]> generated) => trained.Network.Quantization == Quantization.Float32
        ? RunReal(input, generated)
        : QuantizedReference.Run(trained, [.. input.Select(v => (int)v)]).ToDictionary(r => r.Key, r => r.Value.Select(v => (float)v).ToArray(), StringComparer.Ordinal);

    private Dictionary<string, float[]> RunReal(float[] input, IReadOnlyDictionary<string, float[]> generated)
    {
        var results = new Dictionary<string, float[]>(StringComparer.Ordinal) { [Network.InputName] = input };
        foreach (TrainedLayer layer in trained.Layers)
            results.Add(layer.Layer.Name, FloatReference.Run(layer, [.. layer.Layer.Inputs.Select(name => generated.GetValueOrDefault(name) ?? results[name])]));
        return results;
    }
}

/// <summary>
/// ONNX Runtime, on each layer by itself: it rounds quantised layers in its own way, which a few layers further on would be more than a unit.
/// </summary>
internal sealed class OnnxEngine : IEngine, IDisposable
{
    private readonly Network _network;
    private readonly ImmutableHashSet<string> _given;
    private readonly InferenceSession _session;

    /// <param name="trained">The network.</param>
    /// <param name="given">The layers whose results the generated class gives.</param>
    public OnnxEngine(TrainedNetwork trained, IEnumerable<string> given)
    {
        _network = trained.Network;

        // Only what another layer reads can be an input.
        _given = [.. given.Where(g => _network.Readers(g).Any())];
        byte[] model = IsQuantized ? QdqExporter.ExportLayers(trained, _given) : OnnxExporter.ExportLayers(trained, _given);

        // Without its optimisations it computes each operator as ONNX defines it.
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model, options);
    }

    /// <inheritdoc/>
    public string Name => "ONNX Runtime";

    private bool IsQuantized => _network.Quantization != Quantization.Float32;

    /// <summary>What an int8 value is less than its unsigned byte.</summary>
    private int Offset => _network.Quantization == Quantization.Int8 ? 128 : 0;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Run(float[] input, IReadOnlyDictionary<string, float[]> generated)
    {
        NamedOnnxValue[] inputs =
        [
            Input(Network.InputName, input, _network.Input),
            .. _network.Layers.Where(l => _given.Contains(l.Name)).Select(l => Input(OnnxConvolution.Given(l.Name), generated[l.Name], l.Output)),
        ];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(inputs);
        Dictionary<string, DisposableNamedOnnxValue> byName = results.ToDictionary(r => r.Name, StringComparer.Ordinal);
        return _network.Layers.ToDictionary(l => l.Name, l => Output(byName[IsQuantized ? QdqExporter.Value(l.Name) : OnnxExporter.Value(l.Name)], l.Output), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private NamedOnnxValue Input(string name, float[] values, Shape shape)
    {
        int pixels = shape.Height * shape.Width;
        var ordered = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            ordered[(i % shape.Channels * pixels) + (i / shape.Channels)] = values[i];
        int[] sizes = [.. _session.InputMetadata[name].Dimensions];
        return IsQuantized
            ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(ordered.Select(v => (byte)(v + Offset)).ToArray(), sizes))
            : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(ordered, sizes));
    }

    private float[] Output(DisposableNamedOnnxValue value, Shape shape)
    {
        float[] values = IsQuantized ? [.. value.AsEnumerable<byte>().Select(b => (float)(b - Offset))] : [.. value.AsEnumerable<float>()];
        int pixels = shape.Height * shape.Width;
        var ordered = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            ordered[(i % pixels * shape.Channels) + (i / pixels)] = values[i];
        return ordered;
    }
}
