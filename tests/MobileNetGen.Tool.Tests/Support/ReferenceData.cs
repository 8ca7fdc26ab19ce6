using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>The trained networks that other people made, which live outside the repository, and the texts that describe them.</summary>
internal static class ReferenceData
{
    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>The folder of the networks.</summary>
    public static string Root { get; } = Metadata("ReferenceData");

    /// <summary>Why tests skip, or null.</summary>
    public static string? WhyAbsent { get; } = Directory.Exists(Path.Combine(Root, "tflite")) ? null : $"The trained networks are not at {Root}.";

    /// <summary>A file of a TensorFlow Lite network.</summary>
    public static string TensorFlowLite(string name) => Path.Combine(Root, "tflite", name + ".tflite");

    /// <summary>A description that the conformance tests have of such a network.</summary>
    public static string Description(string name) => Path.Combine(RepositoryRoot, "tests", "MobileNetGen.Conformance.Tests", "Reference", name + ".mbnet");

    private static string Metadata(string key) => typeof(ReferenceData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

/// <summary>A test that needs the reference data, and is skipped where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute() => Skip = ReferenceData.WhyAbsent;
}

/// <summary>The same of several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    public ReferenceTheoryAttribute() => Skip = ReferenceData.WhyAbsent;
}
