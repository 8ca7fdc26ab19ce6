using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Diagnostics;

/// <summary>Every mistake that one can make in the block of a detector: its rule, its place and its whole message.</summary>
public class DetectorDiagnosticsTests
{
    public static TheoryData<string, string> OneMistake => new()
    {
        {
            "  maps fine boxes 0.1",
            "(9,3,9,7): MBN1001: 'maps' is not a line of a detector; did you mean 'map'?"
        },
        {
            "  conv 16 kernel 3",
            "(9,3,9,7): MBN1012: the layer 'conv' stands in the block 'detector', which has none; move it into 'layers'"
        },
        {
            "  map coarse boxes 0.1\n  predict kernel 1",
            "(9,7,9,13): MBN1102: there is no layer 'coarse' above this line; the layers so far are input, fine, features"
        },
        {
            "  map features boxes 0.1\n  predict kernel 1",
            "(9,7,9,15): MBN1105: 'map' needs a feature map, but its input 'features' is a vector of 16; name a layer above it"
        },
        {
            "  map fine\n  predict kernel 1",
            "(9,3,9,11): MBN1002: 'map' needs the boxes that stand on a cell, for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine boxes",
            "(9,3,9,17): MBN1002: 'map' needs a box, for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine boxes 0.1:0\n  predict kernel 1",
            "(9,18,9,23): MBN1005: '0.1:0' is not a box, scale:ratio; write for example: boxes 0.1:1 0.2:2 0.2:1/2, or: boxes 10px 16px 24px"
        },
        {
            "  map fine scale 0.1 ratios 1 next\n  predict kernel 1",
            "(9,31,9,35): MBN1005: 'next' is not a ratio where the line has no next scale; write for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine scale 10px next 0.2 ratios 1\n  predict kernel 1",
            "(9,28,9,31): MBN1005: '0.2' is not a scale in px, as the one before it is; write for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine scale 0.1\n  predict kernel 1",
            "(9,3,9,21): MBN1002: 'scale' needs 'ratios' and the boxes' widths / heights, for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine boxes 0.1 step 32\n  predict kernel 1",
            "(9,27,9,29): MBN1005: '32' is not a number of pixels for the step; write for example: step 32px"
        },
        {
            "  map fine boxes 0.1 stride 2\n  predict kernel 1",
            "(9,22,9,28): MBN1003: 'stride' is not understood after 'map'; map takes boxes, scale, step, clip, predict"
        },
        {
            "  map fine boxes 0.1 clip clip\n  predict kernel 1",
            "(9,27,9,31): MBN1004: 'clip' is already given in line 9; keep one of the two"
        },
        {
            "  map fine boxes 0.1",
            "(9,3,9,21): MBN1002: 'map' needs predictors, for example: a line of the detector: predict kernel 1"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 2",
            "(10,18,10,19): MBN1005: 'kernel 2' is not an odd kernel, which alone can be centred on a pixel; write for example: predict kernel 3"
        },
        {
            "  map fine boxes 0.1\n  predict separable",
            "(10,3,10,20): MBN1002: 'predict' needs 'kernel' and its size, for example: predict kernel 1"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  decode 10 10 5",
            "(11,3,11,17): MBN1002: 'decode' needs a scale of boxes, for example: decode 10 10 5 5 order yxhw"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  decode 10 10 5 5 order yxwh",
            "(11,26,11,30): MBN1008: 'yxwh' is not an order of a box's numbers; expected one of yxhw, xywh"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  scores sigmod",
            "(11,10,11,16): MBN1008: 'sigmod' is not what makes probabilities of scores; expected one of sigmoid, softmax"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  nms agnostic overlap 1.5",
            "(11,24,11,27): MBN1006: the overlap is 1.5; it must be from 0.01 to 1"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  nms agnostic top 100",
            "(11,16,11,19): MBN1013: 'top' has no meaning with 'nms agnostic'; it counts boxes of one class; write 'per-class', or remove it"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  nms per-class first 100",
            "(11,17,11,22): MBN1003: 'first' is not understood after 'nms'; nms takes overlap, top, keep, most"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\n  predict kernel 3",
            "(11,3,11,19): MBN1004: 'predict' is already given in line 10; keep one of the two"
        },
        {
            "  predict kernel 1",
            "(8,1,8,9): MBN1107: the detector has no maps; add for example: map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next"
        },
        {
            "  map fine boxes 0.1\n  map fine boxes 0.2\n  predict kernel 1",
            "(10,3,10,21): MBN1104: a layer is already named 'fine_boxes'; choose another name after 'as'"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\nhead\n  avgpool",
            "(11,1,11,5): MBN1011: 'head' and 'detector' both say what the network ends in; keep one of the two"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\noutput fine",
            "(11,1,11,12): MBN1013: 'output' has no meaning in a detector; its results are boxes and scores; remove it"
        },
        {
            "  map fine boxes 0.1\n  predict kernel 1\nquantization int8 io uint8 float32",
            "(11,28,11,35): MBN1013: 'float32' has no meaning as the type of a detector's output; its results have the type of its layers; remove it"
        },
    };

    [Theory]
    [MemberData(nameof(OneMistake))]
    public void A_mistake_is_reported_once_where_it_stands(string block, string expected) =>
        Assert.Equal([expected], Report($"network Finder\nresolution 64\nclasses 5\nweights random\nlayers\n  conv 16 kernel 3 stride 2 as fine\n  avgpool as features\ndetector\n{block}"));

    [Fact]
    public void Classes_must_be_said_and_not_be_too_many()
    {
        const string text = "network Finder\nresolution 64\nweights random\nlayers\n  conv 16 kernel 3 stride 2 as fine\ndetector\n  map fine boxes 0.1\n  predict kernel 1\n";
        Assert.Equal(["(6,1,6,9): MBN1010: there is no 'classes' statement; add for example: classes 90"], Report(text));
        Assert.Equal(["(9,1,9,13): MBN1106: the detector has 5000 classes; at most 4095 are supported"], Report(text + "classes 5000"));
    }

    [Fact]
    public void Mistakes_in_what_a_built_in_detector_says_stand_at_the_line_that_made_them() =>
        Assert.Equal(
            ["(1,1,1,23): MBN1102: there is no layer 'map0' above this line; the layers so far are input, conv1"],
            Report("network SSDMobileNetV1\nresolution 64\nweights random\nlayers\n  conv 16 kernel 3"));

    // Import writes both types where they differ; the output's is then that of the layers.
    [Fact]
    public void The_type_of_the_layers_may_be_written_for_the_output() =>
        Assert.Empty(Report("network SSDMobileNetV1\nclasses 5\nweights random\nquantization int8 io uint8 int8"));

    private static string[] Report(string text) => [.. Mbnet.Compile("net.mbnet", text).Diagnostics.Select(Line)];

    private static string Line(Diagnostic diagnostic) => diagnostic.ToString().Replace("net.mbnet", "", System.StringComparison.Ordinal).Replace("error ", "", System.StringComparison.Ordinal);
}
