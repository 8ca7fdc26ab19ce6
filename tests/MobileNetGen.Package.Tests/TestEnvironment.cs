using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Package.Tests;

/// <summary>Where things are, and what this machine has.</summary>
internal static class TestEnvironment
{
    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    /// <summary>What was built: <c>Debug</c> or <c>Release</c>.</summary>
    public static string Configuration => Metadata("Configuration");

    /// <summary>The folder of trained networks with reference outputs.</summary>
    public static string ReferenceData => Metadata("ReferenceData");

    /// <summary>Whether <see cref="ReferenceData"/> is there.</summary>
    public static bool HasReferenceData => Directory.Exists(Path.Combine(ReferenceData, "tflite"));

    /// <summary>Whether Native AOT can link here. On Windows it finds its linker by other means than the path.</summary>
    public static bool HasLinker => OperatingSystem.IsWindows() || OnPath("clang") || OnPath("gcc");

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Metadata(string key) =>
        typeof(TestEnvironment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

/// <summary>A test that needs the reference data, and is skipped where it is absent.</summary>
internal sealed class ReferenceDataFactAttribute : FactAttribute
{
    public ReferenceDataFactAttribute()
    {
        if (!TestEnvironment.HasReferenceData)
            Skip = "The reference data is absent; the MSBuild property ReferenceData says where it is.";
    }
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
