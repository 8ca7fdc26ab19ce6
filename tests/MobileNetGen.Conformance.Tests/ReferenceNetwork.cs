#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace MobileNetGen.Conformance;

/// <summary>Runs a quantised network on raw bytes, whichever their sign.</summary>
public delegate void RawRun(ReadOnlySpan<byte> input, Span<byte> output);

/// <summary>A trained network with outputs that nobody here computed.</summary>
/// <param name="Name">The generated class.</param>
/// <param name="Golden">Its folder of reference outputs.</param>
/// <param name="Side">Side of its input.</param>
/// <param name="InputLength">Bytes of its input.</param>
/// <param name="OutputLength">Bytes of its output.</param>
/// <param name="Run">Its <c>RunRaw</c>.</param>
public sealed record ReferenceNetwork(string Name, string Golden, int Side, int InputLength, int OutputLength, RawRun Run)
{
    /// <summary>Every quantised network of the reference data but the detector.</summary>
    public static IReadOnlyList<ReferenceNetwork> All { get; } =
    [
        new(nameof(MobileNetV1_0_25_128), "coral_mobilenet_v1_0.25_128_quant", 128, 128 * 128 * 3, MobileNetV1_0_25_128.OutputLength, MobileNetV1_0_25_128.RunRaw),
        new(nameof(MobileNetV1_0_25_224), "mobilenet_v1_0_25_224_quant", 224, 224 * 224 * 3, MobileNetV1_0_25_224.OutputLength, MobileNetV1_0_25_224.RunRaw),
        new(nameof(MobileNetV1_0_5_160), "coral_mobilenet_v1_0.5_160_quant", 160, 160 * 160 * 3, MobileNetV1_0_5_160.OutputLength, MobileNetV1_0_5_160.RunRaw),
        new(nameof(MobileNetV1_1_0_224), "chained_mobilenet_v1_1.0_224_quant", 224, 224 * 224 * 3, MobileNetV1_1_0_224.OutputLength, MobileNetV1_1_0_224.RunRaw),
        new(nameof(MobileNetV2_0_5_160), "mobilenet_v2_0_5_160_quant", 160, 160 * 160 * 3, MobileNetV2_0_5_160.OutputLength, MobileNetV2_0_5_160.RunRaw),
        new(nameof(MobileNetV2_1_0_224), "coral_mobilenet_v2_1.0_224_quant", 224, 224 * 224 * 3, MobileNetV2_1_0_224.OutputLength, MobileNetV2_1_0_224.RunRaw),
        new(nameof(InatBirds), "coral_mobilenet_v2_1.0_224_inat_bird_quant", 224, 224 * 224 * 3, InatBirds.OutputLength, InatBirds.RunRaw),
        new(nameof(PostTrainingQuantized), "coral_tf2_mobilenet_v2_1.0_224_ptq", 224, 224 * 224 * 3, PostTrainingQuantized.OutputLength, PostTrainingQuantized.RunRaw),
        new(nameof(VisualWakeWords), "mlcommons_vww_96_int8", 96, 96 * 96 * 3, VisualWakeWords.OutputLength, Signed(VisualWakeWords.RunRaw)),
        new(nameof(PersonDetection), "tflm_person_detect", 96, 96 * 96, PersonDetection.OutputLength, Signed(PersonDetection.RunRaw)),
    ];

    /// <summary>The images for which there is a reference output.</summary>
    public IEnumerable<string> Images => ReferenceData.Outputs(Golden);

    /// <summary>Finds a network by its class.</summary>
    public static ReferenceNetwork Find(string name) => All.Single(n => n.Name == name);

    /// <summary>The raw input for an image.</summary>
    public byte[] Input(string image) => ReferenceData.Input(Golden, image, Side);

    private delegate void SignedRun(ReadOnlySpan<sbyte> input, Span<sbyte> output);

    private static RawRun Signed(SignedRun run) =>
        (input, output) => run(MemoryMarshal.Cast<byte, sbyte>(input), MemoryMarshal.Cast<byte, sbyte>(output));
}
#endif
