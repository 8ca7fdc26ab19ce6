using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Detect;
using MobileNetGen.Tests.Coco;
using SkiaSharp;
using Xunit.Abstractions;

namespace MobileNetGen.Samples.Tests;

/// <summary>What samples/Detect says of its network, on pictures that are drawn in another way than those it has learned from.</summary>
public sealed class DetectTests(ITestOutputHelper output)
{
    private const int Pictures = 200, Width = 640, Height = 480;

    [Fact]
    public void The_shipped_detector_finds_digits_of_another_hand_over_other_patterns()
    {
        var truths = new Dictionary<string, CocoBox[]>();
        var found = new Dictionary<string, CocoBox[]>();
        var pixels = new byte[Digits_1_0_128.InputHeight * Digits_1_0_128.InputWidth * Digits_1_0_128.InputChannels];
        var detections = new Detection[100];
        for (int seed = 0; seed < Pictures; seed++)
        {
            using SKBitmap picture = TestPicture.Draw(seed, Width, Height, out IReadOnlyList<(int Digit, SKRect Box)> digits);
            Digits_1_0_128.Prepare(picture.GetPixelSpan(), Width, Height, pixels, PixelFormat.Rgba);
            int count = Digits_1_0_128.Detect(pixels, detections, threshold: 0.01f);

            truths.Add($"{seed}", [.. digits.Select(d => new CocoBox(d.Digit, d.Box.Left, d.Box.Top, d.Box.Right, d.Box.Bottom))]);
            found.Add($"{seed}", [.. detections.Take(count).Select(d => d.In(Width, Height)).Select(d => new CocoBox(d.Class, d.Left, d.Top, d.Right, d.Bottom, d.Score))]);
        }

        var counts = CocoCounts.Of(truths, found, threshold: 0.5);
        double map50 = CocoEvaluation.Of(truths, found).At50;
        output.WriteLine($"{counts}, recall {counts.Recall:p1}, precision {counts.Precision:p1}, mAP50 {map50:p1}");

        // Measured: 0.818, 0.987 and 0.960.
        Assert.InRange(counts.Recall, 0.78, 1);
        Assert.InRange(counts.Precision, 0.95, 1);
        Assert.InRange(map50, 0.93, 1);
    }
}
