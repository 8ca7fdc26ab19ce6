using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>Detectors that other people trained give, through the references, what their own engines gave.</summary>
public class DetectorMatchingTests
{
    private const string Starter = """
        network      SSDMobileNetV1
        alpha        0.75
        quantization uint8
        weights      "tflite/ssd_mobilenet_v1_coco_quant_300.tflite"
        """;

    private const string Lite = """
        network SSDLiteMobileNetV2
        weights "detection/coco_ssdlite_mobilenet_v2_tfjs/model.json"
        """;

    [ReferenceFact]
    public void Every_byte_of_both_heads_of_the_starter_file_is_that_of_TensorFlow_Lite()
    {
        TrainedNetwork trained = Load(Starter);
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection("golden/inputs/grace_hopper_300.rgb"));
        var results = QuantizedReference.Run(trained, [.. pixels.Select(b => (int)b)]);

        (byte[] encodings, byte[] scores) = DetectorOutputs.Joined(trained, results);

        string golden = ReferenceData.Detection("golden/ssd_mobilenet_v1_coco_quant_300/grace_hopper.");
        Assert.Equal(File.ReadAllBytes(golden + "encodings_u8_1917x4.bin"), encodings);
        Assert.Equal(File.ReadAllBytes(golden + "scores_u8_1917x91.bin"), scores);
        Assert.Empty(trained.Notes);
    }

    [ReferenceFact]
    public void The_browsers_SSDLite_gives_what_TensorFlow_js_gave() =>
        AssertFloats(Load(Lite), "golden/inputs/cat_300.rgb", "golden/tfjs_coco_ssdlite_mobilenet_v2/cat.encodings_f32_1917x4.bin", "golden/tfjs_coco_ssdlite_mobilenet_v2/cat.logits_f32_1917x91.bin");

    private static TrainedNetwork Load(string text) => TrainedNetworkLoader.Load(NetworkText.Network(text), ReferenceData.Folder);

    private static void AssertFloats(TrainedNetwork trained, string image, string encodings, string logits)
    {
        Network network = trained.Network;
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection(image));
        float[] input = DetectorOutputs.Input(network, pixels);
        (float[] boxes, float[] scores) = DetectorOutputs.Joined(trained, FloatReference.Run(trained, input));
        AssertNear(encodings, boxes);
        AssertNear(logits, scores);
    }

    private static void AssertNear(string golden, float[] actual)
    {
        float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(ReferenceData.Detection(golden))).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs), worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(worst <= 1e-4 * largest, $"{golden}: {worst} is more than 1e-4 of {largest}");
    }
}
