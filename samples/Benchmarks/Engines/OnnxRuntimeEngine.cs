using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using MobileNetGen.Weights.Export;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>
/// ONNX Runtime at its best for one core: every graph optimisation, one thread, which is the caller's, and input and output bound once, so
/// that a call copies nothing.
/// </summary>
/// <typeparam name="T">The type of input and output: float, or byte.</typeparam>
internal sealed class OnnxRuntimeEngine<T> : Engine
    where T : unmanaged
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly OrtValue _input;
    private readonly OrtValue[] _outputs;
    private readonly T[][] _results;
    private readonly long[][] _shapes;
    private readonly Func<T, float> _real;

    /// <summary>Loads and optimises a model.</summary>
    /// <param name="model">The file.</param>
    /// <param name="input">Its input, channels × height × width; null for one of the right size.</param>
    /// <param name="real">The real number that an output means.</param>
    /// <param name="optimizedModel">Where to save what the optimisations made of it, or null.</param>
    public OnnxRuntimeEngine(string model, T[]? input, Func<T, float> real, string? optimizedModel = null)
    {
        _real = real;
        _options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (optimizedModel is not null)
            _options.OptimizedModelFilePath = optimizedModel;
        _session = new InferenceSession(model, _options);

        string inputName = _session.InputNames[0];
        long[] inputShape = Array.ConvertAll(_session.InputMetadata[inputName].Dimensions, size => (long)size);
        string[] outputs = _session.OutputMetadata.ContainsKey(OnnxExporter.OutputName) ? [OnnxExporter.OutputName] : [.. _session.OutputNames];
        _shapes = Array.ConvertAll(outputs, name => Array.ConvertAll(_session.OutputMetadata[name].Dimensions, size => (long)size));
        _results = Array.ConvertAll(_shapes, shape => new T[Length(shape)]);
        _input = OrtValue.CreateTensorValueFromMemory(input ?? new T[Length(inputShape)], inputShape);
        _outputs = [.. _results.Zip(_shapes, OrtValue.CreateTensorValueFromMemory)];
        _binding = _session.CreateIoBinding();
        _binding.BindInput(inputName, _input);
        for (int i = 0; i < outputs.Length; i++)
            _binding.BindOutput(outputs[i], _outputs[i]);
    }

    /// <inheritdoc/>
    public override void Run() => _session.RunWithBinding(_runOptions, _binding);

    /// <inheritdoc/>
    public override float[] Output()
    {
        // A detector's boxes of all maps, then its scores, pixel by pixel as ours; a model's results are boxes and scores of each map, channel by channel.
        IEnumerable<int> order = _results.Length == 1 ? [0] : Enumerable.Range(0, _results.Length).OrderBy(i => i % 2);
        return [.. order.SelectMany(i => Pixels(_results[i], _shapes[i])).Select(_real)];
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        foreach (OrtValue output in _outputs)
            output.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
        _options.Dispose();
    }

    private static T[] Pixels(T[] planes, long[] shape)
    {
        if (shape.Length != 4)
            return planes;
        (int channels, int pixels) = ((int)shape[1], (int)(shape[2] * shape[3]));
        var values = new T[planes.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = planes[(i % channels * pixels) + (i / channels)];
        return values;
    }

    private static long Length(long[] shape)
    {
        long length = 1;
        foreach (long size in shape)
            length *= size;
        return length;
    }
}
