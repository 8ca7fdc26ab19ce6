using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>What tests ask of detectors that were read.</summary>
internal static class DetectorFiles
{
    /// <summary>Reads a file that has to state a detector's graph.</summary>
    public static (SourceNetwork Network, SourceDetector Detector) Read(string path)
    {
        SourceNetwork network = Assert.IsType<SourceNetwork>(WeightsFile.Read(path).Model);
        Assert.NotNull(network.Detector);
        return (network, network.Detector);
    }

    /// <summary>"19×19×3": the size of each map and its boxes, after checking that predictors are results of the network.</summary>
    public static string[] Maps(SourceNetwork network)
    {
        Assert.Equal(network.Detector!.Heads.SelectMany(head => new[] { head.Boxes, head.Scores }), network.Outputs);
        return
        [
            .. network.Detector!.Heads.Select(head =>
            {
                (SourceValue boxes, SourceValue scores) = (network.Values[head.Boxes], network.Values[head.Scores]);
                Assert.Equal(boxes.Shape[3] / 4 * network.Detector.Columns, scores.Shape[3]);
                Assert.Equal(boxes.Shape.Take(3), scores.Shape.Take(3));
                return $"{boxes.Shape[1]}×{boxes.Shape[2]}×{boxes.Shape[3] / 4}";
            }),
        ];
    }

    public static void AssertAnchors(double[] expected, SourceDetector detector, double tolerance)
    {
        Assert.NotNull(detector.Anchors);
        Assert.Equal(expected.Length, detector.Anchors.Boxes.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(System.Math.Abs(expected[i] - detector.Anchors.Boxes[i]) <= tolerance, $"number {i % 4} of anchor {i / 4}: {expected[i]} was expected, not {detector.Anchors.Boxes[i]}");
    }
}
