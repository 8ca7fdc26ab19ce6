using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Caffe;
using MobileNetGen.Weights.Tests.Formats.Caffe;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>MobileNet-SSD as Caffe has it, with a description beside numbers and without.</summary>
public class CaffeDetectorTests(ITestOutputHelper output)
{
    private const string Folder = "caffe_mobilenet_ssd_025_random/";

    [ReferenceFact]
    public void A_description_beside_the_numbers_states_everything()
    {
        (SourceNetwork network, SourceDetector detector) = DetectorFiles.Read(ReferenceData.Detection(Folder + "random.caffemodel"));

        Assert.Equal(["19×19×3", "10×10×6", "5×5×6", "3×3×6", "2×2×6", "1×1×6"], DetectorFiles.Maps(network));
        Assert.Equal((21, 20, true), (detector.Columns, detector.Classes, detector.HasBackground));
        Assert.Equal("layer \"detection_out\" (DetectionOutput)", detector.Place);
        Assert.Equal(SourceScores.Softmax, detector.Scores);
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: true), detector.Coder);
        Assert.Equal((0.45f, 0.25f), (detector.Overlap, detector.Threshold));
        Assert.True(detector.IsPerClass);
        Assert.Equal((100, 100, null), (detector.MostPerClass, detector.Most, detector.ClassesPerBox));
        DetectorFiles.AssertAnchors(AnchorRules.Caffe([19, 10, 5, 3, 2, 1]), detector, 1e-6);
    }

    /// <summary>OpenCV's own layer PriorBox, which gives corners.</summary>
    [ReferenceFact]
    public void Anchors_are_those_that_OpenCV_computes()
    {
        SourceAnchors anchors = DetectorFiles.Read(ReferenceData.Detection(Folder + "random.caffemodel")).Detector.Anchors!;
        float[] corners = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(ReferenceData.Detection(Folder + "cat.priorbox_f32.bin"))).ToArray();

        for (int i = 0; i < anchors.Count; i++)
        {
            (float y, float x, float height, float width) = (anchors.Boxes[4 * i], anchors.Boxes[(4 * i) + 1], anchors.Boxes[(4 * i) + 2], anchors.Boxes[(4 * i) + 3]);
            float[] own = [x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2)];
            Assert.All(own.Zip(corners.Skip(4 * i)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        }
    }

    [ReferenceFact]
    public void Numbers_alone_are_told_by_their_layers_names()
    {
        byte[] file = File.ReadAllBytes(ReferenceData.Detection(Folder + "random.caffemodel"));

        SourceParameters parameters = Assert.IsType<SourceParameters>(new CaffeReader().Read(new WeightsInput("random.caffemodel", file)));

        Assert.Equal(27 + 8 + 12, parameters.Filters.Length);
        Assert.Equal(6, parameters.Filters.Count(filter => filter.Place.Contains("mbox_conf")));
    }

    /// <summary>Two maps with all settings that anchors can have.</summary>
    private const string Description = """
        name: "Tiny" input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }   # a comment
        layer { name: "map0" type: "Convolution" bottom: "data" top: "map0" param { lr_mult: 1.0 } convolution_param { num_output: 2 pad: 1 kernel_size: 3 stride: 2 weight_filler { type: "msra" } } }
        layer { name: "relu0" type: "ReLU" bottom: "map0" top: "map0" }
        layer { name: "map1" type: "Convolution" bottom: "map0" top: "map1" convolution_param { num_output: 2 pad: 1 kernel_size: 3 stride: 2 } }
        layer { name: "loc0" type: "Convolution" bottom: "map0" top: "loc0" convolution_param { num_output: 8 kernel_size: 1 } }
        layer { name: "conf0" type: "Convolution" bottom: "map0" top: "conf0" convolution_param { num_output: 4 kernel_size: 1 } }
        layer { name: "loc1" type: "Convolution" bottom: "map1" top: "loc1" convolution_param { num_output: 8 kernel_size: 1 } }
        layer { name: "conf1" type: "Convolution" bottom: "map1" top: "conf1" convolution_param { num_output: 4 kernel_size: 1 } }
        layer { name: "l0" type: "Permute" bottom: "loc0" top: "l0" permute_param { order: 0 order: 2 order: 3 order: 1 } }
        layer { name: "c0" type: "Permute" bottom: "conf0" top: "c0" permute_param { order: 0 order: 2 order: 3 order: 1 } }
        layer { name: "l1" type: "Permute" bottom: "loc1" top: "l1" permute_param { order: 0 order: 2 order: 3 order: 1 } }
        layer { name: "c1" type: "Permute" bottom: "conf1" top: "c1" permute_param { order: 0 order: 2 order: 3 order: 1 } }
        layer { name: "lf0" type: "Flatten" bottom: "l0" top: "lf0" flatten_param { axis: 1 } }
        layer { name: "cf0" type: "Flatten" bottom: "c0" top: "cf0" flatten_param { axis: 1 } }
        layer { name: "lf1" type: "Flatten" bottom: "l1" top: "lf1" flatten_param { axis: 1 } }
        layer { name: "cf1" type: "Flatten" bottom: "c1" top: "cf1" flatten_param { axis: 1 } }
        layer { name: "p0" type: "PriorBox" bottom: "map0" bottom: "data" top: "p0" prior_box_param { min_size: 2 max_size: 4.5 clip: true variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 step: 2 offset: 0.5 } }
        layer { name: "p1" type: "PriorBox" bottom: "map1" bottom: "data" top: "p1" prior_box_param { min_size: 4 aspect_ratio: 2 flip: false variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 } }
        layer { name: "loc" type: "Concat" bottom: "lf0" bottom: "lf1" top: "loc" concat_param { axis: 1 } }
        layer { name: "conf" type: "Concat" bottom: "cf0" bottom: "cf1" top: "conf" concat_param { axis: 1 } }
        layer { name: "prior" type: "Concat" bottom: "p0" bottom: "p1" top: "prior" concat_param { axis: 2 } }
        layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior" top: "out" detection_output_param { num_classes: 2 nms_param { nms_threshold: 0.3 } code_type: CENTER_SIZE } }
        """;

    [Fact]
    public void Every_setting_of_anchors_is_followed()
    {
        SourceDetector detector = Read(Encoding.UTF8.GetBytes(Description)).Detector!;

        Assert.Equal((4 * 4 * 2) + (2 * 2 * 2), detector.Anchors!.Count);

        // The first is 2×2 pixels around (1, 1); the second, a square of √(2 · 4.5) = 3, is cut at the picture's edge.
        Assert.Equal([0.125f, 0.125f, 0.25f, 0.25f, 0.15625f, 0.15625f, 0.3125f, 0.3125f], detector.Anchors.Boxes[..8].ToArray());
        float[] last = [0.75f, 0.75f, 0.5f / MathF.Sqrt(2), 0.5f * MathF.Sqrt(2)];
        Assert.All(last.Zip(detector.Anchors.Boxes[^4..]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal((0.3f, (int?)null, (int?)null), (detector.Overlap, detector.Most, detector.MostPerClass));
        Assert.Null(detector.Scores);
    }

    [Fact]
    public void Whatever_a_description_says_it_is_read_or_refused()
    {
        byte[] text = Encoding.UTF8.GetBytes(Description);
        Damage.Check(output, [.. Damage.Truncations(text).Where(cut => cut.Length > 1000 && cut.Length % 7 == 0), .. Damage.Splices(text, text, 3000, seed: 7)], bytes => Read(bytes), bytesPerByte: 96);
    }

    /// <summary>Seeded numbers of the layers, without connections, and a description beside them.</summary>
    private static SourceNetwork Read(byte[] description)
    {
        var net = new ProtobufBytes();
        foreach ((string name, int outputs, int inputs, int kernel) in new[] { ("map0", 2, 3, 3), ("map1", 2, 2, 3), ("loc0", 8, 2, 1), ("conf0", 4, 2, 1), ("loc1", 8, 2, 1), ("conf1", 4, 2, 1) })
        {
            int count = outputs * inputs * kernel * kernel;
            net.Message(100, CaffeFile.Layer(name, "Convolution", [], [], CaffeFile.Blob([outputs, inputs, kernel, kernel], Enumerable.Range(0, count).Select(i => i / 64f)), CaffeFile.Blob([outputs], new float[outputs])));
        }

        return Assert.IsType<SourceNetwork>(new CaffeReader().Read(new WeightsInput("tiny.caffemodel", net.ToArray(), name => name == "tiny.prototxt" ? description : throw new WeightsException("none"))));
    }
}
