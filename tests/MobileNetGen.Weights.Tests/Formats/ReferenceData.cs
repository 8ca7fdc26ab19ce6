using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>The trained networks that other people made, which live outside the repository.</summary>
internal static class ReferenceData
{
    private static readonly string s_root = typeof(ReferenceData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ReferenceData").Value!;

    public static string? WhyAbsent { get; } = Directory.Exists(Path.Combine(s_root, "tflite")) ? null : $"The trained networks are not at {s_root}.";

    public static string TensorFlowLite(string name) => Path.Combine(s_root, "tflite", name);

    /// <summary>A small file that was read wrongly once: "torchscript-epsilon/eps_traced.pt".</summary>
    public static string Case(string name) => Path.Combine(s_root, "cases", name);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute() => Skip = ReferenceData.WhyAbsent;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    public ReferenceTheoryAttribute() => Skip = ReferenceData.WhyAbsent;
}
