using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Tests;
using MobileNetGen.Tool.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.Tool.Tests.Detect;

public class DetectTests
{
    private const string Random = "network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 3\nweights random 1";

    /// <summary>What Google publishes for this file and photograph: left, top, width, height. Its own picture was resized in another way, which moves edges by up to 15 pixels of 1200.</summary>
    private static readonly (int Class, double Score, int[] Box)[] s_published =
        [(16, 0.64, [54, 396, 393, 196]), (16, 0.61, [602, 157, 394, 447]), (16, 0.56, [260, 394, 180, 209]), (17, 0.50, [389, 197, 278, 409])];

    [ReferenceFact]
    public void The_published_boxes_are_found_in_the_published_photograph()
    {
        using var mbnet = new Mbnet();
        JsonElement found = Detections(Photograph("cats_and_dogs.jpg"), mbnet.Write("net.mbnet", Starter()));
        Assert.Equal(s_published.Length, found.GetArrayLength());
        foreach ((JsonElement detection, (int Class, double Score, int[] Box) published) in found.EnumerateArray().Zip(s_published))
        {
            Assert.Equal(published.Class, detection.GetProperty("class").GetInt32());
            Assert.Equal(published.Score, detection.GetProperty("score").GetDouble(), 0.01);
            int[] box = published.Box;
            double[] edges = [.. new[] { "left", "top", "right", "bottom" }.Select(e => detection.GetProperty(e).GetDouble())];
            
            // Published boxes leave the photograph, which is 600 high.
            Assert.All(edges.Zip([box[0], box[1], box[0] + box[2], Math.Min(box[1] + box[3], 600)]), pair => Assert.Equal(pair.Second, pair.First, 15.0));
        }
    }

    [ReferenceFact]
    public void Boxes_are_in_the_photograph_as_its_camera_was_held_and_names_are_the_labels()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("labels.txt", string.Concat(Enumerable.Range(0, 90).Select(i => i == 17 ? "dog [17]\n" : $"thing {i}\n")));
        string net = mbnet.Write("net.mbnet", Starter() + "\nlabels \"labels.txt\"");

        // The sensor's picture lies on its side, and the file says so.
        using SKBitmap upright = SKBitmap.Decode(Photograph("cats_and_dogs.jpg"));
        using var turned = new SKBitmap(upright.Height, upright.Width);
        using (var canvas = new SKCanvas(turned))
        {
            canvas.Translate(0, turned.Height);
            canvas.RotateDegrees(-90);
            canvas.DrawBitmap(upright, 0, 0);
        }

        File.WriteAllBytes(mbnet["turned.jpg"], Jpegs.WithOrientation(turned.Encode(SKEncodedImageFormat.Jpeg, 100).ToArray(), 6));
        string table = Mbnet.Succeed("detect", mbnet["turned.jpg"], net, "--threshold", "0.45");
        Assert.Contains("turned.jpg: 1200×600", table, StringComparison.Ordinal);
        Assert.Contains("dog [17]", table, StringComparison.Ordinal);
        Assert.Contains("thing 16", table, StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void A_letterboxed_photograph_has_its_faces_where_they_are()
    {
        JsonElement face = Assert.Single(Detections(Photograph("grace_hopper.bmp"), ReferenceData.Description("Detection/FaceApi")).EnumerateArray());
        using SKBitmap photograph = SKBitmap.Decode(Photograph("grace_hopper.bmp"));
        Assert.True(photograph.Height > photograph.Width);

        // What face-api.js finds, top, left, bottom, right, in parts of the square that the photograph was padded to.
        double[] golden = [0.2036244422197342, 0.283529669046402, 0.5467560291290283, 0.5872776508331299];
        double[] found = [.. new[] { "top", "left", "bottom", "right" }.Select(edge => face.GetProperty(edge).GetDouble() / photograph.Height)];
        Assert.All(golden.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.005));
        Assert.Equal(0, face.GetProperty("class").GetInt32());
    }

