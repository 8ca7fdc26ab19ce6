#if REFERENCE_DATA
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace MobileNetGen.Conformance;

/// <summary>The third-party networks, inputs and outputs beside the repository.</summary>
public static class ReferenceData
{
    private const string OutputSuffix = ".out.bin";

    /// <summary>A file's path.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([BuildProperty.ReferenceData, .. parts]);

    /// <summary>The images for which a network has a reference output.</summary>
    public static IEnumerable<string> Outputs(string golden) =>
        Directory.GetFiles(Path("golden", golden), "*" + OutputSuffix)
            .Select(f => System.IO.Path.GetFileName(f)[..^OutputSuffix.Length])
            .Order(System.StringComparer.Ordinal);

    /// <summary>The raw input of a network: its own file where there is one, else the picture's bytes.</summary>
    public static byte[] Input(string golden, string image, int side)
    {
        string own = Path("golden", golden, image + ".in.bin");
        return File.Exists(own) ? File.ReadAllBytes(own) : Pixels(image, side);
    }

    /// <summary>A picture's bytes, side·side·3.</summary>
    public static byte[] Pixels(string image, int side) =>
        File.ReadAllBytes(Path("golden", "inputs", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{image}_{side}.rgb")));

    /// <summary>A network's reference output.</summary>
    public static byte[] Output(string golden, string image) => File.ReadAllBytes(Path("golden", golden, image + OutputSuffix));

    /// <summary>A float network's reference output.</summary>
    public static float[] FloatOutput(string golden, string image) => MemoryMarshal.Cast<byte, float>(Output(golden, image)).ToArray();
}
#endif
