using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Tests.Documentation;
using MobileNetGen.Compiler.Tests.Planning;

namespace MobileNetGen.Compiler.Tests.Networks.Detection;

/// <summary>
/// The sizes of published detectors, exactly: multiply-adds, weights without biases and normalisation, and anchors. Those of the built-in networks, and of the examples in docs/detection.md.
/// </summary>
public class DetectorNumbersTests
{
    [Theory]
    [InlineData("SSDMobileNetV1", "1.0", "300", 90, 1_237_129_408, 6_791_360, 1917)]
    [InlineData("SSDMobileNetV1", "0.75", "300", 90, 728_036_496, 4_088_592, 1917)]
    [InlineData("SSDMobileNetV2", "1.0", "300", 90, 772_779_056, 6_025_728, 1917)]
    [InlineData("SSDLiteMobileNetV2", "1.0", "300", 90, 749_503_856, 4_446_656, 1917)]
    [InlineData("SSDLiteMobileNetV2", "1.0", "320", 80, 788_830_144, 4_283_456, 2034)]
    [InlineData("SSDLiteMobileNetV1", "1.0", "320", 80, 1_309_162_944, 5_060_608, 2034)]
    public void A_built_in_detector_has_the_published_numbers(string network, string alpha, string resolution, int classes, long multiplyAdds, long weights, int anchors) =>
        Check(Compiled.Network($"network {network}\nalpha {alpha}\nresolution {resolution}\nclasses {classes}\nweights random"), multiplyAdds, weights, anchors);

    [Theory]
    [InlineData("CaffeMobileNetSSD", 1_148_479_168, 5_769_920, 1917)]
    [InlineData("Mb1Ssd_1_0_300", 1_526_986_688, 9_444_288, 3000)]
    [InlineData("FaceApi", 3_143_007_488, 5_507_264, 5118)]
    [InlineData("UltraFaceSlim_1_0_240x320", 81_410_560, 254_304, 4420)]
    public void An_example_has_the_published_numbers(string className, long multiplyAdds, long weights, int anchors) =>
        Check(Example(className), multiplyAdds, weights, anchors);

    [Fact]
    public void A_detector_may_have_any_size()
    {
        foreach (string network in new[] { "SSDMobileNetV1", "SSDMobileNetV2", "SSDLiteMobileNetV1", "SSDLiteMobileNetV2", "SSDLiteMobileNetV3Large" })
        {
            foreach (Plan plan in Compiled.Plans($"network {network}\nalpha 0.25 0.35 1.4\nresolution 32 96x160 300\nclasses 1\nweights random"))
            {
                Network net = plan.Network;
                Assert.Equal(6, net.Detector!.Maps.Count);
                Assert.Equal(net.Detector.AnchorCount * 4, net.Detector.Anchors(net.Input).Length);
                Assert.Equal(net.Detector.AnchorCount * 6, net.Outputs.Sum(o => o.Length));
                PlanReplay.Check(plan);
            }
        }
    }

    // torchvision counts two numbers of a normalisation a channel, and biases where there is none: in squeezes, which we count too, and in the last layer of each predictor.
    [Fact]
    public void SSDLite_on_V3_is_torchvisions()
    {
        Network network = Compiled.Network("network SSDLiteMobileNetV3Large\nweights random");
        Assert.Equal([(20, 672), (10, 480), (5, 512), (3, 256), (2, 256), (1, 128)], network.Detector!.Maps.Select(m => (m.Shape.Width, m.Shape.Channels)));
        Layer[] predictors = [.. network.Detector.Maps.SelectMany(m => new[] { m.Boxes, m.Scores }).Select(network.Layer)];
        long normalised = network.Layers.Where(l => l.HasWeights && l.Operator != Operator.Dense && !predictors.Contains(l)).Sum(l => l.Output.Channels);
        Assert.Equal(3_440_060, network.Parameters + (2 * normalised) + predictors.Sum(l => l.Output.Channels));
        Assert.Equal(3_234, network.Detector.AnchorCount);

        // A cell's boxes: two squares, then twice and thrice as wide as high and the reverse; the last map's are cut to the image.
        float[] anchors = network.Detector.Anchors(network.Input);
        float[] first = [0.025f, 0.025f, 0.2f, 0.2f], second = [0.025f, 0.025f, 0.26457513f, 0.26457513f], wide = [0.025f, 0.025f, 0.14142136f, 0.28284273f], high = [0.025f, 0.025f, 0.34641016f, 0.11547005f];
        Assert.All(first.Concat(second).Concat(wide).Zip(anchors), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.All(high.Zip(anchors[20..24]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        float[] cut = [0.5f, 0.5f, 0.5484828f, 1];
        Assert.All(cut.Zip(anchors[^8..^4]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Layers_of_a_detector_keep_fractions_of_channels_but_no_fewer_than_16()
    {
        Network half = Compiled.Network("network SSDLiteMobileNetV2\nalpha 0.35\nclasses 1\nweights random");
        Assert.Equal(179, half.Layer("map2_pointwise").Output.Channels);
        Assert.Equal(448, half.Layer("map1").Output.Channels);
        Assert.Equal(16, half.Layers[0].Output.Channels);
        Network quarter = Compiled.Network("network SSDMobileNetV1\nalpha 0.25\nclasses 1\nweights random");
        Assert.Equal([16, 16, 32], new[] { "conv1", "separable1_pointwise", "separable2_pointwise" }.Select(l => quarter.Layer(l).Output.Channels));
    }

    /// <summary>The network of a class of which docs/detection.md has the text.</summary>
    internal static Network Example(string className) =>
        MarkdownExamples.Of("docs/detection.md").SelectMany(e => Compiled.Plans(e.Text)).Select(p => p.Network).Single(n => n.ClassName == className);

    private static void Check(Network network, long multiplyAdds, long weights, int anchors)
    {
        Assert.Equal(multiplyAdds, network.MultiplyAdds);
        Assert.Equal(weights, network.Parameters);
        Assert.Equal(anchors, network.Detector!.AnchorCount);
    }
}
