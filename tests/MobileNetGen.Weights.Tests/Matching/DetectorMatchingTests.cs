using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>Detectors that other people trained give, through the references, what their own engines gave.</summary>
public class DetectorMatchingTests
{
    private static readonly string s_starter = DetectionExamples.Text("SSDMobileNetV1", "tflite/ssd_mobilenet_v1_coco_quant_300.tflite");
    private static readonly string s_lite = DetectionExamples.Text("SSDLiteMobileNetV2", "detection/coco_ssdlite_mobilenet_v2_tfjs/model.json");
    private static readonly string s_faceApi = DetectionExamples.Text("FaceApi", "float/face-api_ssd_mobilenetv1/ssd_mobilenetv1_model-weights_manifest.json");

    [ReferenceTheory]
    [InlineData("grace_hopper")]
    [InlineData("cats_and_dogs")]
    public void Every_byte_of_both_heads_of_the_starter_file_is_that_of_TensorFlow_Lite(string image)
    {
        TrainedNetwork trained = DetectionExamples.Load(s_starter);
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection($"golden/inputs/{image}_300.rgb"));
        var results = QuantizedReference.Run(trained, [.. pixels.Select(b => (int)b)]);

        (byte[] encodings, byte[] scores) = DetectorOutputs.Joined(trained, results);

