using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>Threads that stay on one core, where the operating system lets us ask for that.</summary>
internal static partial class Processor
{
    /// <summary>The cores that this process may use, by number; the last is the one least likely to serve interrupts.</summary>
    public static IReadOnlyList<int> Cores { get; } = AllowedCores();

    /// <summary>Whether <see cref="Pin"/> does anything here.</summary>
    public static bool CanPin => OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    /// <summary>Keeps the calling thread on a core.</summary>
    public static void Pin(int core)
    {
        nuint mask = (nuint)1 << core;
        if (OperatingSystem.IsLinux())
            _ = SetAffinityLinux(0, (nuint)nuint.Size, mask);
        else if (OperatingSystem.IsWindows())
            _ = SetAffinityWindows(CurrentThread(), mask);
    }

    /// <summary>Runs an action on a new thread that stays on the last core, so that the other threads of this process keep away from it if they can.</summary>
    public static void RunPinned(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            Pin(Cores[^1]);
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static List<int> AllowedCores()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
            return [.. Enumerable.Range(0, Environment.ProcessorCount)];
        using Process process = Process.GetCurrentProcess();
        var mask = (nuint)process.ProcessorAffinity;
        return [.. Enumerable.Range(0, nuint.Size * 8).Where(core => (mask >> core & 1) != 0)];
    }

    // With 0, the calling thread.
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinityLinux(int thread, nuint maskBytes, in nuint mask);

    [LibraryImport("kernel32", EntryPoint = "GetCurrentThread")]
    private static partial nint CurrentThread();

    [LibraryImport("kernel32", EntryPoint = "SetThreadAffinityMask")]
    private static partial nuint SetAffinityWindows(nint thread, nuint mask);
}
