using System.Linq;
using System.Reflection;

namespace MobileNetGen.Tests;

/// <summary>What the build knew when it compiled these tests.</summary>
internal static class BuildProperty
{
    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = Read(nameof(RepositoryRoot));

    /// <summary>The folder of other people's networks and data, whether it is there or not.</summary>
    public static string ReferenceData { get; } = Read(nameof(ReferenceData));

    /// <summary>What was built: <c>Debug</c> or <c>Release</c>.</summary>
    public static string Configuration { get; } = Read(nameof(Configuration));

    private static string Read(string name) => typeof(BuildProperty).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;
}