    [Fact]
    public void Photographs_of_a_folder_are_drawn_into_another()
    {
        using var mbnet = new Mbnet();
        Directory.CreateDirectory(mbnet["photos/more"]);
        foreach (string file in new[] { "photos/a.png", "photos/more/a.png" })
            File.WriteAllBytes(mbnet[file], Noise(90, 70));
        JsonElement all = JsonDocument.Parse(Mbnet.Succeed("detect", mbnet["photos"], mbnet.Write("net.mbnet", Random), "--draw", mbnet["found"], "--threshold", "0", "--most", "5", "--json")).RootElement;
        Assert.Equal(2, all.GetArrayLength());
        Assert.All(all.EnumerateArray(), photograph =>
        {
            Assert.Equal((90, 70), (photograph.GetProperty("width").GetInt32(), photograph.GetProperty("height").GetInt32()));
            JsonElement[] found = [.. photograph.GetProperty("detections").EnumerateArray()];
            Assert.Equal(5, found.Length);
            Assert.All(found, f => Assert.True(f.GetProperty("left").GetDouble() >= 0 && f.GetProperty("right").GetDouble() <= 90 && f.GetProperty("bottom").GetDouble() <= 70));
            Assert.Equal(found.Select(f => f.GetProperty("score").GetDouble()).OrderDescending(), found.Select(f => f.GetProperty("score").GetDouble()));
        });
        foreach (string picture in new[] { "found/a.png", "found/a_2.png" })
        {
            using SKBitmap before = SKBitmap.Decode(mbnet["photos/a.png"]), drawn = SKBitmap.Decode(mbnet[picture]);
            Assert.Equal((before.Width, before.Height), (drawn.Width, drawn.Height));
            Assert.NotEqual(before.Pixels, drawn.Pixels);
        }
    }

    [Theory]
    [InlineData("picture.png", 137)]
    [InlineData("picture.jpg", 255)]
    [InlineData("picture.webp", 82)]
    public void A_picture_has_the_format_of_its_name(string name, byte first)
    {
        using var mbnet = new Mbnet();
        File.WriteAllBytes(mbnet["a.png"], Noise(40, 40));
        Mbnet.Succeed("detect", mbnet["a.png"], mbnet.Write("net.mbnet", Random), "--draw", mbnet[name]);
        Assert.Equal(first, File.ReadAllBytes(mbnet[name])[0]);
    }

    [Fact]
    public void What_is_wrong_with_a_command_line_is_said()
    {
        using var mbnet = new Mbnet();
        File.WriteAllBytes(mbnet["a.png"], Noise(40, 40));
        string net = mbnet.Write("net.mbnet", Random);
        Assert.Contains("name that of the detector", Fail(2, mbnet["a.png"]), StringComparison.Ordinal);
        Assert.Contains("no photograph", Fail(2, net), StringComparison.Ordinal);
        Assert.Contains("name one detector", Fail(2, mbnet["a.png"], net, net), StringComparison.Ordinal);
        Assert.Contains("from 0 to 1", Fail(2, mbnet["a.png"], net, "--threshold", "50"), StringComparison.Ordinal);
        Assert.Contains("--draw takes a folder", Fail(1, mbnet["a.png"], mbnet["a.png"], net, "--draw", "a.png"), StringComparison.Ordinal);
        Assert.Contains("is no detector", Fail(1, mbnet["a.png"], mbnet.Write("v1.mbnet", Texts.All["float32 V1"])), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Fail(1, mbnet["b.png"], net), StringComparison.Ordinal);

        static string Fail(int exitCode, params string[] arguments)
        {
            Outcome outcome = Mbnet.Run(["detect", .. arguments]);
            Assert.Equal(exitCode, outcome.ExitCode);
            return outcome.Error;
        }
    }

    private static JsonElement Detections(string photograph, string net) =>
        JsonDocument.Parse(Mbnet.Succeed("detect", photograph, net, "--json", "--threshold", "0.5")).RootElement[0].GetProperty("detections");

    private static string Photograph(string name) => Path.Combine(BuildProperty.ReferenceData, "images", name);

    private static string Starter() => $"network SSDMobileNetV1\nalpha 0.75\nresolution 300\nclasses 90\nquantization uint8\nweights \"{ReferenceData.TensorFlowLite("ssd_mobilenet_v1_coco_quant_300")}\"";

    private static byte[] Noise(int width, int height)
    {
        var random = new Random(3);
        using var bitmap = new SKBitmap(width, height);
        for (int i = 0; i < width * height; i++)
            bitmap.SetPixel(i % width, i / width, new SKColor((uint)random.Next() | 0xFF000000));
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }
}
