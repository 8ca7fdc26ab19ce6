using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using MobileNetGen.Samples.Benchmarks.Measurement;
using MobileNetGen.Samples.Benchmarks.Reports;
using Perfolizer.Horology;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>Measures the kernels of networks with BenchmarkDotNet.</summary>
internal static class KernelRun
{
    /// <summary>Measures, and writes a table.</summary>
    /// <exception cref="BenchmarkException">The build or a measurement is no good.</exception>
    public static void Run(IReadOnlyList<Subject> subjects)
    {
        if (Machine.IsDebugBuild)
            throw new BenchmarkException("Kernels are only worth measuring in a Release build: use -c Release.");
        Tables.WriteMachine();
        KernelCase[] cases = KernelCase.Of(subjects);
        KernelBenchmarks.Cases = cases;
        Console.Error.WriteLine($"{cases.Length} kernels and shapes, about a second each");

        // In this process, so that the peak is measured beside the kernels, and a build of another program is not needed.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("benchmarks");
        try
        {
            // Many short iterations: the least of them then fits between two interruptions, whatever else the machine does.
            Job job = Job.Default
                .WithToolchain(InProcessNoEmitToolchain.Instance)
                .WithWarmupCount(5)
                .WithIterationCount(150)
                .WithIterationTime(TimeInterval.FromMilliseconds(3))
                .WithEvaluateOverhead(false);
            ManualConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).AddAnalyser(EnvironmentAnalyser.Default).WithArtifactsPath(folder.FullName);
            Summary summary = BenchmarkRunner.Run<KernelBenchmarks>(config);
            if (summary.HasCriticalValidationErrors || summary.Reports.Length != cases.Length || summary.Reports.Any(report => report.ResultStatistics is null))
                throw new BenchmarkException($"BenchmarkDotNet measured {summary.Reports.Count(report => report.ResultStatistics is not null)} of {cases.Length} kernels. {string.Join(' ', summary.ValidationErrors.Select(error => error.Message))}");
            Tables.WriteKernels([.. summary.Reports.Select(Measured).OrderBy(kernel => Array.IndexOf(cases, kernel.Kernel))], KernelBenchmarks.Peak.Instruction, KernelBenchmarks.Peak.PerSecond);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (KernelCase Kernel, double MinimumSeconds, double MedianSeconds) Measured(BenchmarkReport report)
    {
        var kernel = (KernelCase)report.BenchmarkCase.Parameters[nameof(KernelBenchmarks.Kernel)];
        return (kernel, report.ResultStatistics!.Min / 1e9, report.ResultStatistics.Median / 1e9);
    }
}
