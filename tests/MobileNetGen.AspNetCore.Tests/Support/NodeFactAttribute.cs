using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>A test that needs Node.js and two packages of npm, which it installs into a folder of its own; where there is neither program nor registry, it skips.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    private static readonly Lazy<(string? Folder, string? Reason)> s_packages = new(Install);

    public NodeFactAttribute() => Skip = s_packages.Value.Reason;

    /// <summary>Where the packages are.</summary>
    public static string? Folder => s_packages.Value.Folder;

    private static (string? Folder, string? Reason) Install()
    {
        // Kept for the next run, beside what the build makes.
        string folder = Path.Combine(AppContext.BaseDirectory, "npm");
        if (!TryRun("node", folder, "--version"))
            return (null, "needs Node.js");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "proto-loader")))
            return (folder, null);
        return TryRun("npm", folder, "install --no-save --no-audit --no-fund --ignore-scripts --fetch-retries=0 --fetch-timeout=20000 @grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1")
            ? (folder, null)
            : (null, "needs the npm packages @grpc/grpc-js and @grpc/proto-loader, which could not be installed");
    }

    private static bool TryRun(string program, string folder, string arguments)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(TimeSpan.FromSeconds(30)))
                return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
