#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Detections;

/// <summary>Against what other engines made of the same results.</summary>
public sealed class ReferencePostProcessingTests
{
    private const float StarterScale = 0.07902787625789642f;
    private const int StarterZeroPoint = 191;

    /// <summary>How far the file's scores are from the sigmoid of its logits.</summary>
    private const float FaceApisRounding = 3e-5f;

    private static readonly DetectionRules s_starter = new() { Classes = 90, Most = 10, IsClipped = false };

    [Theory]
    [InlineData("bird", false)]
    [InlineData("cat", false)]
    [InlineData("cats_and_dogs", false)]
    [InlineData("grace_hopper", false)]
    [InlineData("kite_and_cold", false)]
    [InlineData("bird", true)]
    [InlineData("cat", true)]
    [InlineData("cats_and_dogs", true)]
    [InlineData("grace_hopper", true)]
    [InlineData("kite_and_cold", true)]
    public void Every_bit_is_that_of_TensorFlow_Lites_operator(string image, bool isPerClass)
    {
        const string Heads = "ssd_mobilenet_v1_coco_quant_300";
        string results = Heads + (isPerClass ? "_regular_nms" : "");
        byte[] encodings = ReferenceDetections.Bytes("golden", Heads, image + ".encodings_u8_1917x4.bin"), scores = ReferenceDetections.Bytes("golden", Heads, image + ".scores_u8_1917x91.bin");
        float[] anchors = Anchors.Quantized(Anchors.TensorFlow());
        DetectionRules rules = s_starter with { IsPerClass = isPerClass };
        float threshold = isPerClass ? 0 : 9.99999993922529e-09f;

        var detections = new Detection[20];
        int count = PostProcessing.Detect(encodings, StarterScale, StarterZeroPoint, scores, 1f / 256, 0, anchors, rules, threshold, detections);
        Assert.Equal(ReferenceDetections.Floats("golden", results, image + ".count.bin")[0], count);
        Assert.Equal(ReferenceDetections.Floats("golden", results, image + ".classes.bin"), detections.Take(count).Select(d => (float)d.Class));
        Assert.Equal(ReferenceDetections.Floats("golden", results, image + ".scores.bin"), detections.Take(count).Select(d => d.Score));
        Assert.Equal(ReferenceDetections.Floats("golden", results, image + ".boxes.bin").Select(BitConverter.SingleToInt32Bits),
            detections.Take(count).SelectMany(d => new[] { d.Top, d.Left, d.Bottom, d.Right }).Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    [InlineData("bird")]
    public void TensorFlow_js_decodes_the_same_boxes_and_scores(string image)
    {
        const string Folder = "tfjs_coco_ssdlite_mobilenet_v2";
        float[] scores = ReferenceDetections.Floats("golden", Folder, image + ".scores_f32_1917x90.bin");
        VerifyEachAnchor(new DetectionRules { Classes = 90, Scores = ScoreFunction.Sigmoid, IsClipped = false }, Anchors.TensorFlow(),
            ReferenceDetections.Floats("golden", Folder, image + ".encodings_f32_1917x4.bin"), ReferenceDetections.Floats("golden", Folder, image + ".logits_f32_1917x91.bin"),
            ReferenceDetections.Floats("golden", Folder, image + ".boxes_yxyx_f32_1917x4.bin"), xFirst: false, anchor => scores.AsSpan(anchor * 90, 90).ToArray().Max());
    }

    [Theory]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void Face_api_decodes_the_same_boxes_and_scores(string image)
    {
        const string Folder = "face-api_ssd_mobilenetv1";
        float[] scores = ReferenceDetections.Floats("golden", Folder, image + ".scores_f32_5118.bin");
        VerifyEachAnchor(new DetectionRules { Classes = 1, Scores = ScoreFunction.Sigmoid, IsClipped = false },
            Anchors.OfCorners(ReferenceDetections.Floats("golden", Folder, "anchors_yxyx_f32.bin"), xFirst: false),
            ReferenceDetections.Floats("golden", Folder, image + ".encodings_f32_5118x4.bin"),
            [.. ReferenceDetections.Floats("golden", Folder, image + ".logits_f32_5118x3.bin").Where((_, i) => i % 3 < 2)],
            ReferenceDetections.Floats("golden", Folder, image + ".boxes_yxyx_f32_5118x4.bin"), xFirst: false, anchor => scores[anchor], FaceApisRounding);
    }

    [Theory]
    [InlineData("grace_hopper")]
    [InlineData("pets")]
    public void PyTorch_decodes_the_same_boxes_and_scores(string image)
    {
        const string Folder = "pytorch_mb2_ssd_lite_050_random";
        float[] scores = ReferenceDetections.Floats(Folder, image + ".scores_f32_3000x4.bin");
        VerifyEachAnchor(PyTorch() with { IsClipped = false }, PyTorchAnchors(), ReferenceDetections.Floats(Folder, image + ".locations_f32_3000x4.bin"),
            ReferenceDetections.Floats(Folder, image + ".logits_f32_3000x4.bin"), ReferenceDetections.Floats(Folder, image + ".boxes_xyxy_f32_3000x4.bin"), xFirst: true,
            anchor => scores.AsSpan((anchor * 4) + 1, 3).ToArray().Max());
    }

    [Theory]
    [InlineData("grace_hopper")]
    [InlineData("pets")]
    public void PyTorchs_detections_are_found(string image)
    {
        const string Folder = "pytorch_mb2_ssd_lite_050_random";
        var detections = new Detection[3000];
        int count = PostProcessing.Detect(ReferenceDetections.Floats(Folder, image + ".locations_f32_3000x4.bin"), ReferenceDetections.Floats(Folder, image + ".logits_f32_3000x4.bin"),
            PyTorchAnchors(), PyTorch(), 0.3f, detections);

        // Class, with the background as 0, left, top, right, bottom, score.
        VerifySame(ReferenceDetections.Rows(image, Folder, "detections_thr0.3_iou0.45_top10_per_class.json")
            .Select(row => new Detection((int)row[0] - 1, row[5], row[1], row[2], row[3], row[4], "")), detections[..count]);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("pets")]
    public void Caffes_detections_are_found(string image)
    {
        const string Folder = "caffe_mobilenet_ssd_025_random";
        var rules = new DetectionRules { Classes = 20, Order = BoxOrder.Xywh, IsPerClass = true, Overlap = 0.45f, Top = 100, PerClass = int.MaxValue, Most = 100, IsClipped = false };
        float[] anchors = Anchors.OfCorners(ReferenceDetections.Floats(Folder, image + ".priorbox_f32.bin").AsSpan(0, 1917 * 4), xFirst: true);
        var detections = new Detection[200];
        int count = PostProcessing.Detect(ReferenceDetections.Floats(Folder, image + ".mbox_loc_f32.bin"), ReferenceDetections.Floats(Folder, image + ".mbox_conf_softmax_f32.bin"), anchors, rules, 0.25f, detections);

        // Image, class, score, left, top, right, bottom.
        VerifySame(ReferenceDetections.Floats(Folder, image + ".detection_out_f32.bin").Chunk(7).Select(row => new Detection((int)row[1] - 1, row[2], row[3], row[4], row[5], row[6], "")), detections[..count]);
    }

    [Theory]
    [InlineData("bird")]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void UltraFace_decodes_the_same_boxes(string image)
    {
        float[] scores = ReferenceDetections.Floats("golden", "ultraface_slim-320_without_postprocessing", image + ".scores_f32_4420x2.bin");
        VerifyEachAnchor(UltraFace() with { IsClipped = false }, Anchors.UltraFace(), ReferenceDetections.Floats("golden", "ultraface_slim-320_without_postprocessing", image + ".boxes_f32_4420x4.bin"), scores,
            ReferenceDetections.Floats("golden", "ultraface_slim-320", image + ".boxes_f32_4420x4.bin"), xFirst: true, anchor => scores[(anchor * 2) + 1]);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("kite_and_cold")]
    public void UltraFaces_faces_are_found(string image)
    {
        var detections = new Detection[10];
        int count = PostProcessing.Detect(ReferenceDetections.Floats("golden", "ultraface_slim-320_without_postprocessing", image + ".boxes_f32_4420x4.bin"),
            ReferenceDetections.Floats("golden", "ultraface_slim-320_without_postprocessing", image + ".scores_f32_4420x2.bin"), Anchors.UltraFace(), UltraFace(), 0.6f, detections);
        VerifySame(ReferenceDetections.Rows(image, "golden", "ultraface_slim-320", "detections_thr0.6_iou0.3_xyxy_score.json").Select(row => new Detection(0, row[4], row[0], row[1], row[2], row[3], "")), detections[..count]);
    }

    private static DetectionRules PyTorch() => new()
    {
        Classes = 3, Scores = ScoreFunction.Softmax, Order = BoxOrder.Xywh, IsPerClass = true, Overlap = 0.45f, Top = 200, PerClass = 10, IsClipped = false,
    };

    private static DetectionRules UltraFace() => new() { Classes = 1, Order = BoxOrder.Xywh, Overlap = 0.3f };

    /// <summary>From centre x, centre y, width, height.</summary>
    private static float[] PyTorchAnchors()
        => [.. ReferenceDetections.Floats("pytorch_mb2_ssd_lite_050_random", "priors_cxcywh_f32_3000x4.bin").Chunk(4).SelectMany(a => new[] { a[1], a[0], a[3], a[2] })];

    private static void VerifyEachAnchor(DetectionRules rules, float[] anchors, float[] encodings, float[] values, float[] boxes, bool xFirst, Func<int, float> score, float tolerance = 1e-5f)
    {
        int columns = rules.Classes + rules.LabelOffset;
        var detection = new Detection[1];
        for (int i = 0; i < anchors.Length / 4; i++)
        {
            Assert.Equal(1, PostProcessing.Detect(encodings.AsSpan(i * 4, 4), values.AsSpan(i * columns, columns), anchors.AsSpan(i * 4, 4), rules, 0, detection));
            Assert.Equal(score(i), detection[0].Score, tolerance);
            ReadOnlySpan<float> box = boxes.AsSpan(i * 4, 4);
            Detection expected = xFirst ? new Detection(0, 0, box[0], box[1], box[2], box[3], "") : new Detection(0, 0, box[1], box[0], box[3], box[2], "");
            Assert.True(Overlap(expected, detection[0]) > 0.999, $"{i}: {expected}, {detection[0]}");
        }
        Assert.Equal(values.Length, anchors.Length / 4 * columns);
    }

    /// <summary>The same detections, in whatever order equal scores have.</summary>
    private static void VerifySame(IEnumerable<Detection> expected, Detection[] actual)
    {
        List<Detection> left = [.. actual];
        foreach (Detection detection in expected)
        {
            int match = left.FindIndex(d => d.Class == detection.Class && Math.Abs(d.Score - detection.Score) <= 1e-5f && Overlap(d, detection) > 0.999);
            Assert.True(match >= 0, $"{detection} is not among:\n{string.Join('\n', left)}");
            left.RemoveAt(match);
        }
        Assert.Empty(left);
        Assert.Equal(actual.Select(d => d.Score).OrderDescending(), actual.Select(d => d.Score));
    }

    private static double Overlap(Detection a, Detection b)
    {
        double width = Math.Min(a.Right, b.Right) - (double)Math.Max(a.Left, b.Left), height = Math.Min(a.Bottom, b.Bottom) - (double)Math.Max(a.Top, b.Top);
        double common = Math.Max(width, 0) * Math.Max(height, 0);
        return common / ((a.Width * (double)a.Height) + (b.Width * (double)b.Height) - common);
    }
}
#endif
