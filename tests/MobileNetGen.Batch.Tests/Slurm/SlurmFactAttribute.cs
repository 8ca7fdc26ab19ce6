using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace MobileNetGen.Batch.Tests.Slurm;

/// <summary>A test that starts a Slurm of its own, on other people's photographs. Where it cannot be started the test skips, saying so.</summary>
[AttributeUsage(AttributeTargets.Method)]
[Conditional("REFERENCE_DATA")]
internal sealed class SlurmFactAttribute : FactAttribute
{
    /// <summary>Set to measure: how many photographs.</summary>
    public const string MeasuredPhotographs = "MOBILENETGEN_SLURM_PHOTOGRAPHS";

    private static readonly string[] s_programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];

    /// <summary>A test, or a measurement.</summary>
    public SlurmFactAttribute(bool isMeasurement = false) => Skip = isMeasurement && Environment.GetEnvironmentVariable(MeasuredPhotographs) is null
        ? $"It measures, and takes minutes: set {MeasuredPhotographs} to the number of photographs."
        : WhatIsMissing;

    private static string? WhatIsMissing
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return "Slurm is for Linux.";
            string[] missing = [.. s_programs.Where(p => !new[] { "/usr/bin", "/usr/sbin" }.Any(folder => File.Exists(Path.Combine(folder, p))))];
            if (missing.Length > 0)
                return $"Slurm is not installed (apt-get install slurm-wlm munge); missing: {string.Join(", ", missing)}.";
            return Environment.UserName == "root" ? null : "Slurm's daemons start tasks for others, so they need root.";
        }
    }
}
