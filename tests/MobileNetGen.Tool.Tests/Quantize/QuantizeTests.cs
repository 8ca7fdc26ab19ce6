using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Tool.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.Tool.Tests.Quantize;

public class QuantizeTests
{
    private const string Text = """
        # Ours.
        network      MobileNetV2
        alpha        0.35
        resolution   64
        classes      3
        normalize    mean 120 110 100 std 60   # as trained
        weights      random 3   # to be replaced
        labels       "names.txt"
        head
          avgpool
          dense 10 relu   # hidden
          dense classes
          softmax
        """;

    [Theory]
    [InlineData("int8")]
    [InlineData("uint8")]
    [InlineData("float32")]
    public void The_generated_int8_network_is_that_of_the_reference_in_every_byte(string io)
    {
        using Mbnet mbnet = Prepared();
        Mbnet.Succeed("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"], "--io", io);
        JsonElement verified = JsonDocument.Parse(Mbnet.Succeed("verify", mbnet["net_int8.mbnet"], "--images", mbnet["photos"], "--json", "--no-onnx")).RootElement;
        Assert.True(verified.GetProperty("passed").GetBoolean());
        Assert.All(verified.GetProperty("layers").EnumerateArray(), layer => Assert.Equal(0, layer.GetProperty("differences")[0].GetProperty("difference").GetDouble()));
    }

    [Fact]
    public void The_description_changes_where_it_must_and_nowhere_else()
    {
        using Mbnet mbnet = Prepared();
        Directory.CreateDirectory(mbnet["small"]);
        mbnet.Write("net.mbnet", "# Written by mbnet import for a.pth (PyTorch).\n" + Text);
        Outcome outcome = Mbnet.Run("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"], "-o", mbnet["small/tiny.tflite"]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains($"Only {Directory.GetFiles(mbnet["photos"]).Length} images: ranges will be those of these few.", outcome.Error, StringComparison.Ordinal);
        string expected = "# Written by mbnet quantize from net.mbnet.\n" + Text
            .Replace("normalize    mean 120 110 100 std 60   # as trained\n", "", StringComparison.Ordinal)
            .Replace("random 3   # to be replaced", "\"tiny.tflite\"   # to be replaced\nquantization int8\nclass        MobileNetV2_0_35_64_Int8", StringComparison.Ordinal)
            .Replace("\"names.txt\"", "\"../names.txt\"", StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllText(mbnet["small/tiny.mbnet"]));
    }

    [Fact]
    public void One_of_several_networks_is_chosen_by_its_class()
    {
        using Mbnet mbnet = Prepared();
        mbnet.Write("net.mbnet", Text.Replace("alpha        0.35", "alpha        0.35 0.5", StringComparison.Ordinal).Replace("resolution   64", "rho          2/7", StringComparison.Ordinal));
        Outcome outcome = Mbnet.Run("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--class", outcome.Error, StringComparison.Ordinal);
        Mbnet.Succeed("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"], "--class", "MobileNetV2_0_5_64");
        string[] lines = File.ReadAllLines(mbnet["net_int8.mbnet"]);
        Assert.Contains("alpha        0.5", lines);
        Assert.Contains("resolution   64", lines);
        Assert.Contains("class        MobileNetV2_0_5_64_Int8", lines);
    }

    [Fact]
    public void Scripts_get_what_was_written_and_how_good_it_is()
    {
        using Mbnet mbnet = Prepared();
        JsonElement json = JsonDocument.Parse(Mbnet.Succeed("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"], "--limit", "4", "--method", "percentile", "--json")).RootElement;
        Assert.Equal(("MobileNetV2_0_35_64_Int8", "percentile"), (json.GetProperty("className").GetString(), json.GetProperty("method").GetString()));
        Assert.Equal((4, 4), (json.GetProperty("images").GetInt32(), json.GetProperty("comparedImages").GetInt32()));
        Assert.True(File.Exists(json.GetProperty("weights").GetString()) && File.Exists(json.GetProperty("description").GetString()));
        Assert.InRange(json.GetProperty("agreement").GetDouble(), 0, 1);
        Assert.InRange(json.GetProperty("signalToNoise").GetDouble(), 10, 100);
    }

    [Fact]
    public void Files_are_replaced_only_by_force()
    {
        using Mbnet mbnet = Prepared();
        string[] command = ["quantize", mbnet["net.mbnet"], "--images", mbnet["photos"]];
        Mbnet.Succeed(command);
        byte[] first = File.ReadAllBytes(mbnet["net_int8.tflite"]);
        Outcome second = Mbnet.Run(command);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("--force", second.Error, StringComparison.Ordinal);
        Mbnet.Succeed([.. command, "--force"]);
        Assert.Equal(first, File.ReadAllBytes(mbnet["net_int8.tflite"]));
        Outcome itself = Mbnet.Run([.. command, "--force", "-o", mbnet["net.tflite"]]);
        Assert.Equal(1, itself.ExitCode);
        Assert.Contains("is the float32 network", itself.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_images_is_said()
    {
        using Mbnet mbnet = Prepared();
        Directory.CreateDirectory(mbnet["empty"]);
        Refuses("nowhere: there is no such folder", mbnet["nowhere"]);
        Refuses("there is no image in it", mbnet["empty"]);
        File.WriteAllText(mbnet["photos/zzz.jpg"], "<html>not found</html>");
        Refuses("zzz.jpg: this is no picture", mbnet["photos"]);
        Assert.False(File.Exists(mbnet["net_int8.tflite"]));

        void Refuses(string why, string folder)
        {
            Outcome outcome = Mbnet.Run("quantize", mbnet["net.mbnet"], "--images", folder);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains(why, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_network_that_is_quantised_already_is_refused()
    {
        using Mbnet mbnet = Prepared();
        mbnet.Write("net.mbnet", "network MobileNetV1\nalpha 0.25\nresolution 32\nquantization uint8\nweights random");
        Outcome outcome = Mbnet.Run("quantize", mbnet["net.mbnet"], "--images", mbnet["photos"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is uint8 already", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("--images", "photos", "--method", "entropy")]
    [InlineData("--images", "photos", "--io", "int16")]
    [InlineData("--images", "photos", "--limit", "0")]
    [InlineData("--images", "photos", "-o", "net_int8.mbnet")]
    public void A_wrong_command_line_ends_with_2(params string[] options)
    {
        using Mbnet mbnet = Prepared();
        Assert.Equal(2, Mbnet.Run(["quantize", mbnet["net.mbnet"], .. options]).ExitCode);
    }

    /// <summary>A folder with a network, its labels and six photographs of noise.</summary>
    private static Mbnet Prepared()
    {
        var mbnet = new Mbnet();
        mbnet.Write("net.mbnet", Text);
        mbnet.Write("names.txt", "a\nb\nc\n");
        Directory.CreateDirectory(mbnet["photos"]);
        var random = new Random(4);
        foreach (int i in Enumerable.Range(0, 6))
        {
            using var bitmap = new SKBitmap(new SKImageInfo(70 + i, 50, SKColorType.Rgba8888, SKAlphaType.Opaque));
            random.NextBytes(bitmap.GetPixelSpan());
            using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(mbnet[$"photos/{i}.png"], png.ToArray());
        }

        return mbnet;
    }
}
