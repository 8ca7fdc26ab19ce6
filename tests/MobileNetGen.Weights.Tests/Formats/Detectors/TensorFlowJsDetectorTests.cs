using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>The published COCO SSDLite for the browser.</summary>
public class TensorFlowJsDetectorTests
{
    [ReferenceFact]
    public void A_graph_with_loops_before_and_behind_is_cut_at_its_predictors()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection("coco_ssdlite_mobilenet_v2_tfjs/model.json"));

        Assert.Equal(["19×19×3", "10×10×6", "5×5×6", "3×3×6", "2×2×6", "1×1×6"], DetectorFiles.Maps(network));
        Assert.Equal([1, 300, 300, 3], network.Values[Assert.Single(network.Inputs)].Shape.ToArray());
        Assert.Equal(91, detector.Columns);
        Assert.Equal((90, true), (detector.Classes, detector.HasBackground));
        Assert.Equal(SourceScores.Sigmoid, detector.Scores);
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: false), detector.Coder);
        Assert.Null(detector.Overlap);
        Assert.Null(detector.EncodingsQuantization);
        DetectorFiles.AssertAnchors(AnchorRules.TensorFlow([19, 10, 5, 3, 2, 1]), detector, 1e-6);

        // 2 / 255 · x − 1, of pixels.
        Assert.NotNull(network.Preprocessing);
        Assert.True(network.Preprocessing.TakesPixels);
        Assert.All(network.Preprocessing.Factors, factor => Assert.Equal(2 / 255.0, factor, 1e-9));
        Assert.All(network.Preprocessing.Offsets, offset => Assert.Equal(-1, offset, 1e-9));

        // All normalisation, in each of its three spellings, has become part of the layers.
        Assert.Equal(55, network.Operators.Count(step => step is SourceConvolution));
        Assert.Equal(33, network.Operators.Count(step => step is SourceDepthwise));
    }
}
