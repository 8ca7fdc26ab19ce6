using System;
using System.Collections.Generic;
using System.IO;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Extensions.AI;

/// <summary>
/// Embeddings of photographs: the features that a generated network gives, as vectors of length 1, so that the dot product of two is their similarity. The network runs
/// in this process; any number of threads may call at once.
/// </summary>
/// <typeparam name="TNetwork">The generated class, of a network that ends in features or names them as an output.</typeparam>
/// <example>
/// <code>
/// using var generator = new ImageEmbeddingGenerator&lt;MobileNetV2_1_0_224&gt;();
/// ReadOnlyMemory&lt;float&gt; vector = await generator.GenerateVectorAsync(await DataContent.LoadFromAsync("cat.jpg"));
/// </code>
/// </example>
public sealed class ImageEmbeddingGenerator<TNetwork> : IEmbeddingGenerator<DataContent, Embedding<float>> where TNetwork : IImageFeatures<TNetwork>
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("MobileNetGen", providerUri: null, typeof(TNetwork).Name, TNetwork.FeatureLength);

    /// <summary>Whether vectors are divided by their length, which they are unless this is false. A vector of zeros stays one.</summary>
    public bool IsNormalized { get; init; } = true;

    /// <summary>The part of a photograph that is used; all of it unless given.</summary>
    public Crop Crop { get; init; }

    /// <summary>The most pixels of a photograph, as for <see cref="Photo.Open(Stream, int)"/>: a lower limit makes large JPEG files quicker to read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaximumPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = Photo.MaximumPixels;

    /// <summary>Computes the embeddings of photographs, away from the calling thread.</summary>
    /// <param name="values">The photographs: JPEG, PNG, WebP, GIF or BMP files.</param>
    /// <param name="options">Only <see cref="EmbeddingGenerationOptions.Dimensions"/> has a meaning, and must be the network's.</param>
    /// <param name="cancellationToken">Is asked before each photograph.</param>
    /// <returns>An embedding of each, in the order of the photographs, with <see cref="Embedding.ModelId"/> and the network's number of features as dimensions.</returns>
    /// <exception cref="PhotoException">One cannot be read; the message says which.</exception>
    /// <exception cref="NotSupportedException">Another number of dimensions is asked for.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != TNetwork.FeatureLength)
            throw new NotSupportedException($"{dimensions} dimensions are asked for; {typeof(TNetwork).Name} gives {TNetwork.FeatureLength}.");
        return Task.Run(
            () =>
            {
                var embeddings = new GeneratedEmbeddings<Embedding<float>>();
                foreach (DataContent value in values)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    embeddings.Add(new Embedding<float>(Features(value, embeddings.Count)) { ModelId = _metadata.DefaultModelId, CreatedAt = DateTimeOffset.UtcNow });
                }

                return embeddings;
            },
            cancellationToken);
    }

    /// <summary>This generator, or what describes it (<see cref="EmbeddingGeneratorMetadata"/>).</summary>
    /// <param name="serviceType">The type that is asked for.</param>
    /// <param name="serviceKey">None is known.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }

    private float[] Features(DataContent value, int index)
    {
        using SKBitmap photo = Open(value, index);
        var features = new float[TNetwork.FeatureLength];
        NetworkExtensions.Features<TNetwork>(photo, features, Crop);
        if (IsNormalized && TensorPrimitives.Norm<float>(features) is > 0 and var length)
            TensorPrimitives.Divide(features, length, features);
        return features;
    }

    private SKBitmap Open(DataContent value, int index)
    {
        ReadOnlyMemory<byte> data = value.Data;
        using MemoryStream stream = MemoryMarshal.TryGetArray(data, out ArraySegment<byte> array) ? new MemoryStream(array.Array!, array.Offset, array.Count) : new MemoryStream(data.ToArray());
        try
        {
            return Photo.Open(stream, MaximumPixels);
        }
        catch (PhotoException problem)
        {
            throw new PhotoException($"Photograph {index}{(value.Name is { } name ? $", {name}" : "")} ({value.MediaType}): {problem.Message}", problem);
        }
    }
}
