using System;
using System.IO;
using System.Linq;
using MobileNetGen.Samples.Evaluate;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Weights.Matching;

if (args is not [string path])
{
    Console.Error.WriteLine("Usage: Evaluate IMAGES    a folder or a zip archive with test/CLASS/..., as samples/Train reads it");
    return 2;
}

try
{
    using var files = new LabelledFiles(path);
    foreach (Subject subject in Subject.ReadAll())
        Evaluation.Run(subject, files).Print(Console.Out, [.. files.Classes]);

    return 0;
}
catch (Exception failure) when (failure is DatasetException or MatchException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
