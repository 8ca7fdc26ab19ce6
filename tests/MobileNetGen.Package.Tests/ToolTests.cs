using System;
using System.IO;
using System.Text.Json;

namespace MobileNetGen.Package.Tests;

/// <summary>The program <c>mbnet</c>, installed from its package as a user would.</summary>
[Collection(nameof(PackageCollection))]
public sealed class ToolTests(PackagesFixture packages)
{
    [Fact]
    public void The_tool_installs_and_its_commands_run()
    {
        string folder = Path.Combine(packages.Root, "tool");
        Directory.CreateDirectory(folder);
        DotNet.Run(
            folder, "tool", "install", "MobileNetGen.Tool", "--tool-path", "installed", "--version", PackagesFixture.Version,
            "--configfile", Path.Combine(packages.Root, "nuget.config")).Succeeded();
        File.WriteAllText(Path.Combine(folder, "tiny.mbnet"), Networks.Tiny);

        string info = Run(0, "info", "tiny.mbnet", "--json");
        JsonElement network = JsonDocument.Parse(info).RootElement[0];
        Assert.Equal("Tiny", network.GetProperty("className").GetString());

        Run(0, "export", "tiny.mbnet", "-o", "tiny.onnx");
        Assert.NotEqual(0, new FileInfo(Path.Combine(folder, "tiny.onnx")).Length);
        Run(0, "pack", "tiny.mbnet", "--output", "packed");
        Assert.True(File.Exists(Path.Combine(folder, "packed", "Tiny.mbplan")));

        // In a project without the package: one file, and unsafe blocks.
        Consumer app = new Consumer(packages, "emitted").WriteProject("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", usesPackage: false);
        Run(0, "emit", "tiny.mbnet", "-o", app.PathOf("Tiny.cs"), "--namespace", "App");
        app.Write("Program.cs", Networks.PrintTiny).BuildCleanly();

        // The same with the package, beside the network and the program that a new project has: a photograph to its class, out of the box.
        Consumer usual = new(packages, "generated");
        Run(0, "new", usual.Folder, "--package-version", PackagesFixture.Version);
        usual.Write("Tiny.mbnet", Networks.Tiny).Write("PrintTiny.cs", Networks.PrintTiny.Replace(
            "using App;\n", "namespace App;\ninternal static class PrintTiny\n{\n    [System.Runtime.CompilerServices.ModuleInitializer]\n    internal static void Print()\n    {\n", StringComparison.Ordinal) + "    }\n}\n");
        usual.BuildCleanly();
        string[] printed = usual.Run().Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(app.Run().Split('\n', StringSplitOptions.TrimEntries)[0], printed[0]);
        Assert.Equal("cat.jpg", printed[2]);
        Assert.Matches("^cat \\(9[0-9].[0-9]%\\)$", printed[3]);

        Assert.Contains("error MBN2010", Run(1, "info", "absent.mbnet"), StringComparison.Ordinal);
        Assert.Contains("Try: mbnet info --help", Run(2, "info"), StringComparison.Ordinal);

        string Run(int exitCode, params string[] arguments)
        {
            string program = Path.Combine(folder, "installed", OperatingSystem.IsWindows() ? "mbnet.exe" : "mbnet");
            ProcessResult result = DotNet.Start(program, folder, "en", arguments);
            Assert.True(result.ExitCode == exitCode, $"mbnet {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Output}");
            Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
            return result.Output;
        }
    }
}
