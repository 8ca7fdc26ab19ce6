#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Runtime;

namespace MobileNetGen.Conformance.Detection;

/// <summary>Trained detectors of every origin: what their predictors give, and the boxes, against what their own engines gave.</summary>
public sealed class DetectorConformanceTests
{
    private const string StarterHeads = "ssd_mobilenet_v1_coco_quant_300";

    private delegate void RunRaw<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> encodings, Span<TOut> scores);

    public static TheoryData<string> StarterImages => Images(StarterHeads, ".encodings_u8_1917x4.bin");

    public static TheoryData<string> RegularImages => Images("ssd_mobilenet_v1_coco_quant_300_regular_nms", ".boxes.bin");

    [Theory]
    [MemberData(nameof(StarterImages))]
    public void Every_byte_of_both_heads_is_that_of_TensorFlow_Lite(string image)
    {
        (byte[] encodings, byte[] scores) = Run<byte, byte>(StarterDetector.RunRaw, Pixels(image + "_300"), StarterDetector.AnchorCount, 91);
        Assert.Equal(Bytes(StarterHeads, image, ".encodings_u8_1917x4.bin"), encodings);
        Assert.Equal(Bytes(StarterHeads, image, ".scores_u8_1917x91.bin"), scores);
    }

    [Theory]
    [MemberData(nameof(StarterImages))]
    public void Every_bit_of_boxes_classes_and_scores_is_that_of_TensorFlow_Lite(string image) =>
        AssertBits(StarterHeads, image, Run<byte, byte>(StarterDetector.RunRaw, Pixels(image + "_300"), StarterDetector.AnchorCount, 91), StarterDetector.Rules with { Most = 10, IsClipped = false }, 1e-8f);

    [Theory]
    [MemberData(nameof(RegularImages))]
    public void Class_by_class_too(string image) => AssertBits(
        "ssd_mobilenet_v1_coco_quant_300_regular_nms", image, Run<byte, byte>(StarterRegular.RunRaw, Pixels(image + "_300"), StarterRegular.AnchorCount, 91),
        StarterRegular.Rules with { Most = 10, IsClipped = false }, 0);

    [Theory]
    [MemberData(nameof(StarterImages))]
    public void Detect_gives_those_boxes_clipped_and_with_their_labels(string image)
    {
        float[] boxes = Floats(StarterHeads, image, ".boxes.bin"), classes = Floats(StarterHeads, image, ".classes.bin"), scores = Floats(StarterHeads, image, ".scores.bin");
        var found = new Runtime.Detection[10];
        Assert.Equal(10, StarterDetector.Detect(Pixels(image + "_300"), found, 0.01f));
        for (int i = 0; i < found.Length; i++)
        {
            Runtime.Detection detection = found[i];
            Assert.Equal((classes[i], scores[i]), (detection.Class, detection.Score));
            Assert.Equal(
                boxes[(4 * i)..(4 * i + 4)].Select(v => Math.Clamp(v, 0, 1)),
                [detection.Top, detection.Left, detection.Bottom, detection.Right]);
            Assert.Equal(StarterDetector.Labels[detection.Class], detection.Label);
        }
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("bird")]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void SSDLite_gives_what_TensorFlow_js_gave(string image)
    {
        const string golden = "tfjs_coco_ssdlite_mobilenet_v2";
        (float[] encodings, float[] logits) = Run<float, float>(SsdLite.RunRaw, Normalized(image + "_300", 127.5f, 127.5f), SsdLite.AnchorCount, 91);
        AssertNear(Floats(golden, image, ".encodings_f32_1917x4.bin"), encodings);
        AssertNear(Floats(golden, image, ".logits_f32_1917x91.bin"), logits);

        // All boxes, with the best score of each: those that its own engine decoded.
        float[] boxes = Floats(golden, image, ".boxes_yxyx_f32_1917x4.bin"), scores = Floats(golden, image, ".scores_f32_1917x90.bin");
        var all = new Runtime.Detection[SsdLite.AnchorCount];
        int count = PostProcessing.Detect(encodings, logits, SsdLite.Anchors, SsdLite.Rules with { Overlap = 1, IsClipped = false }, 0.3f, all);
        Assert.InRange(count, 1, all.Length);
        foreach (Runtime.Detection detection in all[..count])
        {
            Assert.Contains(Enumerable.Range(0, SsdLite.AnchorCount), i => Math.Abs(scores[(i * 90) + detection.Class] - detection.Score) <= 1e-5
                && Overlap(boxes[(4 * i)..(4 * i + 4)], detection) > 0.999);
        }
    }

    [Theory]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void The_face_detector_of_face_api_gives_what_TensorFlow_js_gave(string image)
    {
        const string golden = "face-api_ssd_mobilenetv1";
        (float[] encodings, float[] logits) = Run<float, float>(FaceApi.RunRaw, Normalized(image + "_letterbox512", 127.5f, 127.5f), FaceApi.AnchorCount, 3);
        AssertNear(Floats(golden, image, ".encodings_f32_5118x4.bin"), encodings, 1.5e-4f);
        AssertNear(Floats(golden, image, ".logits_f32_5118x3.bin"), logits, 1.5e-4f);
    }

    [Theory]
    [InlineData("bird")]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void UltraFace_gives_what_ONNX_Runtime_gave(string image)
    {
        const string golden = "ultraface_slim-320_without_postprocessing";
        (float[] encodings, float[] logits) = Run<float, float>(UltraFace.RunRaw, Normalized(image + "_240x320", 127, 128), UltraFace.AnchorCount, 2);
        AssertNear(Floats(golden, image, ".boxes_f32_4420x4.bin"), encodings);
        AssertNear(Floats(golden, image, ".scores_f32_4420x2.bin"), Softmax(logits, 2));
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("pets")]
    public void Caffes_layout_gives_what_OpenCV_gave(string image)
    {
        string golden = ReferenceData.Path("detection", "caffe_mobilenet_ssd_025_random", image);
        string input = ReferenceData.Path("detection", "golden", "inputs", image + "_300.rgb");
        if (!File.Exists(input))
            return;
        byte[] rgb = File.ReadAllBytes(input), bgr = [.. rgb.Chunk(3).SelectMany(p => p.Reverse())];
        float[] normalized = [.. bgr.Select(p => (p - 127.5f) / 127.5022f)];
        (float[] encodings, float[] logits) = Run<float, float>(CaffeDetector.RunRaw, normalized, CaffeDetector.AnchorCount, 21);
        AssertNear(Floats(golden + ".mbox_loc_f32.bin"), encodings);
        AssertNear(Floats(golden + ".mbox_conf_softmax_f32.bin"), Softmax(logits, 21));
    }

    [Fact]
    public void The_layout_of_pytorch_ssd_gives_what_PyTorch_gave()
    {
        string golden = ReferenceData.Path("detection", "pytorch_mb2_ssd_lite_050_random", "grace_hopper");
        (float[] encodings, float[] logits) = Run<float, float>(PyTorchDetector.RunRaw, Normalized("grace_hopper_300", 127, 128), PyTorchDetector.AnchorCount, 4);
        AssertNear(Floats(golden + ".locations_f32_3000x4.bin"), encodings);
        AssertNear(Floats(golden + ".logits_f32_3000x4.bin"), logits);
    }

    [Fact]
    public void Detect_allocates_nothing()
    {
        var found = new Runtime.Detection[100];
        byte[] pixels = Pixels("cat_300");
        Assert.Equal(0, Allocations.Of(() => StarterDetector.Detect(pixels, found, 0.01f)));
        Assert.Equal(0, Allocations.Of(() => SsdLite.Detect(pixels, found, 0.01f)));
        Assert.Equal(0, Allocations.Of(() => StarterRegular.Detect(pixels, found, 0.01f)));
    }

    private static void AssertBits(string golden, string image, (byte[] Encodings, byte[] Scores) heads, DetectionRules rules, float threshold)
    {
        // What the bytes mean is in the class's documentation: boxes 0.07902788 and 191, scores 1/256 and 0.
        var found = new Runtime.Detection[rules.Most];
        int count = PostProcessing.Detect(heads.Encodings, 0.07902787625789642f, 191, heads.Scores, 1f / 256, 0, StarterDetector.Anchors, rules, threshold, found);
        Assert.Equal(Floats(golden, image, ".count.bin")[0], count);
        Assert.Equal(Floats(golden, image, ".classes.bin")[..count], found[..count].Select(d => (float)d.Class));
        Assert.Equal(Floats(golden, image, ".scores.bin")[..count], found[..count].Select(d => d.Score));
        Assert.Equal(Floats(golden, image, ".boxes.bin")[..(4 * count)], found[..count].SelectMany(d => new[] { d.Top, d.Left, d.Bottom, d.Right }));
    }

    private static (TOut[] Encodings, TOut[] Scores) Run<TIn, TOut>(RunRaw<TIn, TOut> network, TIn[] input, int anchors, int columns)
    {
        TOut[] encodings = new TOut[anchors * 4], scores = new TOut[anchors * columns];
        network(input, encodings, scores);
        return (encodings, scores);
    }

    private static void AssertNear(float[] expected, float[] found, float tolerance = 1e-4f)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(expected.Zip(found).Max(pair => Math.Abs(pair.First - pair.Second)), 0, tolerance * expected.Max(Math.Abs));
    }

    private static double Overlap(float[] box, Runtime.Detection other)
    {
        double height = Math.Max(0, Math.Min(box[2], other.Bottom) - Math.Max(box[0], other.Top)), width = Math.Max(0, Math.Min(box[3], other.Right) - Math.Max(box[1], other.Left));
        double both = height * width;
        return both / (((double)(box[2] - box[0]) * (box[3] - box[1])) + ((double)other.Height * other.Width) - both);
    }

    private static float[] Softmax(float[] logits, int columns) => [.. logits.Chunk(columns).SelectMany(row =>
    {
        double[] powers = [.. row.Select(v => Math.Exp((double)v - row.Max()))];
        return powers.Select(p => (float)(p / powers.Sum()));
    })];

    private static TheoryData<string> Images(string golden, string suffix) => [.. Directory.GetFiles(ReferenceData.Path("detection", "golden", golden), "*" + suffix)
        .Select(f => Path.GetFileName(f)[..^suffix.Length]).Order(StringComparer.Ordinal)];

    private static byte[] Pixels(string input) => File.ReadAllBytes(ReferenceData.Path("detection", "golden", "inputs", input + ".rgb"));

    private static float[] Normalized(string input, float mean, float std) => [.. Pixels(input).Select(p => (p - mean) / std)];

    private static byte[] Bytes(string golden, string image, string suffix) => File.ReadAllBytes(ReferenceData.Path("detection", "golden", golden, image + suffix));

    private static float[] Floats(string golden, string image, string suffix) => MemoryMarshal.Cast<byte, float>(Bytes(golden, image, suffix)).ToArray();

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
}
#endif
