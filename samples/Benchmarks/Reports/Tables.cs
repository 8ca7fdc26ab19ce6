using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Samples.Benchmarks.Kernels;
using MobileNetGen.Samples.Benchmarks.Measurement;
using Spectre.Console;

namespace MobileNetGen.Samples.Benchmarks.Reports;

/// <summary>Results for people, on the console.</summary>
internal static class Tables
{
    /// <summary>The machine, and what else numbers depend on.</summary>
    public static void WriteMachine()
    {
        // Where the console's width is unknown, tables would be folded to 80 columns.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        AnsiConsole.MarkupLineInterpolated($"[bold]{Machine.Name}[/]");
        AnsiConsole.MarkupLineInterpolated($"{Machine.DotNet}; instruction sets {Machine.InstructionSets}; ONNX Runtime {Machine.OnnxRuntime} with its own choice of them");
        if (!Processor.CanPin)
            AnsiConsole.MarkupLine("[yellow]Threads cannot be kept on one core on this system: expect more noise.[/]");
        if (Machine.IsDebugBuild)
            AnsiConsole.MarkupLine("[red]This is a Debug build, in which our kernels are not optimised: the numbers mean nothing. Use -c Release.[/]");
    }

    /// <summary>Times of calls, and what surrounds them.</summary>
    public static void Write(IReadOnlyList<Result> results)
    {
        bool quantized = results[0].Quantization != "float32";
        Table calls = Create($"A call, ms, {results[0].Quantization}, one thread on one core", "network", "ours min", "median", "p99", "ORT min", "median", "p99", "ratio of min", "max. difference");
        if (quantized)
            calls.AddColumn(new TableColumn("not fused").RightAligned());
        foreach (Result r in results)
        {
            List<string> row =
            [
                r.Network, Ms(r.OursMinMs), Ms(r.OursMedianMs), Ms(r.OursP99Ms), Ms(r.OrtMinMs), Ms(r.OrtMedianMs), Ms(r.OrtP99Ms),
                Text($"[bold {(r.Ratio <= 1 ? "green" : "yellow")}]{r.Ratio:0.00}[/]"), r.MaxDifference.ToString("0.0E+0", CultureInfo.InvariantCulture),
            ];
            if (quantized)
                row.Add(r.OrtUnfusedOperators == 0 ? "0" : Text($"[red]{r.OrtUnfusedOperators}[/]"));
            calls.AddRow([.. row]);
        }

        AnsiConsole.Write(calls);
        if (results.Any(r => r.OrtUnfusedOperators > 0))
            AnsiConsole.MarkupLine("[red]ONNX Runtime left operators in float32 (\"not fused\"): these ratios flatter us.[/]");

        Table rest = Create("Memory, and a new process up to its first result (min / median)", "network", "allocated a call, B", "scratch, KiB", "weights, KiB", "first result, ms", "ORT first result, ms", "peak, MiB", "ORT peak, MiB");
        foreach (Result r in results)
        {
            rest.AddRow(
                r.Network,
                Text($"{r.AllocatedBytes}"),
                Text($"{r.ScratchBytes / 1024.0:0}"),
                Text($"{r.WeightBytes / 1024.0:0}"),
                Measured(r.FirstResultMs, $"{r.FirstResultMs:0} / {r.FirstResultMedianMs:0}"),
                Measured(r.OrtFirstResultMs, $"{r.OrtFirstResultMs:0} / {r.OrtFirstResultMedianMs:0}"),
                Measured(r.PeakMemoryBytes, $"{r.PeakMemoryBytes / 1048576.0:0}"),
                Measured(r.OrtPeakMemoryBytes, $"{r.OrtPeakMemoryBytes / 1048576.0:0}"));
        }

        AnsiConsole.Write(rest);
    }

    /// <summary>Calls a second by the number of threads.</summary>
    public static void WriteScaling(IReadOnlyList<(Subject Subject, double[] CallsPerSecond)> results)
    {
        int threads = results[0].CallsPerSecond.Length;
        Table table = Create("Calls a second, each thread on a core of its own", ["network", .. Enumerable.Range(1, threads).Select(n => n == 1 ? "1 thread" : $"{n} threads"), "scaling"]);
        foreach ((Subject subject, double[] rates) in results)
            table.AddRow([subject.Network.ClassName, .. rates.Select(rate => Text($"{rate:0}")), Text($"[bold]{rates[^1] / rates[0]:0.00}×[/]")]);
        AnsiConsole.Write(table);
    }

    /// <summary>Milliseconds a call alone and by a team.</summary>
    public static void WriteTeams(IReadOnlyList<(Subject Subject, TeamCalls Calls)> results, int threads)
    {
        Table table = Create($"Milliseconds a call, alone and by a team of {threads}", "network", "alone, min", "median", "team, min", "median", "sooner");
        foreach ((Subject subject, TeamCalls calls) in results)
        {
            table.AddRow(
                subject.Network.ClassName, Ms(calls.Alone.Minimum), Ms(calls.Alone.Median), Ms(calls.Shared.Minimum), Ms(calls.Shared.Median),
                Text($"[bold]{calls.Alone.Minimum / calls.Shared.Minimum:0.00}×[/]"));
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Kernels by their share of the peak.</summary>
    public static void WriteKernels(IReadOnlyList<(KernelCase Kernel, double MinimumSeconds, double MedianSeconds)> results, string instruction, double peak)
    {
        Table table = Create(Text($"Kernels, one core; peak {peak / 1e9:0} GMAC/s by {instruction}"), "kernel", "thousand MACs", "min, µs", "median, µs", "GMAC/s", "of the peak");
        foreach ((KernelCase kernel, double minimum, double median) in results)
        {
            double rate = kernel.Layer.MultiplyAdds / minimum;
            table.AddRow(kernel.ToString(), Text($"{kernel.Layer.MultiplyAdds / 1000:#,0}"), Text($"{minimum * 1e6:0.00}"), Text($"{median * 1e6:0.00}"), Text($"{rate / 1e9:0.0}"), Text($"[bold]{100 * rate / peak:0} %[/]"));
        }

        table.Caption("Depthwise layers compute little for what they read; dense ones are bound by reading their weights.");
        AnsiConsole.Write(table);
    }

    private static Table Create(string title, params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title($"[bold]{title}[/]");
        for (int i = 0; i < columns.Length; i++)
            table.AddColumn(i == 0 ? new TableColumn(columns[i]).NoWrap() : new TableColumn(columns[i]).RightAligned());
        return table;
    }

    private static string Ms(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Measured(double? value, FormattableString text) => value is null ? "not measured" : Text(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
