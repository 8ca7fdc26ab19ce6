using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace MobileNetGen.Tests;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Output)
{
    /// <summary>Fails the test, showing what was printed, unless the program succeeded.</summary>
    public ProcessResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}:\n{Output}");
        return this;
    }

    /// <summary>Fails the test, showing what was printed, unless the program failed.</summary>
    public ProcessResult Failed()
    {
        Assert.True(ExitCode != 0, $"succeeded:\n{Output}");
        return this;
    }
}

/// <summary>Runs programs as a user's shell would.</summary>
internal static class DotNet
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly string s_servers = "mobilenetgen-" + Guid.NewGuid().ToString("N");

    /// <summary>Runs <c>dotnet</c>.</summary>
    public static ProcessResult Run(string workingDirectory, params IEnumerable<string> arguments) => Start("dotnet", workingDirectory, "en", arguments);

    /// <summary>Ends what the builds left running.</summary>
    public static void StopServers(string workingDirectory)
    {
        Run(workingDirectory, "build-server", "shutdown", "--msbuild").Succeeded();
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        string compiler = Path.Combine(root, "sdk", Run(workingDirectory, "--version").Succeeded().Output.Trim(), "Roslyn", "bincore", "VBCSCompiler.dll");
        Run(workingDirectory, "exec", compiler, "-shutdown", "-pipename:" + s_servers).Succeeded();
    }

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its path or name.</param>
    /// <param name="workingDirectory">The folder to run it in.</param>
    /// <param name="language">The language of the user, as <c>tr-TR</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessResult Start(string program, string workingDirectory, string language, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test host runs inside a build's environment; a user's shell does not.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["LANG"] = language.Replace('-', '_') + ".UTF-8";
        // Servers of these tests alone: dozens of builds load and compile MSBuild and the compiler once, and none meets those of other builds.
        start.Environment["UseSharedCompilation"] = "true";
        start.Environment["SharedCompilationId"] = s_servers;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "1";
        start.Environment["MSBUILDNODEHANDSHAKESALT"] = s_servers;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', start.ArgumentList)} did not end within {s_limit}");
        }

        return new ProcessResult(process.ExitCode, output.Result + error.Result);
    }
}
