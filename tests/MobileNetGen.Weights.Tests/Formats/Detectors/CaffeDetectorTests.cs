using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>MobileNet-SSD as Caffe has it, with a description beside numbers and without.</summary>
public class CaffeDetectorTests
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

        SourceParameters parameters = Assert.IsType<SourceParameters>(new MobileNetGen.Weights.Formats.Caffe.CaffeReader().Read(new WeightsInput("random.caffemodel", file)));

        Assert.Equal(27 + 8 + 12, parameters.Filters.Length);
        Assert.Equal(6, parameters.Filters.Count(filter => filter.Place.Contains("mbox_conf")));
    }
}
