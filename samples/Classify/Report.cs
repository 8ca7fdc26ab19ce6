using System;
using System.Diagnostics;
using System.IO;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Samples.Classify;

/// <summary>Prints what networks say of photographs. A program that knows its network needs a line: <c>Cifar10_1_0_32_Int8.Classify("cat.jpg")</c>.</summary>
internal static class Report
{
    /// <summary>Prints the most probable classes, and how long the best of a few calls took.</summary>
    public static void Print<TNetwork>(string path) where TNetwork : IImageClassifier<TNetwork>
    {
        using SKBitmap photo = Photo.Open(path);
        Console.WriteLine($"{Path.GetFileName(path)}, {photo.Width}×{photo.Height}, {Time<TNetwork>(photo).TotalMilliseconds:0.00} ms");
        foreach (Prediction prediction in NetworkExtensions.Classify<TNetwork>(photo))
            Console.WriteLine($"{prediction.Probability * 100,7:0.0}%  {Bar(prediction.Probability)}  {prediction.Label}");
        Console.WriteLine();
    }

    /// <summary>The first call of all compiles the kernels; a program that stays alive pays what the others take.</summary>
    private static TimeSpan Time<TNetwork>(SKBitmap photo) where TNetwork : IImageClassifier<TNetwork>
    {
        var pixels = new byte[TNetwork.Input.Length];
        NetworkExtensions.Prepare<TNetwork>(photo, pixels);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 50; i++)
        {
            long start = Stopwatch.GetTimestamp();
            TNetwork.Run(pixels);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return best;
    }

    private static string Bar(float probability) => new string('█', (int)MathF.Round(probability * 20)).PadRight(20, '░');
}