        string golden = ReferenceData.Detection($"golden/ssd_mobilenet_v1_coco_quant_300/{image}.");
        Assert.Equal(File.ReadAllBytes(golden + "encodings_u8_1917x4.bin"), encodings);
        Assert.Equal(File.ReadAllBytes(golden + "scores_u8_1917x91.bin"), scores);
        Assert.Empty(trained.Notes);
    }

    [ReferenceFact]
    public void The_browsers_SSDLite_gives_what_TensorFlow_js_gave() =>
        AssertFloats(DetectionExamples.Load(s_lite), "golden/inputs/cat_300.rgb", "golden/tfjs_coco_ssdlite_mobilenet_v2/cat.encodings_f32_1917x4.bin", "golden/tfjs_coco_ssdlite_mobilenet_v2/cat.logits_f32_1917x91.bin");

    [ReferenceFact]
    public void The_face_detector_of_named_tensors_gives_what_TensorFlow_js_gave()
    {
        TrainedNetwork trained = DetectionExamples.Load(s_faceApi);

        // The largest difference of three pictures is 1.17e-4 of the largest value; where it comes from is not known. Our own rounding moves results by 2e-6.
        AssertFloats(
            trained, "golden/inputs/grace_hopper_letterbox512.rgb", "golden/face-api_ssd_mobilenetv1/grace_hopper.encodings_f32_5118x4.bin", "golden/face-api_ssd_mobilenetv1/grace_hopper.logits_f32_5118x3.bin", 1.5e-4);
    }

    [ReferenceFact]
    public void A_file_of_named_tensors_says_nothing_of_boxes_but_their_anchors()
    {
        TrainedNetwork trained = DetectionExamples.Load(s_faceApi.Replace("  decode    10 10 5 5 order yxhw\n  scores    sigmoid\n", ""));

        Assert.Equal(["decode 10 10 5 5 order yxhw", "scores sigmoid"], trained.Assumptions.Select(a => a.Statement));
    }

    [ReferenceFact]
    public void Anchors_of_another_size_name_the_resolution_that_fits()
    {
        var error = Assert.Throws<MatchException>(() => DetectionExamples.Load(s_faceApi.Replace("resolution   512", "resolution   300")));

        Assert.Equal(Rules.DetectorMismatch, error.Rule);
        Assert.Equal("the detector has 1917 anchors, but 'float/face-api_ssd_mobilenetv1/ssd_mobilenetv1_model-weights_manifest.json' has 5118; write: resolution 512", error.Message);
    }

    /// <summary>Files of 2017 have the box between two scales second: the built-in network has it last.</summary>
    [ReferenceFact]
    public void Anchors_in_another_order_are_named_with_their_map()
    {
        string text = s_faceApi[..s_faceApi.IndexOf("detector", StringComparison.Ordinal)];

        var error = Assert.Throws<MatchException>(() => DetectionExamples.Load(text));

        Assert.Equal(Rules.AnchorMismatch, error.Rule);
        Assert.StartsWith("anchor 3073, box 2 of map1, is ", error.Message);
        Assert.EndsWith("; the file has its box 6 there: order the boxes of map1 as the file does", error.Message);
    }

    [ReferenceTheory]
    [InlineData(".pth")]
    [InlineData(".onnx")]
    [InlineData("_without_postprocessing.onnx")]
    [InlineData("_without_postprocessing.tflite")]
    public void UltraFace_gives_what_ONNX_Runtime_gave(string file)
    {
        TrainedNetwork trained = DetectionExamples.Load(DetectionExamples.Text("UltraFaceSlim", "detection/ultraface_slim/version-slim-320" + file));
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection("golden/inputs/grace_hopper_240x320.rgb"));

        (float[] boxes, float[] scores) = DetectorOutputs.Joined(trained, FloatReference.Run(trained, DetectorOutputs.Input(trained.Network, pixels)));

        const string Golden = "golden/ultraface_slim-320_without_postprocessing/grace_hopper.";
        AssertNear(Golden + "boxes_f32_4420x4.bin", boxes);

        // The scores of the .tflite file differ by 1.04e-4 of the largest.
        AssertNear(Golden + "scores_f32_4420x2.bin", DetectorOutputs.Softmax(scores, 2), file.EndsWith(".tflite", StringComparison.Ordinal) ? 1.5e-4 : 1e-4);
    }

    [ReferenceTheory]
    [InlineData("random.caffemodel")]
    [InlineData("alone.caffemodel")]
    public void Caffes_detector_gives_what_OpenCV_gave_with_a_description_beside_it_or_without(string file)
    {
        using var folder = new TemporaryFolder();
        string source = ReferenceData.Detection("caffe_mobilenet_ssd_025_random/");
        File.Copy(source + "random.caffemodel", Path.Combine(folder.Path, file));
        if (file == "random.caffemodel")
            File.Copy(source + "deploy.prototxt", Path.Combine(folder.Path, "random.prototxt"));
        string text = DetectionExamples.Text("CaffeMobileNetSSD", file, ("resolution   300", "resolution 300\nminimum 8\nalpha 0.25"));
        TrainedNetwork trained = TrainedNetworkLoader.Load(NetworkText.Network(text), folder.Path);
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection("golden/inputs/grace_hopper_300.rgb"));

        (float[] boxes, float[] scores) = DetectorOutputs.Joined(trained, FloatReference.Run(trained, DetectorOutputs.Input(trained.Network, pixels)));

        AssertNear("caffe_mobilenet_ssd_025_random/grace_hopper.mbox_loc_f32.bin", boxes);
        AssertNear("caffe_mobilenet_ssd_025_random/grace_hopper.mbox_conf_softmax_f32.bin", DetectorOutputs.Softmax(scores, 21));
    }

    /// <summary>Four columns are as many numbers as a box: names alone tell one from the other.</summary>
    [ReferenceTheory]
    [InlineData(".pth")]
    [InlineData(".onnx")]
    public void A_detector_of_PyTorch_gives_what_that_gave(string file) => AssertFloats(
        DetectionExamples.Load(DetectionExamples.Text("Mb2SsdLite", "detection/pytorch_mb2_ssd_lite_050_random/mb2-ssd-lite-050-random" + file)),
        "golden/inputs/grace_hopper_300.rgb",
        "pytorch_mb2_ssd_lite_050_random/grace_hopper.locations_f32_3000x4.bin",
        "pytorch_mb2_ssd_lite_050_random/grace_hopper.logits_f32_3000x4.bin");

    private static void AssertFloats(TrainedNetwork trained, string image, string encodings, string logits, double tolerance = 1e-4)
    {
        Network network = trained.Network;
        byte[] pixels = File.ReadAllBytes(ReferenceData.Detection(image));
        float[] input = DetectorOutputs.Input(network, pixels);
        (float[] boxes, float[] scores) = DetectorOutputs.Joined(trained, FloatReference.Run(trained, input));
        AssertNear(encodings, boxes, tolerance);
        AssertNear(logits, scores, tolerance);
    }

    private static void AssertNear(string golden, float[] actual, double tolerance = 1e-4)
    {
        float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(ReferenceData.Detection(golden))).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs), worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(worst <= tolerance * largest, $"{golden}: {worst} is more than {tolerance} of {largest}");
    }
}
