using System.IO;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>The trained networks that other people made, which live outside the repository.</summary>
internal static class ReferenceData
{
    public static string TensorFlowLite(string name) => Path.Combine(BuildProperty.ReferenceData, "tflite", name);

    /// <summary>A detector's file, or what it gave: "ultraface_slim/version-slim-320.pth".</summary>
    public static string Detection(string name) => Path.Combine(BuildProperty.ReferenceData, "detection", name);

    /// <summary>A file of float32 weights: "face-api_ssd_mobilenetv1/model.json".</summary>
    public static string Float(string name) => Path.Combine(BuildProperty.ReferenceData, "float", name);

    /// <summary>A small file that was read wrongly once: "torchscript-epsilon/eps_traced.pt".</summary>
    public static string Case(string name) => Path.Combine(BuildProperty.ReferenceData, "cases", name);
}
