using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace MobileNetGen.Arm64.Tests;

/// <summary>A runtime of another processor or version, published by itself, that runs this assembly as it is.</summary>
internal static class HostProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    /// <summary>Publishes it.</summary>
    /// <param name="artifacts">A folder for what is made on the way.</param>
    /// <param name="output">The folder of the program, <c>Host</c>.</param>
    /// <param name="options">Further options of <c>dotnet publish</c>.</param>
    public static void Publish(string artifacts, string output, params string[] options)
    {
        var publish = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["publish", Metadata("Host"), "-c", "Release", "--artifacts-path", artifacts, "-o", output, .. options]);
        // The test host runs inside a build's environment; this is a build of its own.
        foreach (string name in publish.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            publish.Environment.Remove(name);
        publish.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        RunToEnd(publish).GetAwaiter().GetResult();
    }

    /// <summary>What the project says of where things lie.</summary>
    public static string Metadata(string key) => typeof(HostProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>Runs a program, and returns what it printed. It fails the test where the program failed.</summary>
    public static async Task<(string Output, string Errors)> RunToEnd(ProcessStartInfo start)
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
        return (await output, await errors);
    }
}
