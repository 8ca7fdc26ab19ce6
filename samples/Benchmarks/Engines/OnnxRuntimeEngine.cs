using System;
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
    private readonly OrtValue _output;
    private readonly T[] _results;
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
        long[] outputShape = Array.ConvertAll(_session.OutputMetadata[OnnxExporter.OutputName].Dimensions, size => (long)size);
        _results = new T[Length(outputShape)];
        _input = OrtValue.CreateTensorValueFromMemory(input ?? new T[Length(inputShape)], inputShape);
        _output = OrtValue.CreateTensorValueFromMemory(_results, outputShape);
        _binding = _session.CreateIoBinding();
        _binding.BindInput(inputName, _input);
        _binding.BindOutput(OnnxExporter.OutputName, _output);
    }

    /// <inheritdoc/>
    public override void Run() => _session.RunWithBinding(_runOptions, _binding);

    /// <inheritdoc/>
    public override float[] Output() => Array.ConvertAll(_results, value => _real(value));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        _output.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
        _options.Dispose();
    }

    private static long Length(long[] shape)
    {
        long length = 1;
        foreach (long size in shape)
            length *= size;
        return length;
    }
}
