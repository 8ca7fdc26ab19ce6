using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using SkiaSharp;

namespace MobileNetGen.Tool.Tests.Teach;

public class TeachTests
{
    private const string Small = "network MobileNetV2\nalpha 0.1\nresolution 32\nclasses 10\nweights random 2\n";

    // What a file says, and what it leaves to TensorFlow's or PyTorch's convention, comes back in the text. Bytes of random weights differ in the last bits only, so that probabilities depend on rounding.
    [Theory]
    [InlineData("network MobileNetV2\nalpha 0.1\nresolution 32\nclasses 10\npadding symmetric\nquantization uint8\nweights random 3", "normalize    mean 128.0 std 127.5")]
    [InlineData("network MobileNetV1\nalpha 0.1\nresolution 32\nclasses 10\nquantization int8\nweights random 4", "normalize    mean 128.0 std 127.5")]
    [InlineData("network MobileNetV3Small\nalpha 0.1\nresolution 32\nclasses 10\npadding symmetric\nweights random 5", "padding      symmetric")]
    public void A_network_in_any_arithmetic_becomes_a_classifier_of_photographs(string text, string line)
    {
        using Mbnet mbnet = Prepared(text);
        JsonElement taught = Json(Mbnet.Succeed("teach", mbnet["photos"], "--from", mbnet["base.onnx"], "-o", mbnet["red-or-blue.mbnet"], "--json"));
        Assert.Equal("RedOrBlue", taught.GetProperty("className").GetString());
        Assert.Equal(["blue", "red"], taught.GetProperty("classes").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(text.Contains("quantization", StringComparison.Ordinal), taught.GetProperty("baseWasQuantized").GetBoolean());
        Assert.InRange(taught.GetProperty("largestDifference").GetDouble(), 0, 1e-5);
        Assert.Contains(line, File.ReadAllText(mbnet["red-or-blue.mbnet"]), StringComparison.Ordinal);
        Assert.Equal("blue\nred\n", File.ReadAllText(mbnet["red-or-blue.labels.txt"]));

        // A build has nothing to assume.
        Description description = Description.Read(mbnet["red-or-blue.mbnet"]);
        PackedPlan packed = PackedPlan.Of(Assert.Single(description.Plans), description);
        Assert.Empty(packed.Trained.Assumptions);
        Assert.Empty(packed.Trained.Notes);
        Assert.Equal(taught.GetProperty("unknownBelow").GetDecimal(), packed.Plan.Network.Unknown!.Below);
    }

    [Fact]
    public void A_class_is_added_an_int8_form_made_and_a_page_written()
    {
        using Mbnet mbnet = Prepared(Small);
        string[] command = ["--from", mbnet["base.onnx"], "-o", mbnet["net.mbnet"]];
        Mbnet.Succeed(["teach", mbnet["photos"], .. command]);
        Assert.Contains("padding      same\n", File.ReadAllText(mbnet["net.mbnet"]), StringComparison.Ordinal);
        Photographs(mbnet, "new/Unknown", new SKColor(0, 90, 0), 8);
        string printed = Mbnet.Succeed(["teach", mbnet["new"], .. command, "--update", "--int8", "--report", mbnet["page.html"]]);
        Assert.Contains("3 classes", printed, StringComparison.Ordinal);
        Assert.Contains("unknown class \"Unknown\"", printed, StringComparison.Ordinal);
        Assert.Contains("net_int8.mbnet: int8 finds", printed, StringComparison.Ordinal);
        Assert.Contains("unknown      class \"Unknown\"\n", File.ReadAllText(mbnet["net.mbnet"]), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(mbnet["page.html"]), StringComparison.Ordinal);

        // And a project of it.
        Mbnet.Succeed("new", mbnet["Colours"], "--from", mbnet["net.mbnet"]);
        Assert.Equal(
            ["Colours.csproj", "Program.cs", "net.labels.txt", "net.mbnet", "net.safetensors"],
            Directory.GetFiles(mbnet["Colours"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Contains("prediction.IsKnown", File.ReadAllText(mbnet["Colours/Program.cs"]), StringComparison.Ordinal);
        Description int8 = Description.Read(mbnet["net_int8.mbnet"]);
        Network network = PackedPlan.Of(Assert.Single(int8.Plans), int8).Trained.Network;
        Assert.Equal((Quantization.Int8, "Net_Int8", "Unknown"), (network.Quantization, network.ClassName, network.Unknown!.ClassName));
    }

    [Fact]
    public void What_is_wrong_is_said_with_what_to_do()
    {
        using Mbnet mbnet = Prepared(Small);
        string[] command = ["--from", mbnet["base.onnx"], "-o", mbnet["net.mbnet"]];
        Assert.Contains("there is no such folder", Failed(1, ["teach", mbnet["none"], .. command]), StringComparison.Ordinal);
        Assert.Contains("side by side", Failed(1, ["teach", mbnet["photos/red"], .. command]), StringComparison.Ordinal);
        Assert.Contains("nothing was taught before", Failed(1, ["teach", mbnet["photos"], .. command, "--update"]), StringComparison.Ordinal);
        mbnet.Write("net.mbnet", "");
        Assert.Contains("is already there", Failed(1, ["teach", mbnet["photos"], .. command]), StringComparison.Ordinal);
        Assert.Contains("must name a .mbnet file", Failed(2, ["teach", mbnet["photos"], "--from", mbnet["base.onnx"], "-o", mbnet["net.tflite"]]), StringComparison.Ordinal);
        Assert.Contains("from 0 to below 100", Failed(2, ["teach", mbnet["photos"], .. command, "--unknown-loss", "100"]), StringComparison.Ordinal);
        Assert.Contains("--from", Failed(2, ["teach", mbnet["photos"], "-o", mbnet["net.mbnet"]]), StringComparison.Ordinal);
        Export(mbnet, "network MobileNetV1\nalpha 0.1\nresolution 32\nclasses 4\nweights random\nhead\n maxpool\n dense classes", "max.onnx");
        Assert.Contains("does not begin with 'avgpool'", Failed(1, ["teach", mbnet["photos"], "--from", mbnet["max.onnx"], "-o", mbnet["other.mbnet"]]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_unknown_class_must_be_a_label()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("l.txt", "a\nb\nunknown\n");
        string net = mbnet.Write("net.mbnet", "network MobileNetV1\nalpha 0.1\nresolution 32\nclasses 3\nweights random\nlabels \"l.txt\"\nunknown class \"Unknown\"\n");
        Assert.Contains("(7,1,7,24): error MBN2015: 'Unknown', the class of unknown images, is none of the labels in 'l.txt'; write it as it stands there: unknown", Failed(1, "pack", net, "-o", mbnet.Folder), StringComparison.Ordinal);
    }

    // Kernels of every kind: with a multiplier, of five rows, of a squeeze.
    [Theory]
    [InlineData("float32 layers")]
    [InlineData("float32 V3")]
    [InlineData("float32 V1")]
    public void Written_numbers_read_back(string name)
    {
        using var mbnet = new Mbnet();
        TrainedNetwork random = TrainedNetworkLoader.Load(Texts.Plan(Texts.All[name] + "\npadding same").Network, mbnet.Folder);
        File.WriteAllBytes(mbnet["w.safetensors"], SafeTensorsWriter.Write(random));
        string text = string.Join('\n', Texts.All[name].Split('\n').Select(l => l.StartsWith("weights", StringComparison.Ordinal) ? "weights \"w.safetensors\"" : l)) + "\npadding same";
        TrainedNetwork read = TrainedNetworkLoader.Load(Texts.Plan(text).Network, mbnet.Folder);
        foreach ((TrainedLayer expected, TrainedLayer actual) in random.Layers.Zip(read.Layers))
        {
            Assert.Equal((expected.Filter as FloatFilter)?.Weights, (actual.Filter as FloatFilter)?.Weights);
            Assert.Equal((expected.Filter as FloatFilter)?.Bias, (actual.Filter as FloatFilter)?.Bias);
            Assert.Equal((expected.PadTop, expected.PadLeft), (actual.PadTop, actual.PadLeft));
        }
    }

    [ReferenceFact]
    public void A_few_dozen_photographs_of_cats_and_ships_are_told_apart()
    {
        using var mbnet = new Mbnet();
        using (ZipArchive photographs = ZipFile.OpenRead(Path.Combine(BuildProperty.ReferenceData, "datasets", "cifar10-images.zip")))
        {
            foreach (string label in new[] { "cat", "ship" })
            {
                Directory.CreateDirectory(mbnet[$"photos/{label}"]);
                foreach (ZipArchiveEntry entry in photographs.Entries.Where(e => e.FullName.StartsWith($"train/{label}/", StringComparison.Ordinal) && e.Name.Length > 0).OrderBy(e => e.Name, StringComparer.Ordinal).Take(24))
                    entry.ExtractToFile(mbnet[$"photos/{label}/{entry.Name}"]);
            }
        }

        JsonElement taught = Json(Mbnet.Succeed("teach", mbnet["photos"], "--from", ReferenceData.TensorFlowLite("tm_catdog_mobilenet_v2_0.35_224_float"), "-o", mbnet["net.mbnet"], "--json"));
        Assert.InRange(taught.GetProperty("largestDifference").GetDouble(), 0, 1e-5);
        Assert.InRange(taught.GetProperty("estimate").GetProperty("accuracy").GetDouble(), 0.85, 1);
    }

    /// <summary>A folder with a network and ten photographs each of two classes.</summary>
    private static Mbnet Prepared(string text)
    {
        var mbnet = new Mbnet();
        Export(mbnet, text, "base.onnx");
        Photographs(mbnet, "photos/red", new SKColor(200, 0, 0), 10);
        Photographs(mbnet, "photos/blue", new SKColor(0, 0, 200), 10);
        return mbnet;
    }

    private static void Export(Mbnet mbnet, string text, string file) => Mbnet.Succeed("export", mbnet.Write("base.mbnet", text), "-o", mbnet[file]);

    private static void Photographs(Mbnet mbnet, string folder, SKColor color, int count)
    {
        Directory.CreateDirectory(mbnet[folder]);
        var random = new Random(folder.Length);
        for (int photo = 0; photo < count; photo++)
        {
            using var bitmap = new SKBitmap(48, 40);
            using (var canvas = new SKCanvas(bitmap))
            {
                canvas.Clear(color);
                for (int i = 0; i < 12; i++)
                {
                    using var paint = new SKPaint { Color = new SKColor((uint)random.Next() | 0xFF000000) };
                    canvas.DrawRect(random.Next(48), random.Next(40), 8, 6, paint);
                }
            }

            using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(mbnet[$"{folder}/{photo}.png"], png.ToArray());
        }
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Failed(int exitCode, params string[] arguments)
    {
        Outcome outcome = Mbnet.Run(arguments);
        Assert.Equal(exitCode, outcome.ExitCode);
        return outcome.Error + outcome.Output;
    }
}
