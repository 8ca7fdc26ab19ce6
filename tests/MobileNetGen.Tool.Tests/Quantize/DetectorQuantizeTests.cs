using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using SkiaSharp;

namespace MobileNetGen.Tool.Tests.Quantize;

public class DetectorQuantizeTests
{
    [Theory]
    [InlineData("float32 detector", "int8")]
    [InlineData("float32 detector", "uint8")]
    [InlineData("float32 detector", "float32")]
    [InlineData("float32 SSDLite", "int8")]
    public void A_detector_becomes_int8_and_its_file_reads_back(string name, string io)
    {
        using var mbnet = new Mbnet();
        Quantize(mbnet, Texts.All[name], io);
        JsonElement verified = JsonDocument.Parse(Mbnet.Succeed("verify", mbnet["net_int8.mbnet"], "--images", mbnet["photos"], "--json", "--no-onnx")).RootElement;
        Assert.True(verified.GetProperty("passed").GetBoolean());

        Description description = Description.Read(mbnet["net_int8.mbnet"]);
        TrainedNetwork trained = TrainedNetworkLoader.Load(description.Plans[0].Network, mbnet.Folder);
        Detector detector = trained.Network.Detector!;
        Assert.Equal(Quantization.Int8, trained.Network.Quantization);
        TensorScale boxes = Assert.Single(detector.Maps.Select(m => Scale(m.Boxes)).Distinct()), scores = Assert.Single(detector.Maps.Select(m => Scale(m.Scores)).Distinct());
        Assert.Equal((boxes, scores), (trained.Detector!.Boxes, trained.Detector.Logits));
        if (detector.Scores == ScoreFunction.Sigmoid)
            Assert.Equal(new TensorScale(1f / 256, -128), trained.Detector.Scores);
        Assert.Equal(detector.Anchors(trained.Network.Input), trained.Detector.Anchors);

        TensorScale Scale(string layer) => trained.Layers.Single(l => l.Layer.Name == layer).Output!.Value;
    }

    [Fact]
    public void The_file_states_what_the_text_says_of_boxes()
    {
        using var mbnet = new Mbnet();
        const string text = "network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 4\nweights random 5\ndetector\n decode 8 9 4 3\n nms per-class overlap 0.45 keep 7 most 20";
        Quantize(mbnet, text, "int8");
        SourceDetector found = ((SourceNetwork)WeightsFile.Read(mbnet["net_int8.tflite"], null).Model).Detector!;
        Assert.Equal((true, 0.45f, 20, 7, 4, true), (found.IsPerClass, found.Overlap, found.Most, found.MostPerClass, found.Classes, found.HasBackground));
        Assert.Equal(new SourceCoder(8, 9, 4, 3, IsXFirst: false), found.Coder);
        Assert.Equal(Texts.Plan(text).Network.Detector!.AnchorCount, found.Anchors!.Count);
        string imported = Mbnet.Succeed("import", mbnet["net_int8.tflite"]);
        Assert.Contains("decode 8 9 4 3 order yxhw\n", imported, StringComparison.Ordinal);
        Assert.Contains("nms per-class overlap 0.45 keep 7\n", imported, StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void An_int8_face_detector_finds_the_face_that_the_float32_one_finds()
    {
        using var mbnet = new Mbnet();
        string images = Path.Combine(BuildProperty.ReferenceData, "images"), net = ReferenceData.Description("Detection/UltraFace");
        Mbnet.Succeed("quantize", net, "--images", images, "-o", mbnet["face.tflite"]);
        float[] real = Face(net), bytes = Face(mbnet["face.mbnet"]);
        float width = Math.Min(real[2], bytes[2]) - Math.Max(real[0], bytes[0]), height = Math.Min(real[3], bytes[3]) - Math.Max(real[1], bytes[1]);
        float both = Math.Max(width, 0) * Math.Max(height, 0);
        Assert.True(both / (Area(real) + Area(bytes) - both) > 0.7f, $"{string.Join(" ", real)} and {string.Join(" ", bytes)}");

        float[] Face(string description)
        {
            JsonElement found = JsonDocument.Parse(Mbnet.Succeed("detect", Path.Combine(images, "grace_hopper.bmp"), description, "--json")).RootElement[0].GetProperty("detections");
            JsonElement face = Assert.Single(found.EnumerateArray());
            return [.. new[] { "left", "top", "right", "bottom" }.Select(edge => face.GetProperty(edge).GetSingle())];
        }

        static float Area(float[] box) => (box[2] - box[0]) * (box[3] - box[1]);
    }

    [Fact]
    public void Options_read_back()
    {
        var options = new Dictionary<string, object> { ["whole"] = -70_000, ["real"] = 0.6f, ["truth"] = true, ["a"] = 1, ["_output_quantized"] = false };
        Assert.Equal(
            new Dictionary<string, double> { ["whole"] = -70_000, ["real"] = 0.6f, ["truth"] = 1, ["a"] = 1, ["_output_quantized"] = 0 },
            FlexMap.Read("options", FlexMapWriter.Write(options)));
    }

    /// <summary>Google's own reader finds them too, by halves in names that are sorted by bytes.</summary>
    [Fact]
    public void Names_of_options_are_sorted_by_their_bytes()
    {
        byte[] written = FlexMapWriter.Write(new Dictionary<string, object> { ["b"] = 1, ["_"] = 2, ["B"] = 3 });
        Assert.Equal("B\0_\0b\0"u8.ToArray(), written[..6]);
    }

    private static void Quantize(Mbnet mbnet, string text, string io)
    {
        Directory.CreateDirectory(mbnet["photos"]);
        var random = new Random(4);
        for (int photo = 0; photo < 3; photo++)
        {
            using var bitmap = new SKBitmap(80, 64);
            for (int i = 0; i < 80 * 64; i++)
                bitmap.SetPixel(i % 80, i / 80, new SKColor((uint)random.Next() | 0xFF000000));
            File.WriteAllBytes(mbnet[$"photos/{photo}.png"], bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray());
        }

        Mbnet.Succeed("quantize", mbnet.Write("net.mbnet", text), "--images", mbnet["photos"], "--io", io);
    }
}
