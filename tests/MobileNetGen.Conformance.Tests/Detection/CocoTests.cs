#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.Tests.Coco;
using SkiaSharp;

namespace MobileNetGen.Conformance.Detection;

/// <summary>From files of photographs to average precision, through <c>Prepare</c> and <c>Detect</c> as a program calls them.</summary>
public sealed class CocoTests
{
    private static readonly string s_folder = ReferenceData.Path("datasets", "coco_val2017_first128");

    private delegate Placement Prepare(ReadOnlySpan<byte> source, int width, int height, Span<byte> pixels);

    private delegate int Detect(ReadOnlySpan<byte> pixels, Span<Runtime.Detection> detections);

    [Fact]
    public void The_starter_detector_is_as_precise_as_in_TensorFlow_Lite()
    {
        Prepare prepare = (source, width, height, pixels) => StarterDetector.Prepare(source, width, height, pixels, PixelFormat.Rgba);
        AssertPrecision(0.2256, 0.3593, 0.2401, Find(prepare, 10, (pixels, found) => StarterDetector.Detect(pixels, found, 1e-8f)), 0);
        AssertPrecision(0.2334, 0.3831, 0.2450, Find(prepare, 100, (pixels, found) => StarterDetector.Detect(pixels, found, 0.01f)), 0);

        // This figure is from a program of our own, which orders equal scores of different classes otherwise.
        AssertPrecision(0.2477, 0.3991, 0.2607, Find(prepare, 100, (pixels, found) => StarterRegular.Detect(pixels, found, 0.01f)), 0.001);
    }

    [Fact]
    public void SSDLite_is_as_precise_as_in_TensorFlow_js()
    {
        Prepare prepare = (source, width, height, pixels) => SsdLite.Prepare(source, width, height, pixels, PixelFormat.Rgba);
        AssertPrecision(0.3661, 0.5313, 0.3938, Find(prepare, 100, (pixels, found) => SsdLite.Detect(pixels, found, 0.01f)), 0.001);
        AssertPrecision(0.2884, 0.3715, 0.3233, Find(prepare, 20, (pixels, found) => SsdLite.Detect(pixels, found)), 0.001);
    }

    /// <summary>What Google publishes of this file and picture (its detection example, threshold 0.5): four objects, whose edges in pixels another way to resize moves by some.</summary>
    [Fact]
    public void The_published_objects_are_found_in_the_published_picture()
    {
        (string Label, float Score, float Left, float Top, float Right, float Bottom)[] published =
        [
            ("cat", 0.64f, 54, 396, 54 + 393, 396 + 196), ("cat", 0.61f, 602, 157, 602 + 394, 157 + 447),
            ("cat", 0.56f, 260, 394, 260 + 180, 394 + 209), ("dog", 0.50f, 389, 197, 389 + 278, 197 + 409),
        ];
        using SKBitmap bitmap = Decode(ReferenceData.Path("images", "cats_and_dogs.jpg"));
        var pixels = new byte[300 * 300 * 3];
        StarterDetector.Prepare(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height, pixels, PixelFormat.Rgba);
        var found = new Runtime.Detection[10];
        int count = StarterDetector.Detect(pixels, found);

        Assert.Equal(published.Select(p => p.Label), found[..count].Select(d => d.Label));
        for (int i = 0; i < count; i++)
        {
            Runtime.Detection detection = found[i].In(bitmap.Width, bitmap.Height);
            Assert.Equal(published[i].Score, detection.Score, 0.01f);
            Assert.Equal(published[i].Left, detection.Left, 8f);
            Assert.Equal(published[i].Top, detection.Top, 8f);
            Assert.Equal(published[i].Right, detection.Right, 8f);
            Assert.Equal(published[i].Bottom, detection.Bottom, 8f);
        }
    }

    private static Dictionary<string, CocoBox[]> Find(Prepare prepare, int most, Detect detect)
    {
        var pixels = new byte[300 * 300 * 3];
        var detections = new Runtime.Detection[most];
        var found = new Dictionary<string, CocoBox[]>();
        foreach (string file in Directory.GetFiles(s_folder, "*.jpg"))
        {
            using SKBitmap bitmap = Decode(file);
            Placement placement = prepare(bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height, pixels);
            int count = detect(pixels, detections);
            placement.ToImage(detections.AsSpan(0, count));

            // COCO's ids count the background.
            found.Add(Path.GetFileNameWithoutExtension(file), [.. detections[..count].Select(d => new CocoBox(d.Class + 1, d.Left, d.Top, d.Right, d.Bottom, d.Score))]);
        }

        return found;
    }

    private static void AssertPrecision(double mean, double at50, double at75, Dictionary<string, CocoBox[]> found, double tolerance)
    {
        Dictionary<string, CocoBox[]> truths = CocoPhotographs.Objects(s_folder);
        Assert.Equal(128, truths.Count);
        var precision = CocoEvaluation.Of(truths, found);
        foreach ((double expected, double actual) in new[] { (mean, precision.Mean), (at50, precision.At50), (at75, precision.At75) })
            Assert.Equal(expected, Math.Round(actual, 4), tolerance);
    }

    private static SKBitmap Decode(string path)
    {
        using var codec = SKCodec.Create(path);
        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels()));
        return bitmap;
    }
}
#endif
