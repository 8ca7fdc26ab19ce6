using System;
using System.IO;
using System.Text;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Teach;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Teaching;
using SkiaSharp;

Console.OutputEncoding = Encoding.UTF8;
if (args is not [var folder, .. var photographs])
{
    Console.Error.WriteLine("Usage: Teach FOLDER PHOTO …    learns the classes that are folders in the folder, and classifies photographs");
    return 2;
}

try
{
    // Features are kept, so that only new photographs go through the network when the program runs again.
    var options = new TeachingOptions { FeaturesFile = Path.Combine(Path.GetTempPath(), "teach.features") };
    TaughtClassifier classifier = ImageTeacher.Teach<Embedder>(folder, options);
    TeachingEstimate estimate = classifier.Estimate;
    Console.WriteLine(FormattableString.Invariant($"{estimate.Accuracy:P1} of {estimate.Photographs} photographs, {estimate.AccuracyLow:P1} to {estimate.AccuracyHigh:P1} of others"));
    foreach (string warning in estimate.Warnings)
        Console.WriteLine(warning);
    TeachingReport.Write(classifier, "taught.html");

    var features = new float[classifier.FeatureLength];
    foreach (string path in photographs)
    {
        using SKBitmap photo = Photo.Open(path);
        Embedder.Features(photo, features);
        Prediction prediction = classifier.Classify(features);
        Console.WriteLine(prediction.IsKnown ? $"{path}: {prediction}" : $"{path}: none of them, most like {prediction}");
    }

    return 0;
}
catch (Exception problem) when (problem is TeachingException or PhotoException or IOException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
