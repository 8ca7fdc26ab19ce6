using System;
using System.Diagnostics;
using System.Linq;

namespace MobileNetGen.Samples.Classify;

/// <summary>Brings an image to a network's size: <c>Prepare</c> of a generated class.</summary>
internal delegate void Prepare(ReadOnlySpan<byte> rgb, int width, int height, Span<byte> pixels);

/// <summary>Scores the classes: <c>Run</c> of a generated class.</summary>
internal delegate void Run(ReadOnlySpan<byte> pixels, Span<float> scores);

/// <summary>A generated class, as this program uses it. One that knows its network calls the methods by name.</summary>
internal sealed class Classifier(int pixels, Prepare prepare, Run run, string[] labels)
{
    private readonly byte[] _pixels = new byte[pixels];
    private readonly float[] _scores = new float[labels.Length];

    /// <summary>The most probable classes, best first, and how long the best of a few calls took.</summary>
    public (string Label, float Probability)[] Classify(Photo photo, int count, out TimeSpan call)
    {
        prepare(photo.Rgb, photo.Width, photo.Height, _pixels);

        // The first call of all compiles the kernels; a program that stays alive pays what the others take.
        call = Enumerable.Range(0, 50).Select(_ => Time()).Min();
        return [.. Enumerable.Range(0, labels.Length).OrderByDescending(i => _scores[i]).Take(count).Select(i => (labels[i], _scores[i]))];
    }

    private TimeSpan Time()
    {
        long start = Stopwatch.GetTimestamp();
        run(_pixels, _scores);
        return Stopwatch.GetElapsedTime(start);
    }
}
