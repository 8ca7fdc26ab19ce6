using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Benchmarks.Measurement;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>Kernels alone, one by one. Public and not sealed, as BenchmarkDotNet wants it; it runs in this process.</summary>
public class KernelBenchmarks
{
    private readonly KernelMemory _memory = new();
    private Action _call = () => { };

    /// <summary>What is measured in this run.</summary>
    public static IReadOnlyList<KernelCase> Cases { get; set; } = [];

    /// <summary>The machine's peak, the best of loops between the kernels.</summary>
    internal static (string Instruction, double PerSecond) Peak { get; private set; }

    /// <summary>The kernel and shape.</summary>
    [ParamsSource(nameof(Cases))]
    public KernelCase Kernel { get; set; } = null!;

    /// <summary>Prepares a kernel, and measures the peak again: the clock may differ from one minute to the next.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        Processor.Pin(Processor.Cores[^1]);
        (string Instruction, double PerSecond) peak = Kernel.Quantization == Quantization.Float32 ? PeakLoop.Float32() : PeakLoop.Bytes();
        if (peak.PerSecond > Peak.PerSecond)
            Peak = peak;
        _call = Kernel.Prepare(_memory);
    }

    /// <summary>One call.</summary>
    [Benchmark]
    public void Call() => _call();

    /// <summary>Frees the operands.</summary>
    [GlobalCleanup]
    public void Free() => _memory.Dispose();
}
