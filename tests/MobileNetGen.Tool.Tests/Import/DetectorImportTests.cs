using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Tool.Import.Detectors;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Tests.Import;

/// <summary>Detectors that other people made, against the descriptions by which conformance is tested.</summary>
public class DetectorImportTests
{
    private const string Pets = "detection/pytorch_mb2_ssd_lite_050_random/mb2-ssd-lite-050-random";
    private const string Face = "detection/ultraface_slim/version-slim-320";

    /// <summary>Whose file has all that is in the text: nothing of the detector is assumed.</summary>
    [ReferenceTheory]
    [InlineData("Starter", "tflite/ssd_mobilenet_v1_coco_quant_300.tflite", "")]
    [InlineData("StarterRegular", "detection/ssd_mobilenet_v1_coco_quant_300_regular_nms.tflite", "nms per-class overlap 0.6")]
    [InlineData("SsdLite", "detection/coco_ssdlite_mobilenet_v2_tfjs/model.json", "")]
    [InlineData("Caffe", "detection/caffe_mobilenet_ssd_025_random/random.caffemodel", "nms per-class overlap 0.45 top 100")]
    [InlineData("FaceApi", "float/face-api_ssd_mobilenetv1/ssd_mobilenetv1_model-weights_manifest.json", "map map1  scale 0.35 next 0.5 ratios 1 next 2 1/2 3 0.3333")]
    public void A_detector_of_a_built_in_kind_is_described_as_a_person_would(string description, string file, string line)
    {
        (string text, Network imported) = Import(file);
        AssertEqual(Texts.Plan(File.ReadAllText(ReferenceData.Description("Detection/" + description))).Network, imported);
        Assert.DoesNotContain("layers\n", text, StringComparison.Ordinal);
        Assert.Equal(line.Length > 0, text.Contains("detector\n", StringComparison.Ordinal));
        Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [ReferenceTheory]
    [InlineData("UltraFace", Face + ".pth")]
    [InlineData("UltraFace", Face + ".onnx")]
    [InlineData("UltraFace", Face + "_without_postprocessing.onnx")]
    [InlineData("UltraFace", Face + "_without_postprocessing.tflite")]
    [InlineData("PyTorch", Pets + ".pth")]
    [InlineData("PyTorch", Pets + ".onnx")]
    public void A_detector_that_many_people_have_is_recognised_by_its_filters(string description, string file)
    {
        (string text, Network imported) = Import(file);
        AssertEqual(Texts.Plan(File.ReadAllText(ReferenceData.Description("Detection/" + description))).Network, imported);
        Assert.Contains("# assumed", text, StringComparison.Ordinal);
    }

    /// <summary>torchvision's names and sizes, at a third of the width, without trained numbers.</summary>
    [Fact]
    public void The_detector_of_torchvision_is_described_with_all_that_its_file_does_not_say()
    {
        using var mbnet = new Mbnet();
        File.WriteAllBytes(mbnet["ssdlite.safetensors"], StateDictionary(Texts.Plan("network SSDLiteMobileNetV3Large\nalpha 0.35\nclasses 3\nweights random").Network));

        string text = Mbnet.Succeed("import", mbnet["ssdlite.safetensors"]);

        foreach (string line in (string[])
            ["network      SSDLiteMobileNetV3Large", "alpha        0.35", "resolution   320", "classes      3", "activation   relu6", "normalize    mean 127.5 std 127.5", "padding      symmetric", "epsilon      0.001",
             "  map block13_expand scale 0.2 next 0.35 ratios 1 next 2 1/2 3 1/3 clip", "  decode 10 10 5 5 order xywh", "  scores softmax", "  nms per-class overlap 0.55 top 300 most 300"])
            Assert.Contains("\n" + line, text, StringComparison.Ordinal);
        Assert.Equal(["alpha", "classes", "weights"], text.Split('\n').Where(line => line.Length > 0 && line[0] is not ('#' or 'd') && !line.Contains("# assumed", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]));
    }

    /// <summary>A file with torchvision's names: layers have a batch normalisation, squeezes and the ends of predictors biases.</summary>
    private static byte[] StateDictionary(Network network)
    {
        var tensors = new List<(string Name, int[] Shape)>();
        foreach ((int i, Layer layer) in network.Layers.Where(l => l.HasWeights).Index())
        {
            bool isDepthwise = layer.IsDepthwise, isDense = layer.Operator == Operator.Dense;
            int[] shape = [layer.Output.Channels, isDepthwise ? 1 : layer.Input.Channels, layer.Kernel, layer.Kernel];
            string name = $"backbone.features.0.{i}.block." + (!isDense ? "0" : layer.Activation == Activation.HSigmoid ? "2.fc2" : "2.fc1");
            for (int m = 0; m < network.Detector!.Maps.Count; m++)
            {
                DetectorMap map = network.Detector.Maps[m];
                foreach ((string predictor, string head) in new[] { (map.Boxes, "regression_head"), (map.Scores, "classification_head") })
                    name = layer.Name == predictor ? $"head.{head}.module_list.{m}.1" : layer.Name == predictor + "_depthwise" ? $"head.{head}.module_list.{m}.0.0" : name;
            }

            tensors.Add((name + ".weight", shape));
            if (isDense || (name.StartsWith("head", StringComparison.Ordinal) && !isDepthwise))
                tensors.Add((name + ".bias", [shape[0]]));
            else
                tensors.AddRange(((string[])["weight", "bias", "running_mean", "running_var"]).Select(part => ($"{name[..^1]}1.{part}", (int[])[shape[0]])));
        }

        long end = 0;
        string header = string.Join(",", tensors.Select(t => $"\"{t.Name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(",", t.Shape)}],\"data_offsets\":[{end},{end += t.Shape.Aggregate(4L, (bytes, size) => bytes * size)}]}}"));
        byte[] json = System.Text.Encoding.UTF8.GetBytes($"{{{header}}}");
        var data = new float[end / 4];
        data.AsSpan().Fill(0.5f);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(data.AsSpan())];
    }

