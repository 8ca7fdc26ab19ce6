#if REFERENCE_DATA
using System;
using System.Diagnostics;
using MobileNetGen.Samples.Classify;
using Network = MobileNetGen.Samples.Classify.MobileNetV2_0_5_160;

if (args.Length != 1)
{
    Console.Error.WriteLine("Usage: Classify PHOTO    a JPEG, PNG, BMP, GIF or WebP file");
    return 2;
}

if (Photo.TryDecode(args[0], out Photo photo) is { } error)
{
    Console.Error.WriteLine(error);
    return 1;
}

// The network wants 160×160 pixels: resized to that, whatever the photo's shape.
var pixels = new byte[Network.InputHeight * Network.InputWidth * Network.InputChannels];
Network.Prepare(photo.Rgb, photo.Width, photo.Height, pixels);

// The first call compiles the kernels; the best of a few more is what a program that stays alive pays.
var scores = new float[Network.OutputLength];
TimeSpan first = Time(pixels, scores), best = TimeSpan.MaxValue;
for (int i = 0; i < 50; i++)
{
    TimeSpan time = Time(pixels, scores);
    best = time < best ? time : best;
}

foreach (int index in BestFive(scores))
    Console.WriteLine($"{scores[index],8:P1}  {Network.Labels[index]}");
Console.WriteLine($"\n{best.TotalMilliseconds:0.00} ms a call, {first.TotalMilliseconds:0.0} ms for the first");
return 0;

static TimeSpan Time(byte[] pixels, float[] scores)
{
    long start = Stopwatch.GetTimestamp();
    Network.Run(pixels, scores);
    return Stopwatch.GetElapsedTime(start);
}

static ReadOnlySpan<int> BestFive(float[] scores)
{
    var order = new int[scores.Length];
    for (int i = 0; i < order.Length; i++)
        order[i] = i;
    Array.Sort(order, (a, b) => scores[b].CompareTo(scores[a]));
    return order.AsSpan(0, 5);
}
#else
using System;

Console.Error.WriteLine(
    """
    This sample was built without a network: no trained weights were found at ../shared/data, beside the repository.
    To use your own MobileNetV2, edit samples/Classify/MobileNetV2_0_5_160.mbnet (weights, labels, and what else differs),
    and build with: dotnet run --project samples/Classify -p:HasReferenceData=True -- photo.jpg
    """);
return 3;
#endif
