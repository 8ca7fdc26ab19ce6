using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Detectors that were exported from PyTorch.</summary>
public class OnnxDetectorTests
{
    private static readonly string[] s_faces = ["30×40×3", "15×20×2", "8×10×2", "4×5×3"];

    [ReferenceFact]
    public void Decoding_in_the_graph_states_anchors_and_variances()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection("ultraface_slim/version-slim-320.onnx"));

        Assert.Equal(s_faces, DetectorFiles.Maps(network));
        Assert.Equal((2, SourceScores.Softmax), (detector.Columns, detector.Scores));
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: true), detector.Coder);
        DetectorFiles.AssertAnchors(AnchorRules.UltraFace(), detector, 1e-6);
    }

    [ReferenceFact]
    public void A_graph_that_ends_at_its_joins_states_no_more()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection("ultraface_slim/version-slim-320_without_postprocessing.onnx"));

        Assert.Equal(s_faces, DetectorFiles.Maps(network));
        Assert.Equal((2, SourceScores.Softmax), (detector.Columns, detector.Scores));
        Assert.Null(detector.Coder);
        Assert.Null(detector.Anchors);
    }

    /// <summary>Four classes are as many numbers as a box: names alone tell one from the other.</summary>
    [ReferenceFact]
    public void Predictors_of_equal_shape_are_told_by_their_names()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection("pytorch_mb2_ssd_lite_050_random/mb2-ssd-lite-050-random.onnx"));

        Assert.Equal(["19×19×6", "10×10×6", "5×5×6", "3×3×6", "2×2×6", "1×1×6"], DetectorFiles.Maps(network));
        Assert.Equal(4, detector.Columns);
        Assert.All(detector.Heads, head => Assert.Contains("regression_headers", Producer(head.Boxes)));
        Assert.All(detector.Heads, head => Assert.Contains("classification_headers", Producer(head.Scores)));
        Assert.Null(detector.Scores);

        string Producer(int value) => network.Operators.Single(step => step.Output == value).Place;
    }
}