    [Theory]
    [InlineData("boxes 0.1:1 0.2:2 0.2:1/2", "scale 0.35 next 0.5 ratios 1 2 1/2 3 0.3333 next")]
    [InlineData("boxes 0.1:1 0.2:2 0.2:1/2", "scale 0.35 next 0.5 ratios 1 next 2 1/2 3 1/3")]
    [InlineData("boxes 10px 16px 24px", "boxes 32px 48px")]
    [InlineData("boxes 31px 47.5px:3/2", "scale 60px next 105px ratios 1 next 2 1/2 3 1/3 step 16px")]
    [InlineData("boxes 0.3:1", "scale 0.8 next 0.95 ratios 1 next 2 1/2 clip")]
    public void Anchors_are_written_as_they_were_made(string fine, string coarse)
    {
        string text = $"network Two\nresolution 96x128\nclasses 2\nweights random\nlayers\n conv 16 kernel 3 stride 2\n separable 16 stride 2 as fine\n separable 16 stride 2 as coarse\ndetector\n map fine {fine}\n map coarse {coarse}\n predict kernel 3";
        Network network = Texts.Plan(text).Network;
        PredictedMap[] maps = [.. network.Detector!.Maps.Select(m => new PredictedMap(0, m.Shape.Height, m.Shape.Width, m.Sizes.Count, new PredictorKind(3, false)))];
        Assert.Equal([fine, coarse], AnchorLines.Of(new SourceAnchors("anchors", [.. network.Detector.Anchors(network.Input)]), [.. maps], 96, 128));
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(0.9f, false)]
    public void A_file_whose_ranges_nobody_measured_is_told(float scale, bool isTold)
    {
        using var mbnet = new Mbnet();
        File.WriteAllBytes(mbnet["dummy.tflite"], Small(scale));
        Outcome outcome = Mbnet.Run("import", mbnet["dummy.tflite"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(isTold, outcome.Error.Contains("ranges that nobody measured", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cat\ndog\nowl\n", "cat\ndog\nowl\n")]
    [InlineData("???\ncat\ndog\nowl\n", "???\ncat\ndog\nowl\n")]
    [InlineData("bat\ncat\ndog\nowl\n", null)]
    [InlineData("Licence\n", null)]
    public void Names_of_classes_in_a_file_are_written_beside_the_text_if_there_are_as_many(string packed, string? written)
    {
        using var mbnet = new Mbnet();
        using var stream = new MemoryStream();
        stream.Write(Small(0.05f));
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var writer = new StreamWriter(archive.CreateEntry("labelmap.txt").Open()))
            writer.Write(packed);
        File.WriteAllBytes(mbnet["net.tflite"], stream.ToArray());
        Mbnet.Succeed("import", mbnet["net.tflite"], "-o", mbnet["net.mbnet"]);
        Assert.Equal(written is not null, File.ReadAllText(mbnet["net.mbnet"]).Contains("labels       \"net.labels.txt\"\n", StringComparison.Ordinal));
        Assert.Equal(written, File.Exists(mbnet["net.labels.txt"]) ? File.ReadAllText(mbnet["net.labels.txt"]) : null);
    }

    /// <summary>The file of an int8 detector of three classes, of which every layer's result has a scale.</summary>
    private static byte[] Small(float scale)
    {
        TrainedNetwork trained = TrainedNetworkLoader.Load(Texts.Plan("network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 3\nquantization int8\nweights random 1").Network, "");
        return TensorFlowLiteWriter.Write(trained with
        {
            Detector = null, Layers = [.. trained.Layers.Select(l => l with { Output = new TensorScale(scale, -128), StoredAsDepthwise = l.Layer.IsDepthwise })],
        });
    }

    /// <summary>The texts of known detectors are those of the page about them.</summary>
    [Fact]
    public void Known_detectors_are_those_of_the_documentation()
    {
        string page = File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, "docs", "detection.md"));
        Assert.NotEmpty(KnownDetector.All);
        foreach (KnownDetector known in KnownDetector.All)
        {
            Assert.Contains(string.Concat(known.Layers.Select(l => $"  {l}\n")), page, StringComparison.Ordinal);
            Assert.Contains(string.Concat(known.Detector.Select(l => $"  {l}\n")), page, StringComparison.Ordinal);
        }
    }

    private static (string Text, Network Network) Import(string file)
    {
        string text = Mbnet.Succeed("import", Path.Combine(BuildProperty.ReferenceData, file));
        return (text, Texts.Plan(text).Network);
    }

    private static void AssertEqual(Network expected, Network imported)
    {
        Assert.Equal(Texts.Structure(expected), Texts.Structure(imported));
        Assert.Equal((expected.Architecture, expected.Alpha, expected.Input, expected.Order, expected.Quantization), (imported.Architecture, imported.Alpha, imported.Input, imported.Order, imported.Quantization));
        Assert.Equal((expected.Fit, Resampling.Bilinear), (imported.Fit, imported.Resampling));
        (Detector own, Detector found) = (expected.Detector!, imported.Detector!);
        Assert.Equal((own.Coder, own.Scores, own.Classes, own.Suppression.IsPerClass, own.Suppression.Overlap), (found.Coder, found.Scores, found.Classes, found.Suppression.IsPerClass, found.Suppression.Overlap));
        Assert.All(own.Anchors(expected.Input).Zip(found.Anchors(imported.Input)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Equal(own.AnchorCount, found.AnchorCount);
        if (expected.Quantization == Quantization.Float32)
            Assert.All(expected.Normalization.Mean.Zip(imported.Normalization.Mean), pair => Assert.Equal(pair.First, pair.Second));
    }
}
