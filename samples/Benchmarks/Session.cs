using System;
using System.Collections.Generic;
using System.IO;
using MobileNetGen.Samples.Benchmarks.Engines;
using MobileNetGen.Samples.Benchmarks.Measurement;
using MobileNetGen.Samples.Benchmarks.Reports;

namespace MobileNetGen.Samples.Benchmarks;

/// <summary>Measures networks one after the other, and reports.</summary>
internal static class Session
{
    /// <summary>Compares with ONNX Runtime.</summary>
    public static void Compare(IReadOnlyList<Subject> subjects, TimeSpan duration, int calls, int starts, string? json, string? chart)
    {
        CheckFolder(json);
        CheckFolder(chart);
        Tables.WriteMachine();
        var results = new List<Result>();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("benchmarks");
        try
        {
            Progress(subjects, subject => results.Add(Compare(subject, folder.FullName, duration, calls, starts)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Tables.Write(results);
        if (json is not null)
            JsonReport.Write(json, results);
        if (chart is not null)
            RatioChart.Write(chart, results);
    }

    /// <summary>Measures how calls of ours scale with threads.</summary>
    public static void Scale(IReadOnlyList<Subject> subjects, int threads, TimeSpan duration)
    {
        Tables.WriteMachine();
        var results = new List<(Subject, double[])>();
        Progress(subjects, subject => results.Add((subject, Scaling.Measure(() => GeneratedClass.Engine(subject.Class), threads, duration))));
        Tables.WriteScaling(results);
    }

    /// <summary>Measures how much sooner a team is done with one image.</summary>
    public static void Share(IReadOnlyList<Subject> subjects, int threads, TimeSpan duration)
    {
        Tables.WriteMachine();
        var results = new List<(Subject, TeamCalls)>();
        Progress(subjects, subject => results.Add((subject, TeamCalls.Measure(subject.Class, threads, duration))));
        Tables.WriteTeams(results, threads);
    }

    private static Result Compare(Subject subject, string folder, TimeSpan duration, int calls, int starts)
    {
        ExportedModels models = ExportedModels.Write(subject, folder);
        FirstResult? ours = starts == 0 ? null : FirstResult.OfOurs(subject, starts);
        FirstResult? theirs = starts == 0 ? null : FirstResult.OfTheirs(subject, models.Fastest, starts);
        Result? result = null;
        Processor.RunPinned(() =>
        {
            using Pair pair = Pair.Create(subject, models);
            result = Result.Of(subject, pair, Comparison.Measure(pair, duration, calls), ours, theirs);
        });
        return result!;
    }

    /// <summary>Now, rather than when minutes of measuring would be lost.</summary>
    private static void CheckFolder(string? file)
    {
        if (file is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            throw new BenchmarkException($"There is no folder for the file '{file}'.");
    }

    /// <summary>Plain lines: a moving indicator would need a thread, which might get in the way of what is measured.</summary>
    private static void Progress(IReadOnlyList<Subject> subjects, Action<Subject> measure)
    {
        for (int i = 0; i < subjects.Count; i++)
        {
            Console.Error.WriteLine($"{i + 1} of {subjects.Count}: {subjects[i].Network.ClassName}");
            measure(subjects[i]);
        }
    }
}
