using System;
using System.Diagnostics;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Samples.Detect;

/// <summary>From a picture's file to a list and a picture with boxes.</summary>
internal static class Finder
{
    private const string OwnPicture = "digits.png";

    /// <summary>Finds digits, lists them, and draws them into a copy of the picture.</summary>
    public static void Run(string? path, string output, float threshold)
    {
        if (path is null)
        {
            using SKBitmap drawn = TestPicture.Draw(seed: 16, 640, 480, out _);
            drawn.Save(path = OwnPicture);
        }

        using SKBitmap photo = Photo.Open(path);
        Detection[] found = Digits_1_0_128.Detect(photo, threshold);
        Console.WriteLine($"{path}, {photo.Width}×{photo.Height}, {Time(photo, threshold).TotalMilliseconds:0.00} ms, {found.Length} found");
        foreach (Detection detection in found)
        {
            Detection box = detection.In(photo.Width, photo.Height);
            Console.WriteLine($"{box.Score * 100,7:0.0}%  {box.Label}  {box.Left,5:0}, {box.Top,4:0}  {box.Width,4:0}×{box.Height:0}");
        }

        photo.DrawBoxes(found);
        photo.Save(output);
        Console.WriteLine($"drawn in {output}");
    }

    /// <summary>The best of a few calls: a program that stays alive pays what those take.</summary>
    private static TimeSpan Time(SKBitmap photo, float threshold)
    {
        var pixels = new byte[Digits_1_0_128.InputLength];
        Digits_1_0_128.Prepare(photo, pixels);
        var detections = new Detection[100];
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Digits_1_0_128.Detect(pixels, detections, threshold);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return best;
    }
}
