#if REFERENCE_DATA
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MobileNetGen.Runtime.Tests.Detections;

/// <summary>Detectors' results beside the repository.</summary>
internal static class ReferenceDetections
{
    private static string Root { get; } = System.IO.Path.Combine(BuildProperty.ReferenceData, "detection");

    public static byte[] Bytes(params string[] parts) => File.ReadAllBytes(System.IO.Path.Combine([Root, .. parts]));

    public static float[] Floats(params string[] parts) => MemoryMarshal.Cast<byte, float>(Bytes(parts)).ToArray();

    /// <summary>What a file says of an image: numbers, several times.</summary>
    public static float[][] Rows(string image, params string[] parts)
        => JsonSerializer.Deserialize<Dictionary<string, float[][]>>(Bytes(parts))![image];
}
#endif
