using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace MobileNetGen.Arm64.Tests;

/// <summary>A runtime for linux-arm64, published once, that runs this assembly as it is, and QEMU's user mode, in which the instructions of an Arm64 processor are really executed.</summary>
public sealed class Emulator : IDisposable
{
    /// <summary>Where Debian and Ubuntu put the libraries of the Arm64 cross compiler.</summary>
    private const string Libraries = "/usr/aarch64-linux-gnu";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "MobileNetGen.Arm64.Tests", Guid.NewGuid().ToString("N"));

    public Emulator()
    {
        if (WhatIsMissing is not null)
            return;

        string project = typeof(Emulator).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Host").Value!;
        var publish = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["publish", project, "-c", "Release", "--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", Application]);
        // The test host runs inside a build's environment; this is a build of its own.
        foreach (string name in publish.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            publish.Environment.Remove(name);
        publish.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        RunToEnd(publish).GetAwaiter().GetResult();
    }

    /// <summary>What this machine lacks to emulate Arm64, or null: the reason to skip.</summary>
    public static string? WhatIsMissing { get; } =
        !OperatingSystem.IsLinux() ? "QEMU's user mode emulates Linux on Linux only."
        : RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "Nothing to emulate: on this machine the other test projects run on Arm64."
        : Program is null ? "qemu-aarch64-static is not installed (package qemu-user-static)."
        : !new[] { "ld-linux-aarch64.so.1", "libstdc++.so.6", "libgcc_s.so.1" }.All(file => File.Exists(Path.Combine(Libraries, "lib", file)))
            ? "The Arm64 libraries are not installed (packages libc6-arm64-cross, libstdc++6-arm64-cross, libgcc-s1-arm64-cross)."
        : null;

    private string Application => Path.Combine(_folder, "application");

    private static string? Program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { Path.Combine(folder, "qemu-aarch64-static"), Path.Combine(folder, "qemu-aarch64") })
            .FirstOrDefault(File.Exists);

    /// <summary>Runs <see cref="Tests.Program"/> on Arm64, and returns the lines that it printed. It fails the test where that process failed.</summary>
    /// <param name="command">Its argument.</param>
    /// <param name="useDp">False for a processor without the dot product instructions, as those before Armv8.2 are.</param>
    public async Task<string[]> Run(string command, bool useDp)
    {
        var start = new ProcessStartInfo(Program!, ["-L", Libraries, Path.Combine(Application, "Host"), typeof(Program).Assembly.Location, command]);
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        // Compiled code would be written through a second mapping of its pages, and QEMU before 8.1 misses the change: it runs what was there before.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        if (!useDp)
            start.Environment["DOTNET_EnableArm64Dp"] = "0";
        string output = await RunToEnd(start);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> RunToEnd(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within {s_limit}:\n{await output}{await errors}");
        }

        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}:\n{await output}{await errors}");
        return await output;
    }
}
