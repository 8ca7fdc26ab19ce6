using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace MobileNetGen.Arm64.Tests;

/// <summary>A runtime for linux-arm64, published once, that runs this assembly as it is, and QEMU's user mode, in which the instructions of an Arm64 processor are really executed.</summary>
public sealed class Emulator : IDisposable
{
    /// <summary>Where Debian and Ubuntu put the libraries of the Arm64 cross compiler.</summary>
    private const string Libraries = "/usr/aarch64-linux-gnu";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "MobileNetGen.Arm64.Tests", Guid.NewGuid().ToString("N"));

    public Emulator()
    {
        if (WhatIsMissing is not null)
            return;

        HostProgram.Publish(Path.Combine(_folder, "artifacts"), Application);
    }

    /// <summary>What this machine lacks to emulate Arm64, or null: the reason to skip.</summary>
    public static string? WhatIsMissing { get; } =
        !OperatingSystem.IsLinux() ? "QEMU's user mode emulates Linux on Linux only."
        : RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "Nothing to emulate: on this machine the other test projects run on Arm64."
        : Program is null ? "qemu-aarch64-static is not installed (package qemu-user-static)."
        : !new[] { "ld-linux-aarch64.so.1", "libstdc++.so.6", "libgcc_s.so.1" }.All(file => File.Exists(Path.Combine(Libraries, "lib", file)))
            ? "The Arm64 libraries are not installed (packages libc6-arm64-cross, libstdc++6-arm64-cross, libgcc-s1-arm64-cross)."
        : null;

    /// <summary>What is missing beside that to count instructions, or null.</summary>
    public static string? WhatIsMissingToCount { get; } =
        WhatIsMissing is not null ? WhatIsMissing
        : FindProgram("qemu-aarch64") is null ? "qemu-aarch64 is not installed (package qemu-user), and the static one takes no plugins."
        : FindProgram("cc") is null ? "There is no C compiler for QEMU's plugin."
        : !HasPlugins() ? "This QEMU takes no plugins of version 1: those of 4.2 to 8.2 do."
        : null;

    private string Application => Path.Combine(_folder, "application");

    private static string? Program => FindProgram("qemu-aarch64-static", "qemu-aarch64");

    /// <summary>Runs <see cref="Tests.Program"/> on Arm64, and returns the lines that it printed. It fails the test where that process failed.</summary>
    /// <param name="useDp">False for a processor without the dot product instructions, as those before Armv8.2 are.</param>
    /// <param name="command">Its arguments.</param>
    public async Task<string[]> Run(bool useDp, params string[] command)
    {
        ProcessStartInfo start = Start(Program!, [], useDp, command);
        (string output, _) = await HostProgram.RunToEnd(start);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Instructions that a process has executed whenever it marks that, and at its end.</summary>
    /// <param name="useDp">False for a processor without the dot product instructions.</param>
    /// <param name="command">Arguments of <see cref="Tests.Program"/>.</param>
    public async Task<long[]> Count(bool useDp, params string[] command)
    {
        string plugin = Path.Combine(_folder, "count.so");
        if (!File.Exists(plugin))
            await HostProgram.RunToEnd(new ProcessStartInfo("cc", ["-O2", "-shared", "-fPIC", "-o", plugin, HostProgram.Metadata("Plugin")]));
        ProcessStartInfo start = Start(FindProgram("qemu-aarch64")!, ["-plugin", plugin], useDp, command);
        // Methods are compiled once, fully, and no thread of the runtime works beside the calls.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        (_, string errors) = await HostProgram.RunToEnd(start);
        return [.. errors.Split("instructions ")[1..].Select(count => long.Parse(count.Trim(), CultureInfo.InvariantCulture))];
    }

    private ProcessStartInfo Start(string program, string[] options, bool useDp, params string[] command)
    {
        var start = new ProcessStartInfo(program, [.. options, "-L", Libraries, Path.Combine(Application, "Host"), typeof(Program).Assembly.Location, .. command]);
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        // Compiled code would be written through a second mapping of its pages, and QEMU before 8.1 misses the change: it runs what was there before.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        if (!useDp)
            start.Environment["DOTNET_EnableArm64Dp"] = "0";
        return start;
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static string? FindProgram(params string[] names) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Whether this QEMU has the plugin interface that count.c declares: "qemu-aarch64 version 7.2.22 (Debian …".</summary>
    private static bool HasPlugins()
    {
        using Process process = Process.Start(new ProcessStartInfo(FindProgram("qemu-aarch64")!, ["--version"]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split(' ') is [_, "version", var version, ..] && int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out int major) && major is >= 5 and <= 8;
    }
}
