using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Teaching;
using SkiaSharp;

namespace MobileNetGen.Samples.TeachBenchmark;

/// <summary>Accuracy and time against the number of photographs a class, of our fit and of ML.NET's multinomial trainer on the same features.</summary>
internal static class Comparison
{
    /// <summary>Measures with the features of a network.</summary>
    /// <param name="title">What the network is.</param>
    /// <param name="extractor">The network.</param>
    /// <param name="folder">A folder with <c>train</c> and <c>test</c>, each with a folder for each class.</param>
    /// <param name="counts">How many photographs a class are taught.</param>
    public static void Run(string title, FeatureExtractor extractor, string folder, int[] counts)
    {
        long start = Stopwatch.GetTimestamp();
        LabelledFeatures[] train = Features(extractor, Path.Combine(folder, "train")), test = Features(extractor, Path.Combine(folder, "test"));
        Console.WriteLine($"{title}: {extractor.FeatureLength} features of {train.Length + test.Length} photographs, {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Console.WriteLine("a class | estimate (interval)     | held out |   fit  | ML.NET as it is | ML.NET, standardised |   fit");
        foreach (int count in counts)
        {
            LabelledFeatures[] part = [.. train.GroupBy(t => t.Label).SelectMany(g => g.Take(count))];
            start = Stopwatch.GetTimestamp();
            TaughtClassifier taught = ImageTeacher.Teach(part);
            double own = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double right = test.Count(t => taught.Classify(t.Features.Span).Label == t.Label) / (double)test.Length;
            start = Stopwatch.GetTimestamp();
            double plain = OfMicrosoft(part, test, isStandardized: false);
            double theirs = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double standardized = OfMicrosoft(part, test, isStandardized: true);
            TeachingEstimate estimate = taught.Estimate;
            Console.WriteLine($"{count,7} | {estimate.Accuracy,7:P1} ({estimate.AccuracyLow:P1} to {estimate.AccuracyHigh:P1}) | {right,8:P1} | {own,4:0.0} s | {plain,15:P1} | {standardized,20:P1} | {theirs,4:0.0} s");
        }
    }

    private static LabelledFeatures[] Features(FeatureExtractor extractor, string folder)
    {
        (string Path, string Label)[] files = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SelectMany(c => Directory.GetFiles(c).Order(StringComparer.Ordinal).Select(f => (f, Path.GetFileName(c))))];
        var found = new LabelledFeatures[files.Length];
        Parallel.For(0, files.Length, i =>
        {
            using SKBitmap photo = Photo.Open(files[i].Path);
            var pixels = new byte[extractor.Input.Length];
            var features = new float[extractor.FeatureLength];
            extractor.Input.Prepare(photo.GetPixelSpan(), photo.Width, photo.Height, pixels, Runtime.PixelFormat.Rgba);
            extractor.Compute(pixels, features);
            found[i] = new LabelledFeatures(files[i].Label, features, files[i].Path);
        });
        return found;
    }

    /// <summary>The share of the test that ML.NET's trainer gets right, with the options that it has by itself.</summary>
    private static double OfMicrosoft(LabelledFeatures[] train, LabelledFeatures[] test, bool isStandardized)
    {
        var context = new MLContext(seed: 0);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, train[0].Features.Length);
        IDataView data = context.Data.LoadFromEnumerable(Rows(train), schema);
        IEstimator<ITransformer> pipeline = context.Transforms.Conversion.MapValueToKey(nameof(Row.Label));
        if (isStandardized)
            pipeline = pipeline.Append(context.Transforms.NormalizeMeanVariance(nameof(Row.Features), fixZero: false));
        ITransformer model = pipeline.Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(data);
        return context.MulticlassClassification.Evaluate(model.Transform(context.Data.LoadFromEnumerable(Rows(test), schema))).MicroAccuracy;

        static IEnumerable<Row> Rows(LabelledFeatures[] of) => of.Select(e => new Row { Label = e.Label, Features = e.Features.ToArray() });
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public float[] Features { get; set; } = [];
    }
}
