#if REFERENCE_DATA
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Samples.Classify;
using Network = MobileNetGen.Samples.Classify.MobileNetV2_0_5_160;

if (args.Length == 0)
{
    Console.Error.WriteLine("Usage: Classify PHOTO...    JPEG, PNG, WebP, GIF or BMP files");
    return 2;
}

Console.OutputEncoding = Encoding.UTF8;
var pixels = new byte[Network.InputHeight * Network.InputWidth * Network.InputChannels];
var scores = new float[Network.OutputLength];
TimeSpan? firstCall = null;
int status = 0;
foreach (string path in args)
{
    if (Photo.TryDecode(path, out Photo photo) is { } problem)
    {
        Console.Error.WriteLine(problem);
        status = 1;
        continue;
    }

    // The network wants 160×160 pixels: resized to that, whatever the photo's shape.
    Network.Prepare(photo.Rgb, photo.Width, photo.Height, pixels);

    // The first call of all compiles the kernels; the best of a few more is what a program that stays alive pays.
    firstCall ??= Time();
    TimeSpan best = Enumerable.Range(0, 50).Select(_ => Time()).Min();

    Console.WriteLine($"{Path.GetFileName(path)}, {photo.Width}×{photo.Height}, {best.TotalMilliseconds:0.00} ms");
    foreach (int index in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(5))
        Console.WriteLine($"{scores[index] * 100,7:0.0}%  {Bar(scores[index])}  {Network.Labels[index]}");
    Console.WriteLine();
}

if (firstCall is { } first)
    Console.WriteLine($"The first call took {first.TotalMilliseconds:0} ms.");

return status;

TimeSpan Time()
{
    long start = Stopwatch.GetTimestamp();
    Network.Run(pixels, scores);
    return Stopwatch.GetElapsedTime(start);
}

static string Bar(float probability) => new string('█', (int)MathF.Round(probability * 20)).PadRight(20, '░');
#else
using System;

Console.Error.WriteLine(
    """
    This sample was built without a network, because the one it uses is not part of the repository and was not found beside it, in ../shared/data.
    To classify with your own MobileNetV2:

      1. edit samples/Classify/MobileNetV2_0_5_160.mbnet: the paths of your weights (.tflite) and labels, and what else differs;
      2. with another α or resolution the class has another name: put that into the using directive at the top of samples/Classify/Program.cs;
      3. dotnet run -c Release --project samples/Classify -p:HasReferenceData=True -- photo.jpg
    """);
return 3;
#endif
