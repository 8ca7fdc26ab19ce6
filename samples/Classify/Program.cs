using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Samples.Classify;

Console.OutputEncoding = Encoding.UTF8;
bool imageNet = args is ["--imagenet", ..];
string[] photos = imageNet ? args[1..] : args;
if (photos.Any(argument => argument.StartsWith('-')))
{
    Console.Error.WriteLine("Usage: Classify [--imagenet] [PHOTO...]    JPEG, PNG, WebP, GIF or BMP files; without any, the one that comes with the sample");
    return 2;
}

if ((imageNet ? Networks.ImageNet : Networks.Cifar10) is not { } classifier)
{
    Console.Error.WriteLine(Networks.HowToGetImageNet);
    return 3;
}

int status = 0;
foreach (string path in photos.DefaultIfEmpty(Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg")))
{
    if (Photo.TryDecode(path, out Photo photo) is { } problem)
    {
        Console.Error.WriteLine(problem);
        status = 1;
        continue;
    }

    (string Label, float Probability)[] best = classifier.Classify(photo, count: 5, out TimeSpan call);
    Console.WriteLine($"{Path.GetFileName(path)}, {photo.Width}×{photo.Height}, {call.TotalMilliseconds:0.00} ms");
    foreach ((string label, float probability) in best)
        Console.WriteLine($"{probability * 100,7:0.0}%  {Bar(probability)}  {label}");
    Console.WriteLine();
}

return status;

static string Bar(float probability) => new string('█', (int)MathF.Round(probability * 20)).PadRight(20, '░');
