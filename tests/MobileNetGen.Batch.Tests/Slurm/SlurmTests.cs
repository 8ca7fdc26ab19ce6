using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Threading;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Tool.Tests.Support;
using Xunit.Abstractions;

namespace MobileNetGen.Batch.Tests.Slurm;

/// <summary>The script of deploy/batch/slurm as a job array on an engine that others made.</summary>
public class SlurmTests(ITestOutputHelper output)
{
    private const int Tasks = 8;

    private static readonly string s_script = Path.Combine(BuildProperty.RepositoryRoot, "deploy", "batch", "slurm", "classify.sbatch");

    private static readonly string s_tool = Support.Tool.Folder;

    [SlurmFact]
    public void Ten_workers_killed_at_random_moments_lose_nothing()
    {
        const int photographs = 1000, kills = 10;
        using var mbnet = new Mbnet();
        string net = mbnet.Write("net.mbnet", "network MobileNetV2\nalpha 0.5\nresolution 160\nclasses 100\nweights random 1");
        Photographs(mbnet["photos"], photographs);
        string[] expected = Mbnet.Succeed("classify", net, mbnet["photos"], "--top", "3").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(photographs, expected.Length);

        using var slurm = new SlurmEngine();
        Submit(slurm, mbnet, net, "results.ndjson", "--top 3 --part-rows 5");
        int killed = KillWorkers(slurm, mbnet, kills, new Random(22));
        Finish(slurm);
        string[] logs = [.. Enumerable.Range(0, Tasks).Select(i => File.ReadAllText(mbnet[$"mbnet-{i}.log"]))];
        Assert.True(killed == kills, string.Join('\n', logs));

        // Each was started once, and once more for each time that it was killed: no other was requeued with it.
        Assert.Equal(Tasks + kills, logs.Sum(log => log.Split(" restarted ").Length - 1));
        Assert.Contains(logs, log => log.Contains("were there", StringComparison.Ordinal));
        string[] rows = [.. Enumerable.Range(0, Tasks).SelectMany(i => File.ReadAllLines(mbnet[$"results-{i}-of-{Tasks}.ndjson"]))];
        Assert.Equal(photographs, rows.Select(r => JsonDocument.Parse(r).RootElement.GetProperty("file").GetString()).Distinct().Count());
        Assert.Equal(expected, rows.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetDirectories(mbnet.Folder, "*.parts"));
    }

    [SlurmFact(isMeasurement: true)]
    public void Two_cores_do_nearly_twice_the_work_of_one()
    {
        int photographs = int.Parse(Environment.GetEnvironmentVariable(SlurmFactAttribute.MeasuredPhotographs)!, CultureInfo.InvariantCulture);
        using var mbnet = new Mbnet();
        string net = mbnet.Write("net.mbnet", "network MobileNetV2\nalpha 0.5\nresolution 160\nclasses 1000\nweights random 1");
        Photographs(mbnet["photos"], photographs);
        using var slurm = new SlurmEngine();
        var ratios = new List<double>();
        for (int round = 0; round < 3; round++)
        {
            // One task at a time, and two.
            double one = Seconds(1, round), two = Seconds(2, round);
            ratios.Add(one / two);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{photographs} photographs: one core {one:0.0} s, two {two:0.0} s, ratio {one / two:0.00}"));
        }

        ratios.Sort();
        Assert.True(ratios[1] >= 1.8, $"{ratios[1]:0.00}");

        double Seconds(int atOnce, int round)
        {
            var watch = Stopwatch.StartNew();
            Submit(slurm, mbnet, net, $"results-{atOnce}-{round}.ndjson", "", $"--array=0-{Tasks - 1}%{atOnce}");
            Finish(slurm);
            double seconds = watch.Elapsed.TotalSeconds;
            Assert.Equal(photographs, Directory.GetFiles(mbnet.Folder, $"results-{atOnce}-{round}-*.ndjson").Sum(f => File.ReadLines(f).Count()));
            return seconds;
        }
    }

