using System;
using System.Collections.Generic;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore;

/// <summary>The networks that a service has, and its limits.</summary>
public sealed class MobileNets
{
    private readonly Dictionary<string, ServedModel> _models = new(StringComparer.Ordinal);

    internal MobileNets()
    {
    }

    /// <summary>How much the service takes on.</summary>
    public InferenceLimits Limits { get; } = new();

    internal IReadOnlyDictionary<string, ServedModel> Models => _models;

    /// <summary>
    /// Adds a classifier. Its input is <c>image</c>: UINT8 [N, height, width, 3] of any size, red, green and blue (or 1 of grey, or 4 with alpha, which is ignored), or BYTES [N], each a JPEG or
    /// PNG file. Its output is <c>scores</c>, FP32 [N, classes]: what <c>Prepare</c> and <c>Run</c> give.
    /// </summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="name">What clients call it: letters, digits, <c>_</c>, <c>-</c> and <c>.</c></param>
    /// <returns>These networks.</returns>
    /// <exception cref="ArgumentException">The name is taken, or has other characters.</exception>
    public MobileNets AddClassifier<TNetwork>(string name) where TNetwork : IImageClassifier<TNetwork> => Add(new ClassifierModel<TNetwork>(Checked(name)));

    /// <summary>
    /// Adds a detector. Its input is that of a classifier. Its outputs are <c>boxes</c>, FP32 [N, M, 4], each left, top, right and bottom, 0 to 1 of the image; <c>classes</c>, INT32 [N, M];
    /// <c>scores</c>, FP32 [N, M], highest first; <c>labels</c>, BYTES [N, M]; and <c>counts</c>, INT32 [N]: how many of an image's M are objects. M is the greatest of them, and what lies behind an
    /// image's own is zero. What <c>Detect</c> gives.
    /// </summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="name">What clients call it: letters, digits, <c>_</c>, <c>-</c> and <c>.</c></param>
    /// <param name="threshold">The least score, 0 to 1, where a request has no parameter <c>threshold</c>.</param>
    /// <param name="most">The most objects of an image, 1 or more.</param>
    /// <returns>These networks.</returns>
    /// <exception cref="ArgumentException">The name is taken, or has other characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> or <paramref name="most"/> is outside its range.</exception>
    public MobileNets AddDetector<TNetwork>(string name, float threshold = 0.5f, int most = 100) where TNetwork : IImageDetector<TNetwork>
    {
        if (threshold is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "'threshold' must be 0 to 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return Add(new DetectorModel<TNetwork>(Checked(name), threshold, most));
    }

    /// <summary>Adds a network of features. Its input is that of a classifier. Its output is <c>features</c>, FP32 [N, features]: what <c>Features</c> gives.</summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="name">What clients call it: letters, digits, <c>_</c>, <c>-</c> and <c>.</c></param>
    /// <returns>These networks.</returns>
    /// <exception cref="ArgumentException">The name is taken, or has other characters.</exception>
    public MobileNets AddFeatures<TNetwork>(string name) where TNetwork : IImageFeatures<TNetwork> => Add(new FeaturesModel<TNetwork>(Checked(name)));

    /// <summary>
    /// Adds a network as it computes: from its own numbers, such as normalised pixels, to its own numbers, without preparation. Its input is <c>input</c>, [N, shape], and its output <c>output</c>,
    /// [N, length]: FP32, UINT8 or INT8, as the class's <c>RunRaw</c> has them.
    /// </summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="byte"/> or <see cref="sbyte"/>.</typeparam>
    /// <param name="name">What clients call it: letters, digits, <c>_</c>, <c>-</c> and <c>.</c></param>
    /// <param name="run">The class's <c>RunRaw</c>.</param>
    /// <param name="inputShape">Its input: height, width and channels.</param>
    /// <param name="outputLength">The length of its result.</param>
    /// <returns>These networks.</returns>
    /// <exception cref="ArgumentException">The name is taken, or has other characters; or <typeparamref name="T"/> is another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is not positive.</exception>
    /// <example>
    /// <code>
    /// networks.AddRaw&lt;float&gt;("cifar10_raw", Cifar10_1_0_32.RunRaw, [32, 32, 3], Cifar10_1_0_32.OutputLength);
    /// </code>
    /// </example>
    public MobileNets AddRaw<T>(string name, RawNetwork<T> run, ReadOnlySpan<int> inputShape, int outputLength) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputLength, 1);
        foreach (int length in inputShape)
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(inputShape));
        return Add(new RawModel<T>(Checked(name), DataTypes.Of<T>(), run, inputShape.ToArray(), outputLength));
    }

    private MobileNets Add(ServedModel model)
    {
        if (!_models.TryAdd(model.Name, model))
            throw new ArgumentException($"There is a network '{model.Name}' already.", "name");
        return this;
    }

    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-' or '.'))
                throw new ArgumentException($"'{name}' is no name of a network: letters, digits, '_', '-' and '.' are.", nameof(name));
        }

        return name;
    }
}
