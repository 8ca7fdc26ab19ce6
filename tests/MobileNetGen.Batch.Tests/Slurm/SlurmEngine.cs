using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace MobileNetGen.Batch.Tests.Slurm;

/// <summary>A Slurm of one node with two processors, on ports and with a key of its own, in a folder of its own, and gone with this object.</summary>
internal sealed class SlurmEngine : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slurm").FullName;
    private readonly List<Process> _daemons = [];

    /// <summary>Starts it, and waits until the node is ready.</summary>
    public SlurmEngine()
    {
        try
        {
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs one of its commands.</summary>
    /// <param name="variables">What it, and a job that it submits, finds in its environment.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>What it printed.</returns>
    public string Run(IReadOnlyDictionary<string, string>? variables, params string[] command)
    {
        ProcessStartInfo start = Prepare(command);
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>The tasks that are not finished, with their states.</summary>
    public (string Id, string State, string Reason)[] Tasks() =>
        [.. Run(null, "squeue", "-h", "-r", "-o", "%i %T %r").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).Select(w => (w[0], w[1], w[2]))];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_daemons.Count == 3)
        {
            Run(null, "scancel", "--user=root", "--signal=KILL", "--full");
            Run(null, "scancel", "--user=root");
            Until(() => Tasks().Length == 0, TimeSpan.FromSeconds(10));
        }

        foreach (Process daemon in Enumerable.Reverse(_daemons))
        {
            daemon.Kill();
            daemon.WaitForExit();
            daemon.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Waits until something is so.</summary>
    public static bool Until(Func<bool> isSo, TimeSpan patience)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < patience; Thread.Sleep(100))
        {
            if (isSo())
                return true;
        }

        return false;
    }

    private void Start()
    {
        string key = Path.Combine(_folder, "key"), socket = Path.Combine(_folder, "munge.socket"), host = Run(null, "hostname", "-s").Trim();
        byte[] random = new byte[1024];
        Random.Shared.NextBytes(random);
        File.WriteAllBytes(key, random);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead);
        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        Directory.CreateDirectory(Path.Combine(_folder, "spool"));
        File.WriteAllText(
            Path.Combine(_folder, "slurm.conf"),
            $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            AuthType=auth/munge
            CredType=cred/munge
            # What was requeued waits so many seconds; fewer are not allowed.
            AuthInfo=socket={socket},cred_expire=5
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd.pid
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerType=sched/backfill
            SchedulerParameters=sched_interval=1,batch_sched_delay=1,bf_interval=1
            AccountingStorageType=accounting_storage/none
            JobAcctGatherType=jobacct_gather/none
            JobCompType=jobcomp/none
            MpiDefault=none
            MailProg=/bin/true
            ReturnToService=2
            JobRequeue=1
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
            """);
        Daemon("munged", "--force", "--foreground", $"--key-file={key}", $"--socket={socket}", $"--pid-file={_folder}/munged.pid", $"--log-file={_folder}/munged.log", $"--seed-file={_folder}/munged.seed");
        Assert.True(Until(() => File.Exists(socket), TimeSpan.FromSeconds(10)), "munged did not start.");
        Daemon("slurmctld", "-D", "-c", "-L", Path.Combine(_folder, "slurmctld.log"));
        Daemon("slurmd", "-D", "-c", "-L", Path.Combine(_folder, "slurmd.log"));
        Assert.True(Until(() => Run(null, "sinfo", "-h", "-o", "%T").Trim() == "idle", TimeSpan.FromSeconds(20)), "Slurm did not start.");
    }

    private void Daemon(params string[] command)
    {
        Process daemon = Process.Start(Prepare(command))!;
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        _daemons.Add(daemon);
    }

    private ProcessStartInfo Prepare(string[] command) => new(command[0], command[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = command[0].EndsWith('d'),
        WorkingDirectory = _folder,
        Environment = { ["SLURM_CONF"] = Path.Combine(_folder, "slurm.conf"), ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin" },
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