    private static void Submit(SlurmEngine slurm, Mbnet folder, string net, string results, string options, params string[] more)
    {
        var variables = new Dictionary<string, string>
        {
            ["MBNET"] = Path.Combine(s_tool, "mbnet"), ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath)!,
            ["NET"] = net, ["INPUT"] = folder["photos"], ["OUTPUT"] = folder[results], ["OPTIONS"] = options,
        };
        Assert.StartsWith("Submitted", slurm.Run(variables, ["sbatch", $"--chdir={folder.Folder}", .. more, s_script]), StringComparison.Ordinal);
    }

    private static void Finish(SlurmEngine slurm) => Assert.True(SlurmEngine.Until(() => Requeue(slurm).Length == 0, TimeSpan.FromMinutes(20)));

    /// <summary>The tasks that are not finished. Those that wait because they were requeued start at once, which spares seconds.</summary>
    private static (string Id, string State, string Reason)[] Requeue(SlurmEngine slurm)
    {
        (string Id, string State, string Reason)[] tasks = slurm.Tasks();
        foreach ((string id, _, _) in tasks.Where(t => t.Reason == "BeginTime"))
            slurm.Run(null, "scontrol", "update", $"JobId={id}", "StartTime=now");
        return tasks;
    }

    /// <summary>Kills workers, each when some worker has as many parts as chance says and a moment has passed, until so many were requeued.</summary>
    private static int KillWorkers(SlurmEngine slurm, Mbnet folder, int kills, Random random)
    {
        var killed = new HashSet<int>();
        int parts = random.Next(20);
        var look = Stopwatch.StartNew();
        while (Requeued(folder) < kills)
        {
            if (Workers(folder, killed).FirstOrDefault(w => w.Parts >= parts) is { Process: > 0 } worker)
            {
                Thread.Sleep(random.Next(30));
                int before = Requeued(folder);
                Kill(worker.Process);
                killed.Add(worker.Process);
                parts = random.Next(20);

                // One that has just ended by itself does not count.
                SlurmEngine.Until(() => Requeued(folder) > before, TimeSpan.FromSeconds(3));
            }

            if (look.ElapsedMilliseconds > 300)
            {
                look.Restart();
                if (Requeue(slurm).Length == 0)
                    break;
            }

            Thread.Sleep(2);
        }

        return Requeued(folder);
    }

    private static int Requeued(Mbnet folder) => Directory.GetFiles(folder.Folder, "mbnet-*.log").Sum(log => File.ReadAllText(log).Split("to be requeued").Length - 1);

    /// <summary>The workers of this folder's job, with the parts that their task has.</summary>
    private static IEnumerable<(int Process, int Parts)> Workers(Mbnet folder, HashSet<int> except)
    {
        foreach (string process in Directory.GetDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            int id = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
            string[] command = Read(Path.Combine(process, "cmdline")).Split('\0');
            if (except.Contains(id) || command is not [var program, "classify", ..] || !program.StartsWith(s_tool, StringComparison.Ordinal) || !command.Contains(folder["results.ndjson"]))
                continue;
            string task = Read(Path.Combine(process, "environ")).Split('\0').First(v => v.StartsWith("SLURM_ARRAY_TASK_ID=", StringComparison.Ordinal)).Split('=')[1];
            string parts = folder[$"results-{task}-of-{Tasks}.ndjson.parts"];
            yield return (id, Directory.Exists(parts) ? Directory.GetFiles(parts, "*.ndjson").Length : 0);
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Kill(int process)
    {
        try
        {
            using var worker = Process.GetProcessById(process);
            worker.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static void Photographs(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(BuildProperty.ReferenceData, "datasets", "cifar10-images.zip"));
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.FullName.EndsWith(".jpg", StringComparison.Ordinal)).Take(count))
            entry.ExtractToFile(Path.Combine(folder, entry.FullName.Replace('/', '_')));
    }
}
