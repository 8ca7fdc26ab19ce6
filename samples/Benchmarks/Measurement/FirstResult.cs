using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Benchmarks.Engines;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>Time from the start of a process to its first result, and the most memory it had by then.</summary>
/// <param name="MinimumMilliseconds">The least of several processes.</param>
/// <param name="MedianMilliseconds">The middle one.</param>
/// <param name="PeakBytes">Peak resident memory, the middle one.</param>
internal sealed record FirstResult(double MinimumMilliseconds, double MedianMilliseconds, long PeakBytes)
{
    /// <summary>
    /// Makes a process of this program do no more than one run: <c>--first ours METHOD INPUTS OUTPUTS</c> or <c>--first ort MODEL float|byte</c>. A program that
    /// uses a generated class has its method and these lengths compiled in; to look them up by name takes .NET 7 ms, so here the parent process does it. METHOD is a metadata token.
    /// </summary>
    public const string Option = "--first";

    private const string Ours = "ours";
    private const string Theirs = "ort";

    /// <summary>Measures a generated class in fresh processes.</summary>
    public static FirstResult OfOurs(Subject subject, int starts) => Measure(starts,
        [Option, Ours, .. new[] { GeneratedClass.RunRaw(subject.Class).MetadataToken, GeneratedClass.InputLength(subject.Class) }.Concat(GeneratedClass.OutputLengths(subject.Class)).Select(Text)]);

    /// <summary>Measures ONNX Runtime on a model in fresh processes.</summary>
    public static FirstResult OfTheirs(Subject subject, string model, int starts) =>
        Measure(starts, [Option, Theirs, model, subject.Network.Quantization == Quantization.Float32 ? "float" : "byte"]);

    /// <summary>
    /// What such a process does: nothing else than the run, and both engines the same way. What it does before and after is in methods of its own,
    /// because a method cannot be compiled before the libraries that it names are loaded.
    /// </summary>
    /// <param name="arguments">Those of the program.</param>
    /// <returns>The exit code.</returns>
    public static int RunChild(string[] arguments)
    {
        if (arguments is not ([_, Ours, _, _, _, ..] or [_, Theirs, _, _]))
            return ExplainUsage();
        using (Engine engine = arguments[1] == Ours ? Generated(Number(arguments[2]), Number(arguments[3]), Array.ConvertAll(arguments[4..], Number)) : OnnxRuntime(arguments[2], arguments[3]))
        {
            engine.Run();
            Report(Stopwatch.GetTimestamp());
        }

        return 0;
    }

    private static int ExplainUsage()
    {
        Console.Error.WriteLine($"Usage: {Option} {Ours} METHOD INPUTS OUTPUTS [OUTPUTS], or {Option} {Theirs} MODEL float|byte");
        return 2;
    }

    private static void Report(long now)
    {
        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now} {process.PeakWorkingSet64}"));
    }

    private static Engine Generated(int method, int inputs, int[] outputs) => GeneratedClass.Engine((MethodInfo)typeof(FirstResult).Module.ResolveMethod(method)!, inputs, outputs);

    private static Engine OnnxRuntime(string model, string type) =>
        type == "float" ? new OnnxRuntimeEngine<float>(model, null, value => value) : new OnnxRuntimeEngine<byte>(model, null, value => value);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static FirstResult Measure(int starts, string[] arguments)
    {
        var runs = new List<(double Milliseconds, long Bytes)>();
        for (int i = 0; i < starts; i++)
            runs.Add(Start(arguments));
        double[] times = [.. runs.Select(run => run.Milliseconds).Order()];
        return new FirstResult(times[0], times[times.Length / 2], runs.Select(run => run.Bytes).Order().ElementAt(runs.Count / 2));
    }

    /// <summary>One process. Its clock is ours (both are the machine's), and finer than the start time that the operating system keeps.</summary>
    private static (double Milliseconds, long Bytes) Start(string[] arguments)
    {
        string program = Environment.ProcessPath!;
        bool isHost = System.IO.Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(program, isHost ? [typeof(FirstResult).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true };
        long before = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string[] output = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new BenchmarkException($"A process started to measure the first result ended with code {process.ExitCode}.");
        TimeSpan time = Stopwatch.GetElapsedTime(before, long.Parse(output[0], CultureInfo.InvariantCulture));
        return (time.TotalMilliseconds, long.Parse(output[1], CultureInfo.InvariantCulture));
    }
}
