using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Batch;

/// <summary>What is done with each photograph. Many threads call it at once.</summary>
public abstract class BatchNetwork
{
    /// <summary>
    /// What tells the network and its options from others. A run goes on with the rows of an earlier one only if this is the same. That of a generated class has its name, and the
    /// <see cref="System.Reflection.Module.ModuleVersionId"/> of its assembly, which changes with anything in it.
    /// </summary>
    public abstract string Identity { get; }

    /// <summary>The most probable classes.</summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="top">How many classes of each photograph, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is less than 1.</exception>
    public static BatchNetwork Classifier<TNetwork>(int top = 5) where TNetwork : IImageClassifier<TNetwork>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return new ClassifierOf<TNetwork>(top);
    }

    /// <summary>The objects in it.</summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="threshold">The least score, 0 to 1.</param>
    /// <param name="most">The most objects of a photograph, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1, or <paramref name="threshold"/> not from 0 to 1.</exception>
    public static BatchNetwork Detector<TNetwork>(float threshold = 0.5f, int most = 100) where TNetwork : IImageDetector<TNetwork>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (!(threshold is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "It must be from 0 to 1.");
        return new DetectorOf<TNetwork>(threshold, most);
    }

    /// <summary>Runs the network.</summary>
    /// <param name="photograph">The photograph, upright, four bytes a pixel.</param>
    /// <param name="row">Its row, with name and size.</param>
    /// <returns>The row with what was found.</returns>
    public abstract BatchRow Run(SKBitmap photograph, BatchRow row);

    private static string Name<TNetwork>() => $"{typeof(TNetwork).FullName} {typeof(TNetwork).Module.ModuleVersionId}";

    private sealed class ClassifierOf<TNetwork>(int top) : BatchNetwork where TNetwork : IImageClassifier<TNetwork>
    {
        public override string Identity { get; } = string.Create(CultureInfo.InvariantCulture, $"{Name<TNetwork>()}, top {top}");

        public override BatchRow Run(SKBitmap photograph, BatchRow row) =>
            row with { Predictions = ImmutableArray.Create(NetworkExtensions.Classify<TNetwork>(photograph, top)) };
    }

    private sealed class DetectorOf<TNetwork>(float threshold, int most) : BatchNetwork where TNetwork : IImageDetector<TNetwork>
    {
        public override string Identity { get; } = string.Create(CultureInfo.InvariantCulture, $"{Name<TNetwork>()}, threshold {threshold}, most {most}");

        public override BatchRow Run(SKBitmap photograph, BatchRow row) =>
            row with { Detections = [.. NetworkExtensions.Detect<TNetwork>(photograph, threshold, most).Select(d => d.In(photograph.Width, photograph.Height))] };
    }
}
