using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Detectors in the three number formats of TensorFlow Lite, and in what is not to be had ready-made.</summary>
public class TinyDetectorTests
{
    [Theory]
    [InlineData("Float32", false)]
    [InlineData("UInt8", false)]
    [InlineData("Int8", false)]
    [InlineData("Int8", true)]
    public void Every_option_is_read_wherever_the_graphs_results_are(string typeName, bool isTensorFlow2)
    {
        TensorType type = Enum.Parse<TensorType>(typeName);
        SourceNetwork network = Read(TinyDetector.Write(type, isTensorFlow2));
        SourceDetector detector = network.Detector!;

        Assert.Equal(["2×2×1", "1×1×2"], DetectorFiles.Maps(network));
        Assert.Equal((3, 2, true), (detector.Columns, detector.Classes, detector.HasBackground));
        Assert.Equal((7, 2, 50), (detector.Most, detector.ClassesPerBox, detector.MostPerClass));
        Assert.Equal((true, 0.25f, 0.5f), (detector.IsPerClass, detector.Threshold, detector.Overlap));
        Assert.Equal(new SourceCoder(10, 20, 5, 4, IsXFirst: false), detector.Coder);
        Assert.Equal(SourceScores.Sigmoid, detector.Scores);
        Assert.Equal(TinyDetector.Anchors, detector.Anchors!.Boxes);
        Assert.Equal(type == TensorType.UInt8, detector.Anchors.Quantization is not null);
        Assert.Equal(
            type == TensorType.Float32 ? (null, null, null) : (1.5f, 2.5f, 1 / 256f),
            ((float?)detector.EncodingsQuantization?.Scale, (float?)detector.LogitsQuantization?.Scale, (float?)detector.ScoresQuantization?.Scale));
    }

    [Fact]
    public void Predictors_keep_their_own_scales()
    {
        SourceNetwork network = Read(TinyDetector.Write(TensorType.Int8));

        Assert.Equal([1f, 2f, 1.5f, 2.5f], network.Outputs.Select(output => network.Values[output].Quantization!.Scale));
        Assert.All(network.Outputs, output => Assert.Equal(ElementType.Int8, network.Values[output].Type));
    }

    [Fact]
    public void Ranges_that_nobody_measured_are_said()
    {
        TensorFlowLiteFile file = TinyDetector.Write(TensorType.UInt8, scale: 1);
        file.Tensors.ForEach(tensor => tensor.Scales = tensor.Type == TensorType.UInt8 && tensor.Data.Length == 0 && tensor.Name != "convert_scores" ? [1] : tensor.Scales);

        Assert.Contains("ranges that nobody measured", Assert.Single(Read(file).Notes));
        Assert.Empty(Read(TinyDetector.Write(TensorType.UInt8)).Notes);
    }

    [Fact]
    public void Anchors_for_other_maps_are_refused()
    {
        TensorFlowLiteFile file = TinyDetector.Write(TensorType.Float32);
        TensorFlowLiteFile.Tensor anchors = file.Tensors.Single(tensor => tensor.Name == "anchors");
        (anchors.Shape, anchors.Data) = ([5, 4], anchors.Data[..80]);

        string message = Assert.Throws<WeightsException>(() => Read(file)).Message;
        Assert.StartsWith("operator 14, TFLite_Detection_PostProcess: its anchors are \"anchors\", Float32 [5, 4]; 6 of four numbers were expected", message);
    }

    [Theory]
    [InlineData(new byte[0], "have numbers of 0 bytes")]
    [InlineData(new byte[] { 1, 4, 1 }, "are of type 1, which is no map")]
    [InlineData(new byte[] { 200, 36, 1 }, "have an offset of 200 at byte 0")]
    public void Options_that_are_no_map_are_refused(byte[] options, string problem)
    {
        TensorFlowLiteFile file = TinyDetector.Write(TensorType.Float32);
        file.Operators[^1].CustomOptions = options;

        Assert.Contains(problem, Assert.Throws<WeightsException>(() => Read(file)).Message);
    }

    private static SourceNetwork Read(TensorFlowLiteFile file) => (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("detect.tflite", file.Build()));
}
