using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Samples.Evaluate;

/// <summary>The same network in ONNX Runtime, exported by <see cref="OnnxExporter"/> or, quantised, by <see cref="QdqExporter"/>.</summary>
internal sealed class OnnxRuntimeClassifier : IDisposable
{
    private readonly Network _network;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly long[] _shape;

    /// <summary>The real number that a quantised result means.</summary>
    private readonly TensorScale _output;

    /// <exception cref="MatchException">The network's weights cannot be read.</exception>
    public OnnxRuntimeClassifier(Subject subject)
    {
        _network = subject.Network;
        TrainedNetwork trained = TrainedNetworkLoader.Load(_network, subject.Folder);
        _session = new InferenceSession(_network.Quantization == Quantization.Float32 ? OnnxExporter.Export(trained) : QdqExporter.Export(trained));
        _shape = [1, _network.Input.Channels, _network.Input.Height, _network.Input.Width];
        _output = trained.Layers[^1].Output ?? default;
    }

    /// <summary>The score of each class.</summary>
    public float[] Run(ReadOnlySpan<byte> pixels)
    {
        // Where a network is quantised, the exported model's bytes are unsigned, and so is what they mean: int8 z is byte z + 128.
        if (_network.Quantization == Quantization.Float32)
            return Run<float, float>(Planes(pixels, Normalize)).ToArray();
        int zeroPoint = _output.ZeroPoint + (_network.Quantization == Quantization.Int8 ? 128 : 0);
        return [.. Run<byte, byte>(Planes(pixels, (pixel, _) => pixel)).ToArray().Select(value => _output.Scale * (value - zeroPoint))];
    }

    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private ReadOnlySpan<TOutput> Run<TInput, TOutput>(TInput[] input)
        where TInput : unmanaged
        where TOutput : unmanaged
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, _shape);
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_runOptions, [Network.InputName], [value], [OnnxExporter.OutputName]);
        return results[0].GetTensorDataAsSpan<TOutput>().ToArray();
    }

    private float Normalize(byte pixel, int channel)
    {
        return (pixel - ForChannel(_network.Normalization.Mean)) / ForChannel(_network.Normalization.Std);

        float ForChannel(EquatableArray<decimal> values) => (float)values[values.Count == 1 ? 0 : channel];
    }

    /// <summary>Channel after channel, as ONNX wants it.</summary>
    private T[] Planes<T>(ReadOnlySpan<byte> pixels, Func<byte, int, T> prepare)
    {
        int channels = _network.Input.Channels, area = pixels.Length / channels;
        var planes = new T[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
            planes[(i % channels * area) + (i / channels)] = prepare(pixels[i], i % channels);
        return planes;
    }
}
