using System;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Samples.Evaluate;

/// <summary>What a network makes of a set of images, by the generated class and by ONNX Runtime.</summary>
/// <param name="Network">The network.</param>
/// <param name="Counts">How many images of a class (first index) the generated class takes for one of another (second).</param>
/// <param name="TheirsRight">How many images ONNX Runtime classifies rightly.</param>
/// <param name="Agreeing">On how many images both give the same class.</param>
/// <param name="LargestDifference">The largest difference between two scores, which are from 0 to 1.</param>
internal sealed record Evaluation(Network Network, int[,] Counts, int TheirsRight, int Agreeing, float LargestDifference)
{
    /// <summary>How many images there were.</summary>
    public int Images => Counts.Cast<int>().Sum();

    /// <summary>How many of them the generated class classifies rightly.</summary>
    public int Right => Enumerable.Range(0, Classes).Sum(i => Counts[i, i]);

    private int Classes => Counts.GetLength(0);

    /// <summary>Runs both on the test images.</summary>
    /// <exception cref="DatasetException">One cannot be decoded, or they are too many for memory.</exception>
    /// <exception cref="MatchException">The network's weights cannot be read.</exception>
    public static Evaluation Run(Subject subject, LabelledFiles files)
    {
        ImageSet images = ImageSet.Decode(files.Test, files.Classes, subject.Network.Input, subject.Network.Order);
        using var theirs = new OnnxRuntimeClassifier(subject);
        int classes = subject.Network.OutputLength;
        var counts = new int[classes, classes];
        var scores = new float[classes];
        int theirsRight = 0, agreeing = 0;
        float largest = 0;
        for (int i = 0; i < images.Count; i++)
        {
            subject.Run(images[i], scores);
            float[] theirScores = theirs.Run(images[i]);

            int label = images.Labels[i], found = Best(scores), theyFound = Best(theirScores);
            counts[label, found]++;
            theirsRight += theyFound == label ? 1 : 0;
            agreeing += found == theyFound ? 1 : 0;
            largest = scores.Zip(theirScores, (a, b) => MathF.Abs(a - b)).Append(largest).Max();
        }

        return new Evaluation(subject.Network, counts, theirsRight, agreeing, largest);

        static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
    }

    public void Print(TextWriter writer, string[] classes)
    {
        writer.WriteLine($"{Network.ClassName}, {Network.Quantization.ToString().ToLowerInvariant()}, {Images:n0} images");
        writer.WriteLine($"  generated class  {Share(Right)}");
        writer.WriteLine($"  ONNX Runtime     {Share(TheirsRight)}");
        writer.WriteLine(FormattableString.Invariant($"  the same class on {Agreeing:n0} images; scores differ by at most {LargestDifference:g2}"));
        writer.WriteLine();

        int width = classes.Max(name => name.Length) + 2;
        writer.WriteLine("  is \\ taken for".PadRight(width + 4) + string.Concat(classes.Select(name => name.PadLeft(width))));
        for (int i = 0; i < Classes; i++)
            writer.WriteLine($"  {classes[i]}".PadRight(width + 4) + string.Concat(Enumerable.Range(0, Classes).Select(j => $"{Counts[i, j]}".PadLeft(width))));
        writer.WriteLine();
    }

    private string Share(int count) => FormattableString.Invariant($"{100.0 * count / Images:f2} %");
}
