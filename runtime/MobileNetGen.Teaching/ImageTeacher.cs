using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;
using MobileNetGen.Runtime;
using MobileNetGen.Teaching.Photographs;

namespace MobileNetGen.Teaching;

/// <summary>
/// Makes a classifier of photographs that lie in folders, one for each class. A network that was trained for something else gives features of each; what is fitted to them is multinomial logistic
/// regression, which takes seconds and has one best result. The same photographs give the same numbers, whatever their names and order and however many processors there are.
/// </summary>
/// <example>
/// <code>
/// TaughtClassifier birds = ImageTeacher.Teach&lt;Embedder&gt;("photos");
/// Console.WriteLine($"{birds.Estimate.Accuracy:P1} of photographs that it has not seen");
/// </code>
/// </example>
public static class ImageTeacher
{
    /// <summary>Teaches by the features of a generated class.</summary>
    /// <typeparam name="TNetwork">The class: one that ends in a vector of features, or that names one in <c>output</c>.</typeparam>
    /// <param name="folder">A folder with a folder of photographs for each class: JPEG, PNG, WebP, GIF or BMP files.</param>
    /// <param name="options">How to teach; null for the usual.</param>
    /// <param name="progress">Told how far it is, on several threads; may be null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TeachingException">There are no classes, or too few photographs.</exception>
    /// <exception cref="ArgumentException">The options ask for an update and name no file of features.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static TaughtClassifier Teach<TNetwork>(string folder, TeachingOptions? options = null, IProgress<TeachingProgress>? progress = null, CancellationToken cancellation = default)
        where TNetwork : IImageFeatures<TNetwork>
        => Teach(folder, FeatureExtractor.Of<TNetwork>(), options, progress, cancellation);

    /// <summary>Teaches by the features that a function gives.</summary>
    /// <param name="folder">A folder with a folder of photographs for each class: JPEG, PNG, WebP, GIF or BMP files.</param>
    /// <param name="extractor">The network.</param>
    /// <param name="options">How to teach; null for the usual.</param>
    /// <param name="progress">Told how far it is, on several threads; may be null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TeachingException">There are no classes, or too few photographs.</exception>
    /// <exception cref="ArgumentException">The options ask for an update and name no file of features.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static TaughtClassifier Teach(
        string folder, FeatureExtractor extractor, TeachingOptions? options = null, IProgress<TeachingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(extractor);
        options ??= new TeachingOptions();
        if (options is { IsUpdate: true, FeaturesFile: null })
            throw new ArgumentException("What was taught before is in a file of features; an update needs one.", nameof(options));
        ImmutableArray<PhotographFile> files = PhotographFolder.Read(folder, least: options.IsUpdate ? 1 : 2);
        var extraction = new Extraction(extractor, options.MaximumPixels);
        string identity = extraction.Identity();
        Dictionary<string, Photograph> known = Known(options, identity, extractor.FeatureLength);
        (ImmutableArray<Photograph> photographs, ImmutableArray<UnreadableFile> unreadable) =
            extraction.Run(files, known, done => progress?.Report(new TeachingProgress(TeachingStage.Features, done)), cancellation);
        foreach (Photograph photograph in photographs)
            known.TryAdd(photograph.Hash, photograph with { Label = "", Name = "" });
        Save();
        HashSet<string> present = [.. photographs.Select(p => p.Hash)];
        if (options.IsUpdate)
            photographs = [.. photographs, .. known.Values.Where(p => p.Label.Length > 0 && !present.Contains(p.Hash))];
        TaughtClassifier taught = Lesson.Teach(photographs, unreadable, options, progress, cancellation);

        foreach (string hash in known.Keys.ToArray())
            known[hash] = known[hash] with { Label = "", Name = "" };
        foreach (Photograph photograph in photographs)
            known[photograph.Hash] = photograph;
        Save();
        return taught;

        void Save()
        {
            if (options.FeaturesFile is { } path)
                FeaturesFile.Write(path, identity, extractor.FeatureLength, known.Values);
        }
    }

    /// <summary>Teaches by features that are there already. Images that are nearly the same are not looked for, as there are no images; equal features count once.</summary>
    /// <param name="examples">The examples, two or more of each of two or more classes, all with as many features.</param>
    /// <param name="options">How to teach; null for the usual. The files that it names are not used.</param>
    /// <param name="progress">Told how far it is, on several threads; may be null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TeachingException">There are too few examples.</exception>
    /// <exception cref="ArgumentException">Examples have different numbers of features, none, or such that are not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static TaughtClassifier Teach(
        IReadOnlyCollection<LabelledFeatures> examples, TeachingOptions? options = null, IProgress<TeachingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        int length = examples.FirstOrDefault()?.Features.Length ?? 1;
        if (length == 0 || examples.Any(e => e.Features.Length != length || e.Features.ToArray().Any(f => !float.IsFinite(f))))
            throw new ArgumentException("All examples need the same number of features, one or more, and finite ones.", nameof(examples));
        return Lesson.Teach([.. examples.Select(Of)], [], options ?? new TeachingOptions(), progress, cancellation);

        static Photograph Of(LabelledFeatures example)
        {
            float[] features = example.Features.ToArray();
            string hash = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(features)));
            return new Photograph(hash, 0, 0, "", default, features, features) { Label = example.Label, Name = example.Name };
        }
    }

    private static Dictionary<string, Photograph> Known(TeachingOptions options, string identity, int length)
    {
        if (options.FeaturesFile is not { } path)
            return [];
        if (options.IsUpdate && !File.Exists(path))
            throw new TeachingException($"{path}: there is no such file, so nothing was taught before that could be added to. Teach all photographs first.");
        Dictionary<string, Photograph> known = FeaturesFile.Read(path, identity, length, out bool isOther);
        return !options.IsUpdate || !isOther
            ? known
            : throw new TeachingException($"{path}: it is damaged, or has features of another network or machine. Teach all photographs again.");
    }
}
