using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Detectors in <c>.tflite</c> files that other people made.</summary>
public class TensorFlowLiteDetectorTests
{
    private static readonly string[] s_maps = ["19×19×3", "10×10×6", "5×5×6", "3×3×6", "2×2×6", "1×1×6"];

    [ReferenceFact]
    public void The_starter_file_states_everything()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.TensorFlowLite("ssd_mobilenet_v1_coco_quant_300.tflite"));

        Assert.Equal(s_maps, DetectorFiles.Maps(network));
        Assert.Equal(91, detector.Columns);
        Assert.Equal("operator 63, TFLite_Detection_PostProcess", detector.Place);
        Assert.Equal(SourceScores.Sigmoid, detector.Scores);
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: false), detector.Coder);
        Assert.Equal(0.6f, detector.Overlap);
        Assert.Equal(1e-8f, detector.Threshold);
        Assert.False(detector.IsPerClass);
        Assert.Equal((10, 1, null), (detector.Most, detector.ClassesPerBox, detector.MostPerClass));
        Assert.Equal((90, true), (detector.Classes, detector.HasBackground));
        Assert.Equal((0.0790278763f, 191), (detector.EncodingsQuantization!.Scale, detector.EncodingsQuantization.ZeroPoint));
        Assert.Equal((0.049736768f, 223), (detector.LogitsQuantization!.Scale, detector.LogitsQuantization.ZeroPoint));
        Assert.Equal((1 / 256f, 0), (detector.ScoresQuantization!.Scale, detector.ScoresQuantization.ZeroPoint));
        Assert.Empty(detector.Labels);
        Assert.Empty(network.Notes);
    }

    [ReferenceFact]
    public void Stored_anchors_are_those_of_the_rule_in_bytes_too()
    {
        SourceAnchors anchors = DetectorFiles.Read(ReferenceData.TensorFlowLite("ssd_mobilenet_v1_coco_quant_300.tflite")).Detector.Anchors!;
        double[] rule = AnchorRules.TensorFlow([19, 10, 5, 3, 2, 1]);
        float scale = anchors.Quantization!.Scale;

        Assert.Equal(1917, anchors.Count);
        Assert.Equal(0, anchors.Quantization.ZeroPoint);
        Assert.Equal((float)rule.Max() / 255, scale, 1e-7);
        Assert.Equal(rule.Select(number => (byte)System.Math.Round(number / scale)), anchors.Bytes);
        Assert.Equal(anchors.Bytes.Select(b => b * scale), anchors.Boxes);
    }

    [ReferenceFact]
    public void Regular_suppression_is_read()
    {
        SourceDetector detector = DetectorFiles.Read(ReferenceData.Detection("ssd_mobilenet_v1_coco_quant_300_regular_nms.tflite")).Detector;

        Assert.True(detector.IsPerClass);
        Assert.Equal(0f, detector.Threshold);
        Assert.Equal(0.6f, detector.Overlap);
        Assert.Equal((10, null), (detector.Most, detector.MostPerClass));
    }

    [ReferenceFact]
    public void A_file_without_post_processing_has_heads_behind_paddings_and_shapes_that_are_computed()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection("ultraface_slim/version-slim-320_without_postprocessing.tflite"));

        Assert.Equal(["30×40×3", "15×20×2", "8×10×2", "4×5×3"], DetectorFiles.Maps(network));
        Assert.Equal(2, detector.Columns);
        Assert.Equal(SourceScores.Softmax, detector.Scores);
        Assert.Null(detector.Anchors);
        Assert.Null(detector.EncodingsQuantization);
        Assert.Null(detector.Coder);
        Assert.Null(detector.Classes);
    }
}
