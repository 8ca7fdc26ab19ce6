using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Formats.Detectors;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>Each way in which a detector's file can differ from its text is an error at its line, or is said.</summary>
public class DetectorMatcherTests
{
    private const string Text = """
        network    Tiny
        resolution 4
        classes    2
        activation relu6
        normalize  mean 127.5 std 127.5
        weights    "detect.tflite"
        layers
          conv 4 kernel 3 stride 2 as map0
          conv 4 kernel 3 stride 2 as map1
        detector
          map map0 boxes 0.2:1
          map map1 boxes 0.5:1 0.7:2
          predict  kernel 1
          decode   10 20 5 4 order yxhw
          scores   sigmoid
          nms      per-class overlap 0.5
        """;

    [Fact]
    public void A_file_that_fits_gives_its_numbers()
    {
        TrainedNetwork trained = Match(Text);

        Assert.Equal(TinyAnchors(), trained.Detector!.Anchors);
        Assert.Null(trained.Detector.Boxes);
        Assert.Empty(trained.Notes);
        Assert.Empty(trained.Assumptions);
    }

    /// <summary>Files of layers or numbers alone do not say how boxes and scores are made. What the text says is not assumed.</summary>
    [Theory]
    [InlineData("", new[] { "decode 10 20 5 4 order yxhw", "scores sigmoid" })]
    [InlineData("  decode   10 20 5 4 order yxhw\n", new[] { "scores sigmoid" })]
    [InlineData("  map map0 boxes 0.2:1\n  map map1 boxes 0.5:1 0.7:2\n  decode   10 20 5 4 order yxhw\n  scores   sigmoid\n", new string[0])]
    public void What_neither_the_file_nor_the_text_says_of_boxes_is_assumed(string written, string[] assumed)
    {
        // A built-in network's lines are not the text's.
        Network network = NetworkText.Network(Text);
        network = network with { Written = network.Written.Where(word => word is not ("map" or "decode" or "scores") || written.Contains($"  {word} ")).ToEquatableArray() };
        SourceNetwork source = File();

        TrainedNetwork trained = LayerMatcher.Match(network, source with { Detector = source.Detector! with { Coder = null, Scores = null, Anchors = null } });

        string[] maps = written.Contains("map") ? [] : ["map map0 boxes 0.2:1"];
        Assert.Equal(maps.Concat(assumed), trained.Assumptions.Select(a => a.Statement));
    }

    [Theory]
    [InlineData("  map map1 boxes 0.5:1 0.7:2\n", "", "detector", "the detector has 1 maps, but 'detect.tflite' has 2, of 2×2, 1×1; give each of the file's a line 'map', in that order")]
    [InlineData("boxes 0.2:1", "boxes 0.2:1 0.3:1", "map map0 boxes 0.2:1 0.3:1", "the detector has 2 boxes on each cell of map0 (8 channels), but 'detect.tflite' has 1 (4 channels); give map0 1 boxes")]
    [InlineData("classes    2", "classes    3", "classes    3", "the detector has 3 classes, so 4 scores for each box with the background's, but 'detect.tflite' has 3 scores for each box; write: classes 2: the background is one of them and is not counted")]
    [InlineData("classes    2", "classes    9", "classes    9", "the detector has 9 classes, so 10 scores for each box with the background's, but 'detect.tflite' has 3 scores for each box; write: classes 2")]
    [InlineData("scores   sigmoid", "scores   softmax", "scores   softmax", "the detector has scores by softmax, but 'detect.tflite' has a sigmoid; write in the detector: scores sigmoid")]
    [InlineData("decode   10 20 5 4 order yxhw", "decode   10 10 5 5 order xywh", "decode   10 10 5 5 order xywh", "the detector has decode 10 10 5 5 order xywh, but 'detect.tflite' has decode 10 20 5 4 order yxhw; write in the detector: decode 10 20 5 4 order yxhw")]
    public void A_detector_that_differs_is_an_error_at_its_line(string from, string to, string place, string message)
    {
        string text = Text.ReplaceLineEndings("\n").Replace(from, to);

        var error = Assert.Throws<MatchException>(() => Match(text));

        Assert.Equal(message, error.Message);
        Assert.Equal(Rules.DetectorMismatch, error.Rule);
        Assert.Equal(place, NetworkText.At(text, error.Place));
    }

    [Fact]
    public void Predictors_of_another_kind_are_named()
    {
        var error = Assert.Throws<MatchException>(() => Match(Text.Replace("predict  kernel 1", "predict  kernel 3 separable")));

        Assert.Equal(Rules.LayerMismatch, error.Rule);
        Assert.EndsWith("which reads map0 itself in its place; write, for all maps or at the end of this one's line: predict kernel 1", error.Message);
    }

    [Fact]
    public void The_first_anchor_that_differs_is_named_with_the_box_that_the_file_has_there()
    {
        string text = Text.Replace("boxes 0.5:1 0.7:2", "boxes 0.7:2 0.5:1");

        var error = Assert.Throws<MatchException>(() => Match(text));

        Assert.Equal(Rules.AnchorMismatch, error.Rule);
        Assert.Equal(
            "anchor 4, box 1 of map1, is 0.5 0.5 0.494975 0.98995 (y x height width), but 0.5 0.5 0.5 0.5 in 'detect.tflite'; the file has its box 2 there: order the boxes of map1 as the file does", error.Message);
        Assert.Equal("map map1 boxes 0.7:2 0.5:1", NetworkText.At(text, error.Place));
    }

    [Fact]
    public void Suppression_is_the_users_to_choose_and_said() =>
        Assert.Equal(
            "the text suppresses boxes in another way than 'detect.tflite' does; as in the file: nms per-class overlap 0.5",
            Assert.Single(Match(Text.Replace("nms      per-class overlap 0.5", "nms      agnostic overlap 0.6")).Notes));

    [Fact]
    public void A_classifiers_text_is_told_that_the_file_is_a_detectors()
    {
        string text = Text.ReplaceLineEndings("\n");
        text = text[..text.IndexOf("detector", System.StringComparison.Ordinal)] + "head\n  avgpool\n  dense classes\n";

        var error = Assert.Throws<MatchException>(() => Match(text));

        Assert.Equal(Rules.WeightsUnreadable, error.Rule);
        Assert.Contains("it is a detector's, and the text has no detector", error.Message);
    }

    private static float[] TinyAnchors() => NetworkText.Network(Text).Detector!.Anchors(new Shape(4, 4, 3));

    private static TrainedNetwork Match(string text) => LayerMatcher.Match(NetworkText.Network(text), File());

    private static SourceNetwork File()
    {
        TensorFlowLiteFile file = TinyDetector.Write(TensorType.Float32);
        file.Tensors.Find(tensor => tensor.Name == "anchors")!.Data = TensorFlowLiteFile.Bytes(TinyAnchors());
        return (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("detect.tflite", file.Build()));
    }
}
