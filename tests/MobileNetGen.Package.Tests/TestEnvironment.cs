using System;
using System.IO;
using System.Linq;

namespace MobileNetGen.Package.Tests;

/// <summary>Where things are, and what this machine has.</summary>
internal static class TestEnvironment
{
    /// <summary>Whether Native AOT can link here. On Windows it finds its linker by other means than the path.</summary>
    public static bool HasLinker => OperatingSystem.IsWindows() || OnPath("clang") || OnPath("gcc");

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

/// <summary>A test that publishes with Native AOT, and is skipped where it cannot link.</summary>
internal sealed class NativeAotFactAttribute : FactAttribute
{
    public NativeAotFactAttribute()
    {
        if (!TestEnvironment.HasLinker)
            Skip = "Native AOT needs a linker, and neither clang nor gcc is installed.";
    }
}
