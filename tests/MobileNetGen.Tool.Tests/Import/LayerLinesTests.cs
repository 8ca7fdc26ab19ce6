using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Tool.Import;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Tool.Tests.Import;

public class LayerLinesTests
{
    public static TheoryData<string> Networks => new(
        "network MobileNetV1\nalpha 0.3\nresolution 96\nclasses 4\nweights random",
        "network MobileNetV2\nalpha 0.42\nresolution 64\nclasses 4\nactivation relu\nweights random",
        Texts.Odd,
        "network N\nresolution 16\nclasses 4\nweights random\nlayers\n  conv 8 kernel 3 as a\n  conv 8 kernel 3\n  add a\n  pointwise 8 from a linear\n  add a\n  separable 8 linear\nhead\n  avgpool\n  dense classes",
        "network N\nresolution 16\nweights random\nlayers\n  conv 8 kernel 3 stride 2\n  bottleneck 8 expand 1\n  bottleneck 8 expand 2 relu repeat 3\n  bottleneck 16 expand 2 kernel 5 stride 2\nhead\n  avgpool");

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_lines_of_a_network_describe_it(string text)
    {
        Network network = Texts.Plan(text).Network;
        Activation usual = text.Contains("activation relu", StringComparison.Ordinal) ? Activation.Relu : Activation.Relu6;
        var lines = new LayerLines(SourceNetworks.Of(network), usual);
        string[] body = [.. lines.Body()];
        string again = $"network Again\nresolution {network.Input.Height}x{network.Input.Width}\nclasses {network.OutputLength}\nactivation {usual.ToString().ToLowerInvariant()}\nweights random\n"
            + $"layers\n{string.Join('\n', body)}\nhead\n{string.Join('\n', lines.Head(out _))}";
        Assert.Equal(Texts.Structure(network), Texts.Structure(Texts.Plan(again).Network));
    }

    [Fact]
    public void MobileNetV2_reads_like_the_papers_table()
    {
        var lines = new LayerLines(SourceNetworks.Of(Texts.Plan("network MobileNetV2\nweights random").Network), Activation.Relu6);
        Assert.Equal(
            [
                "conv         32 kernel 3 stride 2",
                "bottleneck   16 expand 1",
                "bottleneck   24 expand 6 stride 2 repeat 2",
                "bottleneck   32 expand 6 stride 2 repeat 3",
                "bottleneck   64 expand 6 stride 2 repeat 4",
                "bottleneck   96 expand 6 repeat 3",
                "bottleneck  160 expand 6 stride 2 repeat 3",
                "bottleneck  320 expand 6",
                "pointwise  1280",
            ],
            lines.Body());
        Assert.Equal(["avgpool", "dense classes", "softmax"], lines.Head(out int? classes).AsEnumerable());
        Assert.Equal(1001, classes);
    }

    [Theory]
    [InlineData("MobileNetV1", "0.25")]
    [InlineData("MobileNetV1", "0.6")]
    [InlineData("MobileNetV1", "1.0")]
    [InlineData("MobileNetV2", "0.1")]
    [InlineData("MobileNetV2", "0.35")]
    [InlineData("MobileNetV2", "0.875")]
    [InlineData("MobileNetV2", "1.4")]
    [InlineData("MobileNetV2", "2.0")]
    public void A_built_in_network_is_recognised_by_its_filters_at_any_width(string network, string alpha)
    {
        Network expected = Texts.Plan($"network {network}\nalpha {alpha}\nresolution 64\nweights random").Network;
        var body = expected.Layers.Where(l => l.HasWeights && l.Operator != Operator.Dense).Select(Weights.Matching.FilterShape.Of).Reverse().ToArray();
        (string foundNetwork, decimal foundAlpha) = BuiltInVariants.Of(body, 3).First();
        Network found = Texts.Plan(FormattableString.Invariant($"network {foundNetwork}\nalpha {foundAlpha}\nresolution 64\nweights random")).Network;
        Assert.Equal(Texts.Structure(expected), Texts.Structure(found));
    }

    [Fact]
    public void Other_filters_are_those_of_no_built_in_network() =>
        Assert.Empty(BuiltInVariants.Of([new Weights.Matching.FilterShape(3, 3, 3, 32), new Weights.Matching.FilterShape(1, 1, 32, 64)], 3));
}
