using System;
using System.Diagnostics;
using System.IO;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Classify;
using SkiaSharp;

namespace MobileNetGen.Samples.Detect;

/// <summary>From a picture's file to a list and a picture with boxes.</summary>
internal static class Finder
{
    private const string OwnPicture = "digits.png";

    /// <summary>Returns the program's exit code.</summary>
    public static int Run(string? path, string output, float threshold)
    {
        if (path is null)
            DrawOwnPicture(path = OwnPicture);
        if (Photo.TryDecode(path, out Photo photo) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 1;
        }

        var pixels = new byte[Digits_1_0_128.InputHeight * Digits_1_0_128.InputWidth * Digits_1_0_128.InputChannels];
        Digits_1_0_128.Prepare(photo.Rgb, photo.Width, photo.Height, pixels);

        // A larger span finds more, if there is more. The first call compiles; a program that stays alive pays what the later ones take.
        var detections = new Detection[100];
        int count = 0;
        TimeSpan call = TimeSpan.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            count = Digits_1_0_128.Detect(pixels, detections, threshold);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            call = elapsed < call ? elapsed : call;
        }

        ReadOnlySpan<Detection> found = detections.AsSpan(0, count);
        Console.WriteLine($"{path}, {photo.Width}×{photo.Height}, {call.TotalMilliseconds:0.00} ms, {count} found");
        foreach (Detection detection in found)
        {
            Detection box = detection.In(photo.Width, photo.Height);
            Console.WriteLine($"{box.Score * 100,7:0.0}%  {box.Label}  {box.Left,5:0}, {box.Top,4:0}  {box.Width,4:0}×{box.Height:0}");
        }

        Boxes.Save(photo, found, output);
        Console.WriteLine($"drawn in {output}");
        return 0;
    }

    private static void DrawOwnPicture(string path)
    {
        using SKBitmap bitmap = TestPicture.Draw(seed: 16, 640, 480, out _);
        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }
}
