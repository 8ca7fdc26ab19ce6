using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using MobileNetGen.Extensions.AI;
using MobileNetGen.Samples.Search;
using MobileNetGen.SkiaSharp;

Console.OutputEncoding = Encoding.UTF8;
if (args is not [var folder, var photo] || !Directory.Exists(folder))
{
    Console.Error.WriteLine("Usage: Search FOLDER PHOTO    finds the photographs of the folder that are most like the one named");
    return 2;
}

try
{
    // Photographs are decoded at a fraction of their size, where their format can do that: the network looks at 32×32 pixels.
    using var generator = new ImageEmbeddingGenerator<Embedder> { MaximumPixels = 4_000_000 };
    var index = new PhotoIndex(generator);
    long start = Stopwatch.GetTimestamp();
    foreach (string problem in await index.AddAsync(folder))
        Console.Error.WriteLine(problem);
    Console.WriteLine($"{index.Count} photographs in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
    foreach ((string path, float similarity) in await index.FindAsync(photo, count: 5))
        Console.WriteLine($"{similarity,7:0.000}  {path}");
    return 0;
}
catch (Exception problem) when (problem is PhotoException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
