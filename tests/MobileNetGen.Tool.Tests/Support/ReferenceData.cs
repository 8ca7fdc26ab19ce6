using System.IO;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>The trained networks that other people made, which live outside the repository, and the texts that describe them.</summary>
internal static class ReferenceData
{
    /// <summary>A file of a TensorFlow Lite network.</summary>
    public static string TensorFlowLite(string name) => Path.Combine(BuildProperty.ReferenceData, "tflite", name + ".tflite");

    /// <summary>A description that the conformance tests have of such a network.</summary>
    public static string Description(string name) => Path.Combine(BuildProperty.RepositoryRoot, "tests", "MobileNetGen.Conformance.Tests", "Reference", name + ".mbnet");
}
