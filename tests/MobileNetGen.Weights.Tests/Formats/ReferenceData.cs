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

    /// <summary>The folder that all of it is in.</summary>
    public static string Folder => s_root;

    public static string TensorFlowLite(string name) => Path.Combine(s_root, "tflite", name);

    /// <summary>A detector's file, or what it gave: "ultraface_slim/version-slim-320.pth".</summary>
    public static string Detection(string name) => Path.Combine(s_root, "detection", name);

    /// <summary>A file of float32 weights: "face-api_ssd_mobilenetv1/model.json".</summary>
    public static string Float(string name) => Path.Combine(s_root, "float", name);

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
